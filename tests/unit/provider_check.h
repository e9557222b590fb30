/* provider_check: what holds for the tables of every provider. */
#pragma once

#include "object_type.h"
#include "provider_table.h"
#include "registry.h"
#include "resource_type.h"
#include "unit.h"

static inline void check_attribute_row(const char *type, const Attribute *attribute) {
    Str text = str_from_cstr(attribute->description);
    unsigned kind = attribute->flags & (REQUIRED | OPTIONAL | COMPUTED);
    bool is_settable = kind == REQUIRED || kind == OPTIONAL || kind == (OPTIONAL | COMPUTED);
    bool good = text.len > 0 && (str_ends_with(text, STR(".")));
    good = good && (is_settable || kind == COMPUTED);
    good = good && (!attribute->default_json || kind == (OPTIONAL | COMPUTED));
    good = good && (!attribute->nested == (attribute->type != NULL));
    if (!good)
        print_error("%s.%s\n", type, attribute->name);
    assert_true(good);
}

static inline void check_type_row(const Provider *provider, ObjectType type) {
    Str prefix = str_from_cstr(provider->name);
    assert_true(str_starts_with(str_from_cstr(type.name), prefix));
    assert_true(type.name[prefix.len] == '_' || type.name[prefix.len] == 0); /* data "http" */
    for (size_t i = 0; i < type.schema->attribute_count; i++)
        check_attribute_row(type.name, &type.schema->attributes[i]);
    assert_int_equal(schema_implied_type(type.schema)->count,
                     type.schema->attribute_count + type.schema->block_count);
}

static inline void check_types(const Provider *provider, ResourceMode mode) {
    SCOPED(ArenaRef) arena = arena_open("types");
    StrVec names = registry_type_names(provider, mode, arena);
    ObjectType type;
    vec_each(&names, name) {
        assert_true(registry_find_type(provider, mode, *name, &type));
        check_type_row(provider, type);
        assert_true(!type.resource || resource_type_covers_updates(type.resource));
    }
}

/* Every provider's tables pass this: it is the acceptance test of a new provider. */
static inline void check_provider(const Provider *provider) {
    assert_true(!provider->imitates ==
                !str_starts_with(str_from_cstr(provider->address), STR("registry.")));
    SCOPED(ArenaRef) arena = arena_open("provider");
    check_str(provider_table_fault(provider, arena), "");
    check_types(provider, MODE_MANAGED);
    check_types(provider, MODE_DATA);
    check_types(provider, MODE_EPHEMERAL);
    for (size_t i = 0; i < provider->schema.attribute_count; i++)
        check_attribute_row(provider->name, &provider->schema.attributes[i]);
    for (size_t i = 0; i < provider->function_count; i++)
        assert_true(provider->functions[i].description && provider->functions[i].example);
}
