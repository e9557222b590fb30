/* provider_check: what holds for the tables of every provider. */
#pragma once

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

static inline void check_type_row(const Provider *provider, const ResourceType *type) {
    Str prefix = str_from_cstr(provider->name);
    assert_true(str_starts_with(str_from_cstr(type->name), prefix));
    assert_int_equal(type->name[prefix.len], '_');
    for (size_t i = 0; i < type->schema.attribute_count; i++) {
        check_attribute_row(type->name, &type->schema.attributes[i]);
    }
    assert_int_equal(schema_implied_type(&type->schema)->count,
                     type->schema.attribute_count + type->schema.block_count);
}

/* Every change has somebody who carries it out, and what touches the world can be found again. */
static inline void check_provider(const Provider *provider) {
    for (size_t i = 0; i < provider->resource_count; i++) {
        const ResourceType *type = provider->resources[i];
        check_type_row(provider, type);
        assert_non_null(type->create);
        assert_true(resource_type_covers_updates(type));
        assert_true(type->effect == EFFECT_NONE || type->at_least_once ||
                    (type->identity && type->recover && type->delete));
    }
    for (size_t i = 0; i < provider->data_source_count; i++) {
        check_type_row(provider, provider->data_sources[i]);
        assert_non_null(provider->data_sources[i]->read);
    }
    for (size_t i = 0; i < provider->schema.attribute_count; i++) {
        check_attribute_row(provider->name, &provider->schema.attributes[i]);
    }
}
