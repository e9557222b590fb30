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

Value component_change_field(Value object, Str name) {
    Value found = value_null(&TYPE_DYNAMIC);
    (void)value_find_present(object, name, &found);
    return found;
}

bool component_change_is_equal(Value a, Value b, Arena *arena) {
    return str_equal(json_text(a, arena), json_text(b, arena));
}

static bool differs(Value before, Value after, Str name, Arena *arena) {
    return !component_change_is_equal(component_change_field(before, name),
                                      component_change_field(after, name), arena);
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

Value component_change_with(Value config, const StrVec *names, Value source, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; value_is_present(config) && i < config.count; i++) {
        if (!str_is_among(value_key_at(config, i), names->items, names->count))
            object_builder_put(&builder, value_key_at(config, i), value_at(config, i));
    }
    vec_each(names, name) {
        Value found = component_change_field(source, *name);
        if (value_is_present(found))
            object_builder_put(&builder, *name, found);
    }
    return object_builder_value(&builder);
}

Value component_change_apply(Value config, Value before, Value after, Arena *arena) {
    StrVec names = component_change_fields(before, after, arena);
    return component_change_with(config, &names, after, arena);
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

/* Zero is the default of fields that kubeadm always writes, so the kubelet shows another value also
 * if an argument gives zero. */
static bool is_unset(Str name, Value value) {
    static const Str zeros[] = {STR_CONST("0s"), STR_CONST("0"), STR_CONST("")};
    int64_t number;
    if (!value_is_present(value))
        return true;
    if (value.type->kind == KIND_STRING)
        return str_is_among(value_text(value), zeros, ARRAY_COUNT(zeros));
    /* A duration that is a number. */
    return str_equal(name, STR("flushFrequency")) && value.type->kind == KIND_NUMBER &&
           value_to_int(value, &number) && number == 0;
}

static bool has_fields(Value value) {
    return value_is_present(value) &&
           (value.type->kind == KIND_OBJECT || value.type->kind == KIND_MAP);
}

bool component_change_is_shown(Str name, const ComponentField *field, Arena *arena) {
    Value given = field->given, written = field->written;
    if (!value_is_present(given) || is_unset(name, written))
        return true;
    if (!has_fields(given) || !has_fields(written))
        return value_is_present(field->shown) &&
               component_change_is_equal(written, field->shown, arena);
    for (size_t i = 0; i < given.count; i++) {
        Str inner_name = value_key_at(given, i);
        ComponentField inner = {value_at(given, i), component_change_field(written, inner_name),
                                component_change_field(field->shown, inner_name)};
        if (!component_change_is_shown(inner_name, &inner, arena))
            return false;
    }
    return true;
}

Value component_change_merge(Value under, Value over, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    if (!has_fields(under) || !has_fields(over))
        return value_is_present(over) ? over : under;
    for (size_t i = 0; i < under.count; i++) {
        Str name = value_key_at(under, i);
        object_builder_put(
            &builder, name,
            component_change_merge(value_at(under, i), component_change_field(over, name), arena));
    }
    for (size_t i = 0; i < over.count; i++) {
        if (!value_is_present(component_change_field(under, value_key_at(over, i))))
            object_builder_put(&builder, value_key_at(over, i), value_at(over, i));
    }
    return object_builder_value(&builder);
}
