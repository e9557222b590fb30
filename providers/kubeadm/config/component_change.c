/* component_change: compares fields by their JSON text, because a map equals an object here. */
#include "component_change.h"
#include "json.h"
#include "object_builder.h"

/* Its managers keep files about the pods that they have placed, or the runtime has other groups. */
static const char *const drained[] = {
    "cgroupDriver",
    "cpuManagerPolicy",
    "memoryManagerPolicy",
    "topologyManagerPolicy",
};

static bool find_field(Value object, Str name, Value *out) {
    return value_is_present(object) && value_find_present(object, name, out);
}

static bool is_same(Value a, Value b, Arena *arena) {
    return str_equal(json_text(a, arena), json_text(b, arena));
}

static bool differs(Value before, Value after, Str name, Arena *arena) {
    Value a = {0}, b = {0};
    bool had = find_field(before, name, &a), has = find_field(after, name, &b);
    return had != has || (had && !is_same(a, b, arena));
}

StrVec component_change_fields(Value before, Value after, Arena *arena) {
    const Value objects[] = {after, before};
    StrVec names = {0};
    for (size_t k = 0; k < ARRAY_COUNT(objects); k++) {
        for (size_t i = 0; value_is_present(objects[k]) && i < objects[k].count; i++) {
            Str name = value_key_at(objects[k], i);
            if (!str_is_among(name, names.items, names.count) &&
                differs(before, after, name, arena))
                vec_push(arena, &names, name);
        }
    }
    return names;
}

Value component_change_apply(Value config, Value before, Value after, Arena *arena) {
    StrVec names = component_change_fields(before, after, arena);
    ObjectBuilder builder = object_builder_new(arena);
    Value found;
    for (size_t i = 0; value_is_present(config) && i < config.count; i++) {
        if (!str_is_among(value_key_at(config, i), names.items, names.count))
            object_builder_put(&builder, value_key_at(config, i), value_at(config, i));
    }
    vec_each(&names, name) {
        if (find_field(after, *name, &found))
            object_builder_put(&builder, *name, found);
    }
    return object_builder_value(&builder);
}

StrVec component_change_drains(const StrVec *fields, Arena *arena) {
    StrVec found = {0};
    vec_each(fields, field) {
        for (size_t i = 0; i < ARRAY_COUNT(drained); i++) {
            if (str_equal_cstr(*field, drained[i]))
                vec_push(arena, &found, *field);
        }
    }
    return found;
}

/* kubeadm writes zero for durations that are not set; the kubelet then shows its default. */
static bool is_zero_duration(Value value) {
    return value_is_present(value) && value.type->kind == KIND_STRING &&
           str_equal(value_text(value), STR("0s"));
}

bool component_change_is_shown(Value wanted, Value shown, Arena *arena) {
    Value inner = {0};
    if (is_zero_duration(wanted))
        return true;
    if (!value_is_present(wanted) || !value_is_present(shown))
        return !value_is_present(wanted);
    if (wanted.type->kind != KIND_OBJECT || shown.type->kind != KIND_OBJECT)
        return is_same(wanted, shown, arena);
    for (size_t i = 0; i < wanted.count; i++) {
        Value one = value_at(wanted, i);
        if (value_is_present(one) && !is_zero_duration(one) &&
            (!find_field(shown, value_key_at(wanted, i), &inner) ||
             !component_change_is_shown(one, inner, arena)))
            return false;
    }
    return true;
}
