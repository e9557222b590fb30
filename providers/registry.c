/* registry: rows of providers; plugins are opened once, under the lock, and stay open. */
#include "registry.h"
#include "plugin.h"
#include "schema_rule.h"
#include "thread.h"

#include <dlfcn.h>

struct Registry {
    const ProviderRow *rows;
    size_t count;
    Str plugin_directory;
    const Provider **loaded;      /* by row; NULL: not opened yet */
    bool *checked;                /* by row; true: its tables are valid */
    const void **contexts;        /* by row */
    const ProviderSource *source; /* NULL: none */
    pthread_mutex_t mutex;
};

void registry_set_source(Registry *registry, const ProviderSource *source) {
    registry->source = source;
}

Registry *registry_new(const ProviderRow *rows, size_t count, Str plugin_directory, Arena *arena) {
    Registry *registry = arena_new(arena, Registry);
    registry->rows = rows;
    registry->count = count;
    registry->plugin_directory = str_clone(plugin_directory, arena);
    registry->loaded = arena_new_array(arena, const Provider *, count);
    registry->checked = arena_new_array(arena, bool, count);
    registry->contexts = arena_new_array(arena, const void *, count);
    for (size_t i = 0; i < count; i++)
        registry->loaded[i] = rows[i].provider;
    pthread_mutex_init(&registry->mutex, NULL);
    return registry;
}

/* Returns NAMESPACE/NAME without the host; a bare name is unchanged. */
static Str without_host(Str name) {
    size_t slash = str_rfind_char(name, '/');
    if (slash == SIZE_MAX)
        return name;
    size_t before = str_rfind_char(str_slice(name, 0, slash), '/');
    return before == SIZE_MAX ? name : str_after(name, before + 1);
}

/* A provider in the namespace hashicorp matches on every host. */
static bool is_row(const ProviderRow *row, Str name) {
    Str address = str_from_cstr(row->address);
    if (str_equal_cstr(name, row->name) || str_equal(name, address))
        return true;
    Str short_name = without_host(name);
    return str_starts_with(short_name, STR("hashicorp/")) &&
           str_equal(short_name, without_host(address));
}

static size_t find_row(const Registry *registry, Str name) {
    for (size_t i = 0; i < registry->count; i++) {
        if (is_row(&registry->rows[i], name))
            return i;
    }
    return SIZE_MAX;
}

Str registry_local_name(Str address) {
    size_t slash = str_rfind_char(address, '/');
    return slash == SIZE_MAX ? address : str_after(address, slash + 1);
}

Str registry_short_name(Str name) {
    Str key = without_host(name);
    return str_starts_with(key, STR("hashicorp/")) ? str_after(key, 10) : key;
}

Str registry_key(const Registry *registry, Str name) {
    size_t i = find_row(registry, name);
    if (i != SIZE_MAX)
        return str_from_cstr(registry->rows[i].name);
    Str key = address_without_public_host(name);
    return str_starts_with(key, STR("hashicorp/")) ? str_after(key, 10) : key;
}

static void registry_report_unknown(const Registry *registry, Str name, SourceRange range,
                                    Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("provider names");
    Str *names = arena_new_array(scratch, Str, registry->count);
    Str short_name = registry_local_name(name);
    size_t same_name = SIZE_MAX;
    for (size_t i = 0; i < registry->count; i++) {
        names[i] = str_from_cstr(registry->rows[i].name);
        if (str_equal(names[i], short_name))
            same_name = i;
    }
    Str hint = str_did_you_mean(short_name, names, registry->count, scratch);
    if (same_name != SIZE_MAX)
        hint = str_format(scratch, " The included \"%.*s\" has the address \"%s\".",
                          STR_ARG(short_name), registry->rows[same_name].address);
    diags_error(
        diags, range, "Unknown provider",
        "loam has no provider \"%.*s\".%.*s The providers of loam are: %.*s. Remove the use "
        "of the provider, or set its source in "
        "required_providers to one of these.",
        STR_ARG(name), STR_ARG(hint),
        STR_ARG(str_join(names, registry->count, STR(", "), scratch)));
}

