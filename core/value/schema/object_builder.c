/* object_builder: builds objects, and reads them by attribute name. */
#include "object_builder.h"

ObjectBuilder object_builder_of(Value object, Arena *arena) {
    CHECK(value_is_known(object) && object.type->kind == KIND_OBJECT);
    if (value_is_null(object))
        return object_builder_null(object.type, arena);
    return (ObjectBuilder){.type = object.type, .items = value_copy_items(object, arena)};
}

ObjectBuilder object_builder_empty(const Schema *schema, Arena *arena) {
    return object_builder_of(schema_empty_value(schema, arena), arena);
}

ObjectBuilder object_builder_null(const Type *type, Arena *arena) {
    Value *items = arena_new_array(arena, Value, type->count);
    for (size_t i = 0; i < type->count; i++)
        items[i] = value_null(type_at(type, i));
    return (ObjectBuilder){.type = type, .items = items};
}

ObjectBuilder object_builder_new(Arena *arena) {
    return (ObjectBuilder){.arena = arena, .places = map_new(arena)};
}

void object_builder_set(ObjectBuilder *builder, const char *name, Value value) {
    builder->items[type_get_attribute(builder->type, str_from_cstr(name))] = value;
}

void object_builder_set_text(ObjectBuilder *builder, const char *name, Str text, Arena *arena) {
    object_builder_set(builder, name, value_string(text, arena));
}

void object_builder_set_optional(ObjectBuilder *builder, const char *name, Str text, Arena *arena) {
    object_builder_set(builder, name,
                       text.len ? value_string(text, arena) : value_null(&TYPE_STRING));
}

void object_builder_set_copy(ObjectBuilder *builder, const char *name, const char *text,
                             Arena *arena) {
    object_builder_set_text(builder, name, str_clone(str_from_cstr(text), arena), arena);
}

Value object_builder_get(const ObjectBuilder *builder, const char *name) {
    return builder->items[type_get_attribute(builder->type, str_from_cstr(name))];
}

void object_builder_put(ObjectBuilder *builder, Str name, Value value) {
    size_t place = (size_t)(uintptr_t)map_find(&builder->places, name);
    if (place) {
        builder->gathered.items[place - 1] = value;
        return;
    }
    vec_push(builder->arena, &builder->names, name);
    vec_push(builder->arena, &builder->gathered, value);
    map_set(&builder->places, name, (void *)(uintptr_t)builder->gathered.count);
}

Value object_builder_map(ObjectBuilder *builder, const Type *element) {
    return value_map(element, builder->names.items, builder->gathered.items, builder->names.count,
                     builder->arena);
}

Value object_builder_value(const ObjectBuilder *builder) {
    if (builder->type)
        return value_object_of(builder->type, builder->items);
    return value_object(builder->names.items, builder->gathered.items, builder->names.count,
                        builder->arena);
}

Value object_with(Value object, const char *name, Value value, Arena *arena) {
    ObjectBuilder builder = object_builder_of(object, arena);
    object_builder_set(&builder, name, value);
    return object_builder_value(&builder);
}

Value object_with_text(Value object, const char *name, Str text, Arena *arena) {
    return object_with(object, name, value_string(text, arena), arena);
}

Value object_attribute(Value object, const char *name) {
    return value_attribute(object, str_from_cstr(name));
}

const Type *object_attribute_type(const Type *object, const char *name) {
    return type_at(object, type_get_attribute(object, str_from_cstr(name)));
}

Str object_text(Value object, const char *name, Str fallback) {
    Value value = object_attribute(object, name);
    return value_is_present(value) ? value_text(value) : fallback;
}

int64_t object_int(Value object, const char *name, int64_t fallback) {
    Value value = object_attribute(object, name);
    int64_t integer = 0;
    return value_is_present(value) && value_to_int(value, &integer) ? integer : fallback;
}

bool object_bool(Value object, const char *name, bool fallback) {
    Value value = object_attribute(object, name);
    return value_is_present(value) ? value_is_true(value) : fallback;
}

bool object_has(Value object, const char *name) {
    return value_is_present(object_attribute(object, name));
}

Value object_nested(Value object, const char *name, Arena *arena) {
    Value nested = object_attribute(object, name);
    if (value_is_present(nested))
        return nested;
    ObjectBuilder empty = object_builder_null(nested.type, arena);
    return object_builder_value(&empty);
}

bool object_differs(Value a, Value b, const char *name) {
    Value left = object_attribute(a, name);
    Value right = object_attribute(b, name);
    if (!value_is_wholly_known(left) || !value_is_wholly_known(right))
        return true;
    return !value_equal(left, right);
}

Value object_fill(Value planned, Value actual, Arena *arena) {
    if (value_is_wholly_known(planned))
        return planned;
    if (!value_is_known(planned) || !value_is_present(actual))
        return actual;
    bool is_list = planned.type->kind == KIND_LIST;
    if ((!is_list && planned.type->kind != KIND_OBJECT) || planned.count != actual.count)
        return actual;
    Value *items = arena_new_array(arena, Value, planned.count);
    for (size_t i = 0; i < planned.count; i++)
        items[i] = object_fill(value_at(planned, i), value_at(actual, i), arena);
    return is_list ? value_list(planned.type->element, items, planned.count, arena)
                   : value_object_of(planned.type, items);
}
