#include "merge_patch.h"

#include "object_builder.h"

static bool patch_is_object(Value v) {
    return value_is_present(v) && v.type->kind == KIND_OBJECT;
}

Value merge_patch_of(Value before, Value after, Arena *arena) {
    ObjectBuilder patch = object_builder_new(arena);
    Value old, new;
    for (size_t i = 0; i < before.count; i++) {
        Str name = value_key_at(before, i);
        if (!value_find(after, name, &new))
            object_builder_put(&patch, name, value_null(&TYPE_DYNAMIC));
    }
    for (size_t i = 0; i < after.count; i++) {
        Str name = value_key_at(after, i);
        new = value_at(after, i);
        bool is_old = value_find(before, name, &old);
        if (is_old && value_equal(old, new))
            continue;
        if (is_old && patch_is_object(old) && patch_is_object(new))
            new = merge_patch_of(old, new, arena);
        object_builder_put(&patch, name, new);
    }
    return object_builder_value(&patch);
}
