/* registry: finds providers by address or name, and their types by name.
 *
 * The rows are in builtin.c. A row with a plugin path is opened on first use (dlopen), so a command
 * that does not need libvirt does not load it. Thread-safe, except registry_set_context. */
#pragma once

#include "provider.h"

typedef struct ProviderRow {
    const char *name;         /* such as libvirt */
    const char *address;      /* such as loam.internal/builtin/libvirt */
    const Provider *provider; /* built in; NULL: in a plugin */
    const char
        *plugin; /* plugin such as loam-libvirt.so, which defines the symbol <name>_provider */
} ProviderRow;

typedef struct Registry Registry;

/* Finds providers that are no rows: programs that speak Terraform's plugin protocol. */
typedef struct ProviderSource {
    void *self;
    /* Sets *out, or leaves it NULL if this source does not serve the provider. `is_row`: loam has a
     * provider of this name. Returns false after adding an error. Called under a lock. */
    bool (*find)(void *self, Str name, bool is_row, const Provider **out, SourceRange range,
                 Diags *diags);
} ProviderSource;

/* `plugin_directory`: the directory of the plugins. */
Registry *registry_new(const ProviderRow *rows, size_t count, Str plugin_directory, Arena *arena);
/* Finds a provider by local name ("libvirt") or full address; hashicorp/NAME matches on any host.
 * Loads the plugin. Adds an error for an unknown name, with the nearest name, for a plugin that
 * cannot be loaded, and for invalid tables. */
MUST_USE bool registry_find(Registry *registry, Str name, const Provider **out, SourceRange range,
                            Diags *diags);
/* Sets the source that is asked before the rows. Call before any lookup. */
void registry_set_source(Registry *registry, const ProviderSource *source);
/* Returns the type of this mode and name, or NULL if none. */
const ObjectType *registry_find_type(const Provider *provider, ResourceMode mode, Str name);
/* Returns the type that the provider's twin has and the provider lacks in this mode; NULL if none.
 */
const TwinType *registry_find_twin_type(const Provider *provider, ResourceMode mode, Str name);
/* Returns the managed type of this name, or NULL if none. */
const ResourceType *registry_find_resource(const Provider *provider, Str name);
/* Returns the names of all types of one mode. */
StrVec registry_type_names(const Provider *provider, ResourceMode mode, Arena *arena);
/* Returns the names of all rows, in order. */
StrVec registry_names(const Registry *registry, Arena *arena);
/* Returns the name of the provider that registry_find would find, without loading it; NULL if
 * none. */
const char *registry_row_name(const Registry *registry, Str name);
/* Returns the address of that provider; NULL if none. */
const char *registry_row_address(const Registry *registry, Str name);
/* Returns that provider if it is built in; NULL if it is in a plugin, or if there is none. */
const Provider *registry_row_provider(const Registry *registry, Str name);
/* Passes `context` to `configure` of the provider of this name, if any. Call before any walk. */
void registry_set_context(Registry *registry, Str name, const void *context);
/* Returns what registry_set_context passed for the provider, or NULL. */
const void *registry_context(const Registry *registry, const Provider *provider);
/* Returns the last part of an address, the default local name ("random"). */
Str registry_local_name(Str address);
/* Returns the name without host and without the namespace hashicorp: "aws", "hashicorp/aws" and
 * "registry.terraform.io/hashicorp/aws" give "aws". Other namespaces stay: "a/b". */
Str registry_short_name(Str name);
/* Returns the same text for all names and addresses of one provider, and another one for each other
 * provider: the name of its row, or else its address without a public registry's host. */
Str registry_key(const Registry *registry, Str name);
