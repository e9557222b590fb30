/* Objects of a schema, built and read by attribute names. */
#include "draft.h"

Draft draft_of(Value object, Arena *arena) {
    CHECK(value_is_present(object) && object.type->kind == KIND_OBJECT);
    return (Draft){.type = object.type, .items = value_copy_items(object, arena)};
}

Draft draft_empty(const Schema *schema, Arena *arena) {
    return draft_of(schema_empty_value(schema, arena), arena);
}

void draft_set(Draft *draft, const char *name, Value value) {
    draft->items[type_get_attribute(draft->type, str_from_cstr(name))] = value;
}

void draft_set_text(Draft *draft, const char *name, Str text, Arena *arena) {
    draft_set(draft, name, value_string(text, arena));
}

Value draft_get(const Draft *draft, const char *name) {
    return draft->items[type_get_attribute(draft->type, str_from_cstr(name))];
}

Value draft_value(const Draft *draft) {
    return value_object_of(draft->type, draft->items);
}

Value draft_attribute(Value object, const char *name) {
    return value_attribute(object, str_from_cstr(name));
}

Str draft_text(Value object, const char *name, Str fallback) {
    Value value = draft_attribute(object, name);
    return value_is_present(value) ? value_text(value) : fallback;
}

int64_t draft_int(Value object, const char *name, int64_t fallback) {
    Value value = draft_attribute(object, name);
    int64_t integer = 0;
    return value_is_present(value) && value_to_int(value, &integer) ? integer : fallback;
}

bool draft_bool(Value object, const char *name, bool fallback) {
    Value value = draft_attribute(object, name);
    return value_is_present(value) ? value_is_true(value) : fallback;
}