static bool report_module(const ProviderRow *row, Str path, Str reason, SourceRange range,
                          Diags *diags) {
    return diags_fail(diags, range, "Provider cannot be loaded",
                      "The provider \"%s\" is in the module \"%.*s\" of loam, and %.*s.", row->name,
                      STR_ARG(path), STR_ARG(reason));
}

static bool registry_load(const Registry *registry, const ProviderRow *row, const Provider **out,
                          SourceRange range, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("provider module");
    Str path = str_format(scratch, "%.*s/%s", STR_ARG(registry->plugin_directory), row->plugin);
    Str why = STR_EMPTY;
    void *handle = plugin_open(path, &why, scratch);
    if (!handle)
        return report_module(row, path, why, range, diags);
    Str symbol = str_format(scratch, "%s_provider", row->name);
    const Provider *provider = dlsym(handle, str_to_cstr(symbol, scratch));
    if (!provider || !str_equal_cstr(str_from_cstr(provider->name), row->name)) {
        dlclose(handle);
        return report_module(row, path,
                             str_format(scratch,
                                        "it has no \"%.*s\", so it belongs to another version of "
                                        "loam; install both from the same source",
                                        STR_ARG(symbol)),
                             range, diags);
    }
    *out = provider;
    return true;
}

/* Returns why a managed type is invalid; empty if it is valid. An interrupted creation must be
 * recoverable, or its repetition declared. */
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

static Str rules_fault(const char *name, const Schema *schema, Arena *arena) {
    for (size_t i = 0; i < schema->rule_count; i++) {
        const char *unknown = schema_rule_unknown_name(schema, &schema->rules[i]);
        if (unknown)
            return str_format(arena, "A rule of \"%s\" refers to \"%s\", which it does not have.",
                              name, unknown);
    }
    Str fault = STR_EMPTY;
    for (size_t i = 0; i < schema_member_count(schema) && fault.len == 0; i++) {
        SchemaMember member = schema_member(schema, i);
        if (member.nested)
            fault = rules_fault(name, member.nested, arena);
    }
    return fault;
}

static Str list_fault(const Provider *provider, const ListType *type, Arena *arena) {
    if (!type->list)
        return str_format(arena, "The list type \"%s\" has no list.", type->name);
    const ResourceType *resource = registry_find_resource(provider, str_from_cstr(type->name));
    if (!resource || !resource->identity)
        return str_format(arena, "The list type \"%s\" has no managed type with an identity.",
                          type->name);
    return STR_EMPTY;
}

/* Returns which required slot a type lacks; empty if none. */
static Str slots_fault(const Provider *provider, const ObjectType *type, Arena *arena) {
    switch (type->mode) {
    case MODE_MANAGED: return resource_fault(resource_type_of(type), arena);
    case MODE_DATA:
        if (((const DataSourceType *)type)->read)
            return STR_EMPTY;
        return str_format(arena, "The data source \"%s\" has no read.", type->name);
    case MODE_EPHEMERAL:
        if (((const EphemeralType *)type)->open)
            return STR_EMPTY;
        return str_format(arena, "The ephemeral resource \"%s\" has no open.", type->name);
    case MODE_ACTION:
        if (((const ActionType *)type)->invoke)
            return STR_EMPTY;
        return str_format(arena, "The action \"%s\" has no invoke.", type->name);
    case MODE_LIST: return list_fault(provider, (const ListType *)type, arena);
    }
    return str_format(arena, "The type \"%s\" has no mode.", type->name);
}

