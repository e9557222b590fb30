/* plan_case: values and changes from JSON text.
 *
 * Values are typed as jsondecode types them. Objects of one member stand for other values:
 * {"$unknown": true}, {"$sensitive": v}, {"$list": […]}, {"$set": […]}, {"$map": {…}}; "-" is an
 * absent value (an untyped null). */
#pragma once

#include "arena_case.h"
#include "json.h"
#include "plan.h"
#include "schema.h"

static inline Value plan_case_items(Value v, TypeKind kind) {
    const Type *element = v.count ? value_at(v, 0).type : &TYPE_STRING;
    Value *items = arena_new_array(arena, Value, v.count);
    Str *keys = arena_new_array(arena, Str, v.count);
    for (size_t i = 0; i < v.count; i++) {
        items[i] = value_at(v, i);
        if (v.type->kind == KIND_OBJECT)
            keys[i] = value_key_at(v, i);
    }
    if (kind == KIND_LIST)
        return value_list(element, items, v.count, arena);
    if (kind == KIND_SET)
        return value_set(element, items, v.count, arena);
    return value_map(element, keys, items, v.count, arena);
}

static inline Value plan_case_meaning(Value v, void *, Arena *) {
    if (!value_is_present(v) || v.type->kind != KIND_OBJECT || v.count != 1)
        return v;
    Str name = value_key_at(v, 0);
    if (str_equal(name, STR("$unknown")))
        return value_unknown(&TYPE_DYNAMIC);
    if (str_equal(name, STR("$sensitive")))
        return value_with_marks(value_at(v, 0), MARK_SENSITIVE);
    if (str_equal(name, STR("$list")))
        return plan_case_items(value_at(v, 0), KIND_LIST);
    if (str_equal(name, STR("$set")))
        return plan_case_items(value_at(v, 0), KIND_SET);
    if (str_equal(name, STR("$map")))
        return plan_case_items(value_at(v, 0), KIND_MAP);
    return v;
}

static inline Value plan_case_read(Str text) {
    Value v;
    const char *error;
    size_t offset;
    if (str_equal(text, STR("-")))
        return value_null(&TYPE_DYNAMIC);
    if (!json_parse_any(text, &v, &error, &offset, arena))
        fail_msg("%.*s: %s", STR_ARG(text), error);
    return value_transform(v, plan_case_meaning, NULL, arena);
}

static inline Value value_of(const char *text) {
    return plan_case_read(str_from_cstr(text));
}

static inline ResourceAddr address_of(const char *text) {
    ResourceAddr address;
    Diags diags = diags_new(arena);
    assert_true(address_parse_resource(str_from_cstr(text), &address, arena, &diags));
    return address;
}

static inline ResourceChange change_of(const char *address, Action action, Value before,
                                       Value after) {
    return (ResourceChange){
        .address = address_of(address),
        .provider_config.provider = STR("example.com/test/test"),
        .action = action,
        .before = before,
        .after = after,
        .config = value_null(&TYPE_DYNAMIC),
    };
}

static inline Path path_of(const char *name) {
    return path_attribute((Path){0}, str_from_cstr(name), arena);
}

#define PLAN_CASE(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)
