/* provider_table: detects author mistakes that would otherwise surface only in use. */
#include "provider_table.h"

#include "schema_rule.h"

/* An interrupted creation must be recoverable, or its repetition declared. */
static Str resource_fault(const ResourceType *type, Arena *arena) {
    if (!type->create)
        return str_format(arena, "The resource type \"%s\" has no create.", type->name);
    if (type->effect == EFFECT_NONE)
        return STR_EMPTY;
    if (type->recovery == RECOVERY_UNDECLARED)
        return str_format(arena,
                          "The resource type \"%s\" has an effect outside and declares no "
                          "recovery.",
                          type->name);
    if (type->recovery == RECOVERY_FINDS && !type->recover)
        return str_format(arena,
                          "The resource type \"%s\" declares RECOVERY_FINDS and has no recover.",
                          type->name);
    if (type->has_parts && !type->recover)
        return str_format(arena, "The resource type \"%s\" has parts and no recover.", type->name);
    if (type->has_parts && type->delete &&!type->plans_destroy)
        return str_format(arena,
                          "The resource type \"%s\" has parts, and its plan does not show their "
                          "deletion.",
                          type->name);
    return STR_EMPTY;
}

static Str rules_fault(const char *name, const Schema *schema, Arena *arena);

static Str nested_fault(const char *name, const Attribute *all, size_t count, Arena *arena) {
    Str fault = STR_EMPTY;
    for (size_t i = 0; i < count && fault.len == 0; i++) {
        if (!all[i].nested)
            continue;
        Schema members = schema_of_nested(all[i].nested);
        fault = rules_fault(name, &members, arena);
    }
    return fault;
}

static Str rules_fault(const char *name, const Schema *schema, Arena *arena) {
    for (size_t i = 0; i < schema->rule_count; i++) {
        const char *unknown = schema_rule_unknown_name(schema, &schema->rules[i]);
        if (unknown)
            return str_format(arena, "A rule of \"%s\" refers to \"%s\", which it does not have.",
                              name, unknown);
    }
    Str fault = nested_fault(name, schema->attributes, schema->attribute_count, arena);
    for (size_t i = 0; i < schema->block_count && fault.len == 0; i++)
        fault = rules_fault(name, &schema->blocks[i].schema, arena);
    return fault;
}

Str provider_table_fault(const Provider *provider, Arena *arena) {
    for (size_t i = 0; i < provider->resource_count; i++) {
        const ResourceType *type = provider->resources[i];
        Str fault = resource_fault(type, arena);
        if (fault.len == 0)
            fault = rules_fault(type->name, &type->schema, arena);
        if (fault.len > 0)
            return fault;
    }
    for (size_t i = 0; i < provider->data_source_count; i++) {
        const DataSourceType *type = provider->data_sources[i];
        if (!type->read)
            return str_format(arena, "The data source \"%s\" has no read.", type->name);
        Str fault = rules_fault(type->name, &type->schema, arena);
        if (fault.len > 0)
            return fault;
    }
    for (size_t i = 0; i < provider->ephemeral_count; i++) {
        const EphemeralType *type = provider->ephemerals[i];
        if (!type->open)
            return str_format(arena, "The ephemeral resource \"%s\" has no open.", type->name);
        Str fault = rules_fault(type->name, &type->schema, arena);
        if (fault.len > 0)
            return fault;
    }
    for (size_t i = 0; i < provider->function_count; i++) {
        if (!provider->functions[i].run)
            return str_format(arena, "The function \"%s\" has no run.",
                              provider->functions[i].name);
    }
    return rules_fault(provider->name, &provider->schema, arena);
}
