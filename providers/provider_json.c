#include "provider_json.h"

#include "json.h"
#include "registry.h"

static const char *const nesting_names[] = {
    [NEST_SINGLE] = "single",
    [NEST_LIST] = "list",
    [NEST_SET] = "set",
    [NEST_MAP] = "map",
};

static void provider_json_write_flag(JsonWriter *writer, unsigned flags, AttributeFlag flag,
                                     const char *name) {
    if (flags & flag)
        json_key_bool(writer, name, true);
}

static void write_description(JsonWriter *writer, const char *description, bool is_markdown) {
    if (description && description[0])
        json_key_string(writer, "description", str_from_cstr(description));
    json_key_string(writer, "description_kind", is_markdown ? STR("markdown") : STR("plain"));
}

static int provider_json_compare_blocks(const void *a, const void *b) {
    const Block *const *left = a;
    const Block *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static void provider_json_write_attributes(JsonWriter *writer, const Schema *schema, Arena *arena);

static void provider_json_write_attribute(JsonWriter *writer, const Attribute *attribute,
                                          Arena *arena) {
    json_object_start(writer);
    if (attribute->nested) {
        json_key_object(writer, "nested_type");
        provider_json_write_attributes(writer, &attribute->nested->schema, arena);
        json_key_string(writer, "nesting_mode",
                        str_from_cstr(nesting_names[attribute->nested->nesting]));
        json_object_end(writer);
    } else {
        json_key(writer, STR("type"));
        json_write_type(writer, attribute->type);
    }
    write_description(writer, attribute->description, attribute->flags & MARKDOWN);
    provider_json_write_flag(writer, attribute->flags, DEPRECATED, "deprecated");
    provider_json_write_flag(writer, attribute->flags, REQUIRED, "required");
    provider_json_write_flag(writer, attribute->flags, OPTIONAL, "optional");
    provider_json_write_flag(writer, attribute->flags, COMPUTED, "computed");
    provider_json_write_flag(writer, attribute->flags, SENSITIVE, "sensitive");
    provider_json_write_flag(writer, attribute->flags, WRITE_ONLY, "write_only");
    json_object_end(writer);
}

static void provider_json_write_attributes(JsonWriter *writer, const Schema *schema, Arena *arena) {
    const Attribute **sorted = schema_sorted_attributes(schema, arena);
    if (schema->attribute_count == 0)
        return;
    json_key_object(writer, "attributes");
    for (size_t i = 0; i < schema->attribute_count; i++) {
        json_key(writer, str_from_cstr(sorted[i]->name));
        provider_json_write_attribute(writer, sorted[i], arena);
    }
    json_object_end(writer);
}

static void write_block(JsonWriter *writer, const Schema *schema, Arena *arena);

/* Programs that read the document know the types as Terraform 1.11 has them, so newer blocks are
 * omitted. */
static void provider_json_write_blocks(JsonWriter *writer, const Schema *schema, Arena *arena) {
    size_t count = 0;
    const Block **sorted = arena_new_array(arena, const Block *, schema->block_count);
    for (size_t i = 0; i < schema->block_count; i++) {
        if (!schema->blocks[i].since)
            sorted[count++] = &schema->blocks[i];
    }
    if (count == 0)
        return;
    qsort(sorted, count, sizeof *sorted, provider_json_compare_blocks);
    json_key_object(writer, "block_types");
    for (size_t i = 0; i < count; i++) {
        json_key_object(writer, sorted[i]->name);
        const char *nesting = sorted[i]->is_group ? "group" : nesting_names[sorted[i]->nesting];
        json_key_string(writer, "nesting_mode", str_from_cstr(nesting));
        json_key(writer, STR("block"));
        write_block(writer, &sorted[i]->schema, arena);
        if (sorted[i]->min_items > 0)
            json_key_int(writer, "min_items", sorted[i]->min_items);
        if (sorted[i]->max_items > 0)
            json_key_int(writer, "max_items", sorted[i]->max_items);
        json_object_end(writer);
    }
    json_object_end(writer);
}

static void write_block(JsonWriter *writer, const Schema *schema, Arena *arena) {
    json_object_start(writer);
    provider_json_write_attributes(writer, schema, arena);
    provider_json_write_blocks(writer, schema, arena);
    write_description(writer, schema->description, schema->is_markdown);
    if (schema->deprecated)
        json_key_bool(writer, "deprecated", true);
    json_object_end(writer);
}

static void write_schema(JsonWriter *writer, const Schema *schema, bool has_version, Arena *arena) {
    json_object_start(writer);
    if (has_version)
        json_key_int(writer, "version", schema->version);
    json_key(writer, STR("block"));
    write_block(writer, schema, arena);
    json_object_end(writer);
}

static StrVec provider_json_sorted_names(const Provider *provider, ResourceMode mode,
                                         Arena *arena) {
    StrVec names = registry_type_names(provider, mode, arena);
    str_sort(names.items, names.count);
    return names;
}

/* The schema of an action has no version, because no object is stored. */
static void provider_json_write_types(JsonWriter *writer, const char *key, const Provider *provider,
                                      ResourceMode mode, Arena *arena) {
    StrVec names = provider_json_sorted_names(provider, mode, arena);
    if (names.count == 0)
        return;
    json_key_object(writer, key);
    vec_each(&names, name) {
        json_key(writer, *name);
        write_schema(writer, &registry_find_type(provider, mode, *name)->schema,
                     mode != MODE_ACTION, arena);
    }
    json_object_end(writer);
}

static void provider_json_write_text(JsonWriter *writer, const char *key, const char *text) {
    if (text && text[0])
        json_key_string(writer, key, str_from_cstr(text));
}

static void write_identity_attribute(JsonWriter *writer, const Attribute *attribute) {
    json_object_start(writer);
    json_key(writer, STR("type"));
    json_write_type(writer, attribute->type);
    provider_json_write_text(writer, "description", attribute->description);
    provider_json_write_flag(writer, attribute->flags, REQUIRED, "required_for_import");
    provider_json_write_flag(writer, attribute->flags, OPTIONAL, "optional_for_import");
    json_object_end(writer);
}

static void provider_json_write_identity(JsonWriter *writer, const Schema *schema, Arena *arena) {
    const Attribute **sorted = schema_sorted_attributes(schema, arena);
    json_object_start(writer);
    json_key_int(writer, "version", schema->version);
    json_key_object(writer, "attributes");
    for (size_t i = 0; i < schema->attribute_count; i++) {
        json_key(writer, str_from_cstr(sorted[i]->name));
        write_identity_attribute(writer, sorted[i]);
    }
    json_object_end(writer);
    json_object_end(writer);
}

/* The types whose objects have an identity. */
static void write_identities(JsonWriter *writer, const Provider *provider, Arena *arena) {
    StrVec names = provider_json_sorted_names(provider, MODE_MANAGED, arena);
    bool is_open = false;
    vec_each(&names, name) {
        const ResourceType *type = registry_find_resource(provider, *name);
        if (!type->identity)
            continue;
        if (!is_open) {
            json_key_object(writer, "resource_identity_schemas");
        }
        is_open = true;
        json_key(writer, *name);
        provider_json_write_identity(writer, type->identity, arena);
    }
    if (is_open)
        json_object_end(writer);
}

static void provider_json_write_parameter(JsonWriter *writer, const ProviderParameter *parameter) {
    json_object_start(writer);
    json_key_string(writer, "name", str_from_cstr(parameter->name));
    provider_json_write_text(writer, "description", parameter->description);
    if (parameter->allows_null)
        json_key_bool(writer, "is_nullable", true);
    json_key(writer, STR("type"));
    json_write_type(writer, parameter->type);
    json_object_end(writer);
}

static void write_function(JsonWriter *writer, const ProviderFunction *function) {
    json_object_start(writer);
    provider_json_write_text(writer, "description", function->description);
    provider_json_write_text(writer, "summary", function->summary);
    json_key(writer, STR("return_type"));
    json_write_type(writer, function->type);
    if (function->parameter_count > 0) {
        json_key_array(writer, "parameters");
        for (size_t i = 0; i < function->parameter_count; i++)
            provider_json_write_parameter(writer, &function->parameters[i]);
        json_array_end(writer);
    }
    if (function->variadic) {
        json_key(writer, STR("variadic_parameter"));
        provider_json_write_parameter(writer, function->variadic);
    }
    json_object_end(writer);
}

/* Functions that are found by name. Those of a table are part of the language. */
static void write_found_functions(JsonWriter *writer, const Provider *provider, Arena *arena) {
    Str *names = arena_new_array(arena, Str, provider->function_count);
    bool is_open = false;
    for (size_t i = 0; i < provider->function_count; i++)
        names[i] = str_from_cstr(provider->functions[i].name);
    str_sort(names, provider->function_count);
    for (size_t i = 0; provider->find_function && i < provider->function_count; i++) {
        const ProviderFunction *function = provider->find_function(provider, names[i]);
        if (!function)
            continue;
        if (!is_open) {
            json_key_object(writer, "functions");
        }
        is_open = true;
        json_key(writer, names[i]);
        write_function(writer, function);
    }
    if (is_open)
        json_object_end(writer);
}

void provider_json_write(const Provider *provider, ProviderJsonMore *more, void *payload,
                         JsonWriter *writer, Arena *arena) {
    json_object_start(writer);
    json_key(writer, STR("provider"));
    write_schema(writer, &provider->schema, true, arena);
    provider_json_write_types(writer, "resource_schemas", provider, MODE_MANAGED, arena);
    provider_json_write_types(writer, "data_source_schemas", provider, MODE_DATA, arena);
    provider_json_write_types(writer, "ephemeral_resource_schemas", provider, MODE_EPHEMERAL,
                              arena);
    provider_json_write_types(writer, "list_resource_schemas", provider, MODE_LIST, arena);
    write_found_functions(writer, provider, arena);
    write_identities(writer, provider, arena);
    provider_json_write_types(writer, "action_schemas", provider, MODE_ACTION, arena);
    if (more)
        more(provider, payload, writer, arena);
    json_object_end(writer);
}
