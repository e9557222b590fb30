/* Nested objects in lists. */
#include "items.h"

bool items_has(Value object, const char *name) {
    return value_is_present(draft_attribute(object, name));
}

size_t items_count(Value object, const char *name) {
    Value list = draft_attribute(object, name);
    return value_is_present(list) ? list.count : 0;
}

Value items_at(Value object, const char *name, size_t i) {
    return value_at(draft_attribute(object, name), i);
}

StrVec items_texts(Value object, const char *name, Arena *arena) {
    StrVec texts = {0};
    for (size_t i = 0; i < items_count(object, name); i++) {
        Value item = items_at(object, name, i);
        if (value_is_present(item))
            vec_push(arena, &texts, value_text(item));
    }
    return texts;
}

const Type *items_type(const Type *object, const char *name) {
    return type_at(object, type_get_attribute(object, str_from_cstr(name)));
}

const Type *items_element(const Type *object, const char *name) {
    return items_type(object, name)->element;
}

Draft items_draft(const Type *type, Arena *arena) {
    Value *items = arena_new_array(arena, Value, type->count);
    for (size_t i = 0; i < type->count; i++)
        items[i] = value_null(type_at(type, i));
    return (Draft){.type = type, .items = items};
}

void items_set_copy(Draft *draft, const char *name, const char *text, Arena *arena) {
    draft_set_text(draft, name, str_clone(str_from_cstr(text), arena), arena);
}

void items_set_text(Draft *draft, const char *name, Str text, Arena *arena) {
    draft_set(draft, name, text.len ? value_string(text, arena) : value_null(&TYPE_STRING));
}

Value items_list(const Type *type, const Values *values, Arena *arena) {
    Value *items = arena_new_array(arena, Value, values->count);
    for (size_t i = 0; i < values->count; i++)
        items[i] = values->items[i];
    return value_list(type->element, items, values->count, arena);
}

Value items_text_list(const StrVec *texts, Arena *arena) {
    Value *items = arena_new_array(arena, Value, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        items[i] = value_string(texts->items[i], arena);
    return value_list(&TYPE_STRING, items, texts->count, arena);
}

Value items_object(Value object, const char *name, Arena *arena) {
    Value nested = draft_attribute(object, name);
    if (value_is_present(nested))
        return nested;
    Draft empty = items_draft(nested.type, arena);
    return draft_value(&empty);
}

bool items_differ(Value a, Value b, const char *name) {
    Value left = draft_attribute(a, name);
    Value right = draft_attribute(b, name);
    if (!value_is_wholly_known(left) || !value_is_wholly_known(right))
        return true;
    return !value_equal(left, right);
}

Value items_fill(Value planned, Value actual, Arena *arena) {
    if (value_is_wholly_known(planned))
        return planned;
    if (!value_is_known(planned) || !value_is_present(actual))
        return actual;
    bool is_list = planned.type->kind == KIND_LIST;
    if ((!is_list && planned.type->kind != KIND_OBJECT) || planned.count != actual.count)
        return actual;
    Value *items = arena_new_array(arena, Value, planned.count);
    for (size_t i = 0; i < planned.count; i++)
        items[i] = items_fill(value_at(planned, i), value_at(actual, i), arena);
    return is_list ? value_list(planned.type->element, items, planned.count, arena)
                   : value_object_of(planned.type, items);
}
