/* value_mark: adds, removes and collects marks of values. */
#include "value.h"

static uint8_t flags_with_marks(uint8_t flags) {
    return (uint8_t)(flags | FLAG_MARKS_INSIDE);
}

static uint8_t flags_without_marks(uint8_t flags) {
    return (uint8_t)(flags & ~FLAG_MARKS_INSIDE);
}

static bool mark_has_items(Value v) {
    return value_is_present(v) && v.type->kind >= KIND_LIST;
}

Value value_with_marks(Value v, uint8_t marks) {
    if (marks == 0)
        return v;
    v.marks |= marks;
    v.flags = flags_with_marks(v.flags);
    return v;
}

Value value_without_marks(Value v) {
    if (v.marks == 0)
        return v;
    v.marks = 0;
    v.flags = flags_without_marks(v.flags);
    for (size_t i = 0; mark_has_items(v) && i < v.count; i++) {
        if (value_has_marks_anywhere(value_at(v, i)))
            v.flags = flags_with_marks(v.flags);
    }
    return v;
}

Value value_unmark_deep(Value v, Arena *arena) {
    if (!value_has_marks_anywhere(v))
        return v;
    v = value_without_marks(v);
    if (!value_has_marks_anywhere(v))
        return v;
    Value *items = arena_new_array(arena, Value, v.count);
    for (size_t i = 0; i < v.count; i++)
        items[i] = value_unmark_deep(value_at(v, i), arena);
    if (v.type->kind == KIND_MAP) {
        ValueMap *map = arena_new(arena, ValueMap);
        *map = (ValueMap){v.as.map->keys, items};
        v.as.map = map;
    } else {
        v.as.items = items;
    }
    v.flags = flags_without_marks(v.flags);
    return v;
}

uint8_t value_marks_deep(Value v) {
    if (!value_has_marks_anywhere(v))
        return 0;
    uint8_t marks = v.marks;
    for (size_t i = 0; mark_has_items(v) && i < v.count; i++)
        marks |= value_marks_deep(value_at(v, i));
    return marks;
}
