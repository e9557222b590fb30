/* config_block: a top-level block type of the configuration, as a table row.
 *
 * Each config_<type>.c ends in its row; config_block.c lists them. A block that `identify` gives a
 * key is declared once per key and may be changed by override files, before it is decoded: an
 * override is merged into its body. Blocks without are decoded one by one, overrides last. */
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
extern const ConfigBlock *const config_block_types[];
extern const size_t config_block_type_count;

extern const ConfigBlock config_variable;
extern const ConfigBlock config_local;
extern const ConfigBlock config_output;
extern const ConfigBlock config_provider;
extern const ConfigBlock config_resource;
extern const ConfigBlock config_data;
extern const ConfigBlock config_ephemeral;
extern const ConfigBlock config_module;
extern const ConfigBlock config_terraform;
extern const ConfigBlock config_loam;
extern const ConfigBlock config_language;
extern const ConfigBlock config_moved;
extern const ConfigBlock config_removed;
extern const ConfigBlock config_import;
extern const ConfigBlock config_check;
extern const ConfigBlock config_environment;

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
