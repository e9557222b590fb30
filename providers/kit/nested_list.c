/* nested_list: list attributes of an object. */
#include "nested_list.h"

size_t nested_list_count(Value object, const char *name) {
    Value list = object_attribute(object, name);
    return value_is_present(list) ? list.count : 0;
}

Value nested_list_at(Value object, const char *name, size_t i) {
    return value_at(object_attribute(object, name), i);
}

StrVec nested_list_texts(Value object, const char *name, Arena *arena) {
    StrVec texts = {0};
    for (size_t i = 0; i < nested_list_count(object, name); i++) {
        Value item = nested_list_at(object, name, i);
        if (value_is_present(item))
            vec_push(arena, &texts, value_text(item));
    }
    return texts;
}

const Type *nested_list_element(const Type *object, const char *name) {
    return object_attribute_type(object, name)->element;
}

Value nested_list_value(const Type *type, const ValueVec *values, Arena *arena) {
    Value *items = arena_new_array(arena, Value, values->count);
    for (size_t i = 0; i < values->count; i++)
        items[i] = values->items[i];
    return value_list(type->element, items, values->count, arena);
}

Value nested_list_of_texts(const StrVec *texts, Arena *arena) {
    Value *items = arena_new_array(arena, Value, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        items[i] = value_string(texts->items[i], arena);
    return value_list(&TYPE_STRING, items, texts->count, arena);
}
