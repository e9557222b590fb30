/* config_block: a top-level block type of the configuration, as a table row.
 *
 * To add one: a file config_<type>.c that defines the row `const ConfigBlock config_<type>`, and
 * its name here.
 *
 * If `identify` returns a key, a block is declared once per key, and override files may change it:
 * an override is merged into the body before decoding. Blocks of a type without `identify` are
 * decoded one by one, overrides last. */
#pragma once

#include "config.h"
#include "config_request.h"
#include "module_install.h"

typedef struct ConfigLoading {
    const ConfigRequest *request;
    Config *config;
    Module *module; /* the one being filled */
    ModuleInstall *modules;
    Map folders;  /* of files that were read already: a folder may be called more than once */
    Map imported; /* addresses that import blocks name → where the block stands */
    Arena *arena;
    Diags *diags;
} ConfigLoading;

typedef struct ConfigBlock {
    const char *name;
    uint32_t labels;
    const char *noun; /* for messages: "variable", "resource configuration" */
    bool (*identify)(ConfigLoading *loading, const BodyBlock *block, Str *key);
    bool (*decode)(ConfigLoading *loading, const BodyBlock *block, bool is_override);
    const char *joined;          /* nested block that overrides merge instead of replacing */
    const char *const *fixed;    /* what an override may not change; ends in NULL */
    bool (*is_implied)(Str key); /* may an override file be the first to declare it? NULL: no */
    bool is_final;               /* has no place in an override file */
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

extern const ConfigBlock *const config_block_types[];
extern const size_t config_block_type_count;

/* A data source; of a check, where that is not NULL. */
MUST_USE bool config_resource_decode(ConfigLoading *loading,
                                     const BodyBlock *block,
                                     ResourceMode mode,
                                     const Check *check,
                                     const Resource **out);
/* The keys of repeated configurations of the module just decoded: known, and fit to be keys? */
MUST_USE bool config_provider_check_keys(ConfigLoading *loading);
/* Does the block say nothing but its name? */
bool config_provider_is_empty(const ProviderConfig *provider, Arena *arena);
/* Reports a call whose source is empty; always false. */
bool config_module_refuse_empty(const ModuleCall *call, Diags *diags);
/* An import block and the declared resource that it names have the same "provider", if the import
 * has one. */
MUST_USE bool config_import_check_providers(ConfigLoading *loading);
