/* config_block: a top-level block type of the configuration, as a table row.
 *
 * To add a block type, write a file config_<type>.c that defines `const ConfigBlock config_<type>`,
 * and add its name below.
 *
 * The rows of its BodySchema name the members that its arguments fill.
 *
 * The keys of blocks must be unique. Unless the type is final, override files may change such a
 * block: an override is merged into the body before decoding. Blocks of a type without keys are
 * decoded one by one, those of override files last. */
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
    struct TestFile *file; /* the test file being decoded */
    bool is_override;      /* the block being decoded is in an override file */
    Arena *arena;
    Diags *diags;
} ConfigLoading;

typedef struct ConfigBlock {
    const char *name;
    uint32_t labels;
    const char *noun; /* name in messages: "variable", "resource configuration" */
    /* Names of the labels in messages; the key is then "NAME.LABEL" or "NAME.LABEL.LABEL". */
    const char *label_nouns[2];
    bool (*identify)(ConfigLoading *loading, const BodyBlock *block, Str *key); /* instead */
    bool (*decode)(ConfigLoading *loading, const BodyBlock *block);
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

/* The end of a BodyAttributeSchema row: how the argument is read, and the member of the struct
 * `type` that it fills. A member of another type does not compile. */
#define CONFIG_EXPR(type, member) config_block_expr, CONFIG_MEMBER(type, member, const Expr *)
#define CONFIG_TEXT(type, member) config_block_text, CONFIG_MEMBER(type, member, Str)
#define CONFIG_FLAG(type, member) config_block_flag, CONFIG_MEMBER(type, member, bool)
#define CONFIG_TRAVERSALS(type, member)                                                            \
    config_block_traversals, CONFIG_MEMBER(type, member, Traversals)
#define CONFIG_MEMBER(type, member, wanted)                                                        \
    _Generic(((type *)0)->member, wanted : offsetof(type, member))

bool config_block_expr(ConfigLoading *loading, const BodyAttribute *attribute, void *member);
bool config_block_text(ConfigLoading *loading, const BodyAttribute *attribute, void *member);
bool config_block_flag(ConfigLoading *loading, const BodyAttribute *attribute, void *member);
bool config_block_traversals(ConfigLoading *loading, const BodyAttribute *attribute, void *member);

/* Like body_content; then the rows of `schema` read the arguments that are set into *out, in the
 * order of the rows. Reads on after an error. */
MUST_USE bool config_block_read(ConfigLoading *loading, const Body *body, const BodySchema *schema,
                                BodyContent *content, const Body **rest, void *out);
/* The rows of `schema` read the nested blocks into *out, in the order of the file. */
MUST_USE bool config_block_read_inner(ConfigLoading *loading, const BodySchema *schema,
                                      const BodyContent *content, void *out);

/* Returns the key of a block in the resources of its module. */
Str config_resource_key(ResourceMode mode, const BodyBlock *block, Arena *arena);
/* Returns a resource with the labels of the block and default settings. */
Resource *config_resource_new(const BodyBlock *block, ResourceMode mode, Arena *arena);
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
/* Reads the `config` block of an action or list, whose own arguments are in `schema`. Without such
 * a block, *out is the body of no arguments. */
MUST_USE bool config_action_read_config(ConfigLoading *loading, const BodyBlock *block,
                                        const BodyContent *content, const BodySchema *schema,
                                        const Body **out);
/* Rejects `count` together with `for_each`. */
MUST_USE bool config_action_check_repetition(const BodyContent *content);
/* Reads the action_trigger blocks of a lifecycle block. */
MUST_USE bool config_action_read_triggers(const BodyContent *content, Lifecycle *out);
/* Completes the encryption of the decoded module: merges the request's block into the root
 * module's and checks references. */
MUST_USE bool config_terraform_finish_encryption(ConfigLoading *loading);
/* Checks all environments and applies the selected one. Call it after decoding the root module and
 * before loading its module calls. */
MUST_USE bool config_environment_apply(ConfigLoading *loading);
/* Reads the provisioner and connection blocks in `content`; ignores others. Sets *connection to
 * NULL if there is none. */
MUST_USE bool config_provisioner_read(const BodyContent *content, Provisioners *out,
                                      const Connection **connection);
MUST_USE bool config_requirement_read(ConfigLoading *loading, const BodyBlock *block, void *);
/* Rejects invalid version constraints. */
MUST_USE bool config_requirement_check_version(Str version, SourceRange range, Diags *diags);
/* Rejects a valid constraint that breaks the stricter rules of constraints on providers. */
MUST_USE bool config_requirement_check_provider(Str version, SourceRange range, Diags *diags);
