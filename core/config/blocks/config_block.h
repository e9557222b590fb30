/* config_block: a top-level block type of the configuration, as a table row.
 *
 * To add a block type, write a file config_<type>.c that defines `const ConfigBlock config_<type>`,
 * and add its name below.
 *
 * The keys that `identify` sets must be unique. Unless the type is final, override files may change
 * such a block: an override is merged into the body before decoding. Blocks of a type without
 * `identify` are decoded one by one, those of override files last. */
#pragma once

#include "config.h"
#include "config_request.h"
#include "module_install.h"

typedef struct ConfigLoading {
    const ConfigRequest *request;
    Config *config;
    Module *module; /* the module being loaded */
    ModuleInstall *modules;
    Map directories; /* path → files already read, because several calls may use a directory */
    Map imported;    /* address in an import block → range of that block */
    Arena *arena;
    Diags *diags;
} ConfigLoading;

typedef struct ConfigBlock {
    const char *name;
    uint32_t labels;
    const char *noun; /* name in messages: "variable", "resource configuration" */
    bool (*identify)(ConfigLoading *loading, const BodyBlock *block, Str *key);
    bool (*decode)(ConfigLoading *loading, const BodyBlock *block, bool is_override);
    const char
        *merged_block; /* nested block type that overrides merge instead of replace; NULL: none */
    const char *const *fixed; /* names that overrides may not set; ends with NULL; NULL: none */
    /* Returns whether an override file may declare the block without a base block. NULL: never. */
    bool (*is_implied)(Str key);
    bool is_final; /* not allowed in override files */
} ConfigBlock;

/* The block types of a configuration file. */
/* clang-format off */
#define CONFIG_BLOCKS(ROW)   \
    ROW(config_terraform)    \
    ROW(config_loam)         \
    ROW(config_provider)     \
    ROW(config_variable)     \
    ROW(config_local)        \
    ROW(config_output)       \
    ROW(config_resource)     \
    ROW(config_data)         \
    ROW(config_ephemeral)    \
    ROW(config_action)       \
    ROW(config_module)       \
    ROW(config_moved)        \
    ROW(config_removed)      \
    ROW(config_import)       \
    ROW(config_check)        \
    ROW(config_environment)  \
    ROW(config_language)
/* clang-format on */

#define CONFIG_BLOCK_DECLARE(type) extern const ConfigBlock type;
CONFIG_BLOCKS(CONFIG_BLOCK_DECLARE)

/* The block types of a query file. */
/* clang-format off */
#define CONFIG_QUERY_BLOCKS(ROW) \
    ROW(config_list)             \
    ROW(config_provider)         \
    ROW(config_variable)         \
    ROW(config_local)
/* clang-format on */

CONFIG_BLOCK_DECLARE(config_list)

typedef struct ConfigBlocks {
    const ConfigBlock *const *types;
    size_t count;
} ConfigBlocks;

extern const ConfigBlocks config_blocks;
extern const ConfigBlocks config_query_blocks;

/* Decodes a resource, data source or ephemeral resource. `check` is the enclosing check block,
 * or NULL. */
MUST_USE bool config_resource_decode(ConfigLoading *loading, const BodyBlock *block,
                                     ResourceMode mode, const Check *check, const Resource **out);
/* Reads `provider`. By default, the type determines the provider: libvirt_domain uses libvirt. */
MUST_USE bool config_resource_read_provider(ConfigLoading *loading, const BodyContent *content,
                                            Resource *resource);
/* Returns whether the block has neither arguments of the provider nor `for_each`. */
bool config_provider_is_empty(const ProviderConfig *provider, Arena *arena);
/* Rejects `for_each`, whose name is at `range`, if the configuration has no alias. */
MUST_USE bool config_provider_check_keys(const ProviderConfig *provider, SourceRange range,
                                         Diags *diags);
/* Reports a call with an empty source. Always returns false. */
bool config_module_report_empty(const ModuleCall *call, Diags *diags);
/* Rejects an import block with `provider` if its resource is declared in the same module, but does
 * not set the same `provider` itself. */
MUST_USE bool config_import_check_providers(ConfigLoading *loading);
