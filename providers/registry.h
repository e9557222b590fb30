/* registry: finds providers by address or name and their types by name.
 *
 * Rows come from builtin.c. A row with a module path is opened on first use (dlopen), so a command
 * that needs no libvirt does not load it. The lookup guards itself. */
#pragma once

#include "provider.h"

typedef struct ProviderRow {
    const char *name;         /* libvirt */
    const char *address;      /* loam.internal/builtin/libvirt */
    const Provider *provider; /* compiled in, or NULL */
    const char *module;       /* loam-libvirt.so: symbol <name>_provider within */
} ProviderRow;

typedef struct Registry Registry;

/* `module_folder`: where loadable modules lie. */
Registry *registry_new(const ProviderRow *rows, size_t count, Str module_folder, Arena *arena);
/* By local name ("libvirt") or full address; any host's hashicorp/NAME serves. Loads the module.
 * A name that no row has is an error with the nearest name; so is a table with a fault. */
MUST_USE bool registry_find(
    Registry *registry, Str name, const Provider **out, SourceRange range, Diags *diags);
/* Type by name; NULL when the provider has none of that name. */
const ResourceType *registry_find_resource(const Provider *provider, Str type);
const DataSourceType *registry_find_data_source(const Provider *provider, Str type);
const EphemeralType *registry_find_ephemeral(const Provider *provider, Str type);
/* Type by mode and name; false: none. */
MUST_USE bool registry_find_type(const Provider *provider,
                                 ResourceMode mode,
                                 Str type,
                                 ObjectType *out);
/* The names of all types of one mode. */
StrVec registry_type_names(const Provider *provider, ResourceMode mode, Arena *arena);
/* The names of all rows, in their order. */
StrVec registry_names(const Registry *registry, Arena *arena);
/* The name of the provider that registry_find finds, without loading it; NULL: none. */
const char *registry_row_name(const Registry *registry, Str name);
/* `context` reaches the configure of the provider, if there is one of that name. Set before any
 * walk. */
void registry_give(Registry *registry, Str name, const void *context);
const void *registry_context(const Registry *registry, const Provider *provider);
/* The last part of an address: the name it has in a configuration ("random"). */
Str registry_local_name(Str address);
/* The same text for every spelling of one provider: "aws", "hashicorp/aws", and with a host. */
Str registry_key(Str name);