/* Returns the first error in a provider's tables, as a sentence in `arena`; empty if none. */
static Str registry_find_fault(const Provider *provider, Arena *arena) {
    for (size_t i = 0; i < provider->type_count; i++) {
        const ObjectType *type = provider->types[i];
        Str fault = slots_fault(provider, type, arena);
        if (fault.len == 0)
            fault = rules_fault(type->name, &type->schema, arena);
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

/* Reports mistakes of the author that would otherwise surface only in use. */
static bool check_tables(const Provider *provider, bool *checked, SourceRange range, Diags *diags) {
    if (*checked)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("provider tables");
    Str fault = registry_find_fault(provider, scratch);
    *checked = fault.len == 0;
    if (!*checked)
        diags_error(diags, range, "Faulty provider",
                    "The provider \"%s\" contradicts its own contract. %.*s This is a mistake of "
                    "the provider; please report it.",
                    provider->name, STR_ARG(fault));
    return *checked;
}

static bool find_in_source(Registry *registry, Str name, bool is_row, const Provider **out,
                           SourceRange range, Diags *diags) {
    const ProviderSource *source = registry->source;
    if (!source)
        return true;
    LOCKED(&registry->mutex);
    return source->find(source->self, name, is_row, out, range, diags);
}

bool registry_find(Registry *registry, Str name, const Provider **out, SourceRange range,
                   Diags *diags) {
    size_t i = find_row(registry, name);
    const Provider *found = NULL;
    if (!find_in_source(registry, name, i != SIZE_MAX, &found, range, diags))
        return false;
    if (found) {
        *out = found;
        return true;
    }
    if (i == SIZE_MAX) {
        registry_report_unknown(registry, name, range, diags);
        return false;
    }
    LOCKED(&registry->mutex);
    bool fine = registry->loaded[i] ||
                registry_load(registry, &registry->rows[i], &registry->loaded[i], range, diags);
    fine = fine && check_tables(registry->loaded[i], &registry->checked[i], range, diags);
    if (fine)
        *out = registry->loaded[i];
    return fine;
}

const ObjectType *registry_find_type(const Provider *provider, ResourceMode mode, Str name) {
    if (provider->find_type)
        return provider->find_type(provider, mode, name);
    for (size_t i = 0; i < provider->type_count; i++) {
        const ObjectType *type = provider->types[i];
        if (type->mode == mode && str_equal_cstr(name, type->name))
            return type;
    }
    return NULL;
}

const TwinType *registry_find_twin_type(const Provider *provider, ResourceMode mode, Str name) {
    const ProviderTwin *twin = provider->twin;
    for (size_t i = 0; twin && i < twin->type_count; i++) {
        if (str_equal_cstr(name, twin->types[i].name))
            return registry_find_type(provider, mode, name) ? NULL : &twin->types[i];
    }
    return NULL;
}

const ResourceType *registry_find_resource(const Provider *provider, Str name) {
    return resource_type_of(registry_find_type(provider, MODE_MANAGED, name));
}

StrVec registry_type_names(const Provider *provider, ResourceMode mode, Arena *arena) {
    StrVec names = {0};
    for (size_t i = 0; i < provider->type_count; i++) {
        if (provider->types[i]->mode == mode)
            vec_push(arena, &names, str_from_cstr(provider->types[i]->name));
    }
    return names;
}

StrVec registry_names(const Registry *registry, Arena *arena) {
    StrVec names = {0};
    for (size_t i = 0; i < registry->count; i++)
        vec_push(arena, &names, str_from_cstr(registry->rows[i].name));
    return names;
}

const char *registry_row_name(const Registry *registry, Str name) {
    size_t i = find_row(registry, name);
    return i == SIZE_MAX ? NULL : registry->rows[i].name;
}

const char *registry_row_address(const Registry *registry, Str name) {
    size_t i = find_row(registry, name);
    return i == SIZE_MAX ? NULL : registry->rows[i].address;
}

const Provider *registry_row_provider(const Registry *registry, Str name) {
    size_t i = find_row(registry, name);
    return i == SIZE_MAX ? NULL : registry->rows[i].provider;
}

void registry_set_context(Registry *registry, Str name, const void *context) {
    size_t i = find_row(registry, name);
    if (i != SIZE_MAX)
        registry->contexts[i] = context;
}

const void *registry_context(const Registry *registry, const Provider *provider) {
    size_t i = find_row(registry, str_from_cstr(provider->name));
    return i == SIZE_MAX ? NULL : registry->contexts[i];
}
