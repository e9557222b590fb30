/* Config: the decoded configuration as the engine reads it, a tree of modules.
 *
 * A module call has one Module, shared by all instances of the call. Maps keep the order of the
 * source; their values are the structs below. The arena of config_load owns everything. The
 * model is immutable, except that the engine sets each Traversal.binding once. */
#pragma once

#include "body.h"
#include "invoke_event.h"
#include "map.h"
#include "reference.h"
#include "type_constraint.h"

typedef VEC(const Expr *) Exprs;

typedef VEC(Traversal *) Traversals;

/* A condition of a precondition, postcondition, validation or assert block. */
typedef struct Condition {
    const Expr *condition;
    const Expr *error_message;
    SourceRange range;
    bool is_sound; /* false: decoding reported an error */
} Condition;

typedef VEC(Condition) Conditions;

typedef struct Variable {
    Str name;
    Str description;
    TypeConstraint type; /* dynamic if the block has no `type` */
    bool has_type;
    bool has_default;
    bool sensitive;
    bool ephemeral;
    bool nullable; /* default: true */
    /* `const = true`: the value must be known while the configuration is loaded. */
    bool is_const;
    bool has_const; /* the block sets `const`; `const = false` forbids use while loading */
    Str deprecated;
    Value default_value; /* converted to `type` */
    Conditions validations;
    SourceRange range;
} Variable;

typedef struct Local {
    Str name;
    const Expr *expr;
    SourceRange range;
} Local;

typedef struct Output {
    Str name;
    Str description;
    TypeConstraint type; /* the value converts to it; if absent, dynamic */
    bool has_type;
    const Expr *expr;
    bool sensitive;
    bool ephemeral;
    Str deprecated;
    Traversals depends_on;
    Conditions preconditions;
    SourceRange range;
} Output;

/* A reference to a provider configuration: `provider = libvirt.east`. */
typedef struct ProviderRef {
    Str name;
    Str alias; /* empty: the default configuration */
    /* The instance key, as in libvirt.east[each.key]; NULL: none. */
    const Expr *key;
    SourceRange range;
    SourceRange passed_range; /* in `providers` of a call: the name that the called module uses */
    bool is_implied;          /* derived from the resource type, not from an argument */
} ProviderRef;

/* A connection block. The engine validates its arguments. */
typedef struct Connection {
    const Body *body;
    SourceRange range;
} Connection;

typedef struct Provisioner {
    Str type; /* "local-exec" */
    const Body *body;
    bool on_destroy;              /* when = destroy */
    bool continues;               /* on_failure = continue */
    const Connection *connection; /* the provisioner's block; NULL: the resource's */
    SourceRange range;
} Provisioner;

typedef VEC(Provisioner) Provisioners;

/* An action_trigger block: events of an instance that invoke actions. */
typedef struct ActionTrigger {
    const Expr *condition; /* NULL: always */
    VEC(InvokeEvent) events;
    Exprs actions; /* references to actions of the module; a key may be count.index or each.key */
    InvokeFailure on_failure;
    SourceRange range;
} ActionTrigger;

typedef struct Lifecycle {
    bool create_before_destroy;
    const Expr *prevent_destroy; /* NULL: false */
    bool ignore_all_changes;
    Traversals ignore_changes; /* relative to the resource: the root of each is an attribute name */
    Exprs replace_triggered_by;
    const Expr *enabled; /* NULL: always enabled */
    bool destroy;        /* false: an object to destroy or replace is forgotten instead */
    Conditions preconditions;
    Conditions postconditions;
    VEC(ActionTrigger) action_triggers;
} Lifecycle;

typedef struct Check Check;

typedef struct Resource {
    ResourceMode mode;
    Str type;
    Str name;
    const Body *body; /* the provider's arguments, without the meta-arguments; of an action or list:
                         `config` */
    const Expr *count;
    const Expr *for_each;
    /* Of a list; NULL: the default. */
    const Expr *include_resource;
    const Expr *limit;
    Traversals depends_on;
    ProviderRef provider; /* derived from the resource type if not given */
    Lifecycle lifecycle;
    const Connection *connection; /* for provisioners without a connection block */
    Provisioners provisioners;
    const Check *check; /* the check block that contains this data source; NULL: none */
    SourceRange type_range;
    SourceRange range;
} Resource;

/* A check block: its assertions run last, and their failures are warnings. */
struct Check {
    Str name;
    const Resource *data; /* also in the module's `resources`; NULL: none */
    Conditions asserts;
    SourceRange range;
};

/* The address of a resource, a module or an instance, as moved, removed and import blocks write
 * it. */
typedef struct ConfigAddress {
    AddressTarget target; /* includes literal keys */
    /* Keys that are expressions; only `to` of an import block has any. `depth` counts modules
     * from the outermost, which is 0. The key of the resource comes last. */
    VEC(struct ConfigAddressKey {
        uint32_t depth;
        const Expr *expr;
    })
    keys;
    SourceRange key_range; /* range of the first key of either kind; without source: no key */
    bool is_module_key;    /* the first key belongs to a module */
    bool is_reserved;      /* the type is a reserved word and not written as resource.WORD.NAME */
    SourceRange range;
} ConfigAddress;

typedef struct Moved {
    ConfigAddress from;
    ConfigAddress to;
    SourceRange range;
} Moved;

typedef struct Removed {
    ConfigAddress from; /* contains no keys */
    bool destroy;       /* false: the objects are forgotten */
    const Connection *connection;
    Provisioners provisioners; /* on_destroy is true for all of them */
    SourceRange range;
} Removed;

typedef struct Import {
    const Expr *id; /* exactly one of `id` and `identity` is set */
    const Expr *identity;
    ConfigAddress to;
    const Expr *for_each;
    ProviderRef provider;       /* empty name: the target's provider configuration */
    SourceRange provider_range; /* the range of the `provider` argument */
    SourceRange range;
} Import;

typedef struct ProviderConfig {
    Str name;
    Str alias;
    const Expr *for_each;            /* NULL: a single configuration */
    Str version;                     /* deprecated: a version constraint; empty: none */
    const Body *body;                /* NULL for a mock */
    const struct MockProvider *mock; /* a mock provider of a test; NULL: a real provider */
    SourceRange range;
} ProviderConfig;

/* Returns the key of a provider configuration within its module: "name" or "name.alias". */
Str config_provider_key(Str name, Str alias, Arena *arena);

typedef struct ProviderRequirement {
    Str name;
    Str source; /* empty: derived from the name */
    Str version;
    StrVec aliases; /* configuration_aliases, as "name.alias"; the caller must pass them */
    SourceRange range;
} ProviderRequirement;

typedef struct BackendConfig {
    Str type;
    const Body *body;
    SourceRange range;
    SourceRange type_range;
    bool has_own_block; /* a block "cloud", not backend "cloud" */
} BackendConfig;

/* A key_provider or method block: key_provider "pbkdf2" "main". */
typedef struct EncryptionPart {
    Str type;
    Str name;
    const Body *body;
    SourceRange range;
} EncryptionPart;

/* How the state, plan files or the state of a terraform_remote_state data source are encrypted. */
typedef struct EncryptionTarget {
    /* "state" or "plan"; for a remote_state_data_source block, its label (see cipher_set.h). */
    Str name;
    const Expr *method; /* method.TYPE.NAME; NULL: none */
    const struct EncryptionTarget *fallback;
    bool enforced;
    SourceRange range;
} EncryptionTarget;

typedef VEC(EncryptionPart) EncryptionParts;

typedef struct Encryption {
    EncryptionParts key_providers;
    EncryptionParts methods;
    const EncryptionTarget *state; /* NULL: not configured */
    const EncryptionTarget *plan;
    const EncryptionTarget *remote_default;
    VEC(const EncryptionTarget *) remotes;
    SourceRange range;
} Encryption;

typedef struct EnvironmentValue {
    Str name;
    Value value;
    SourceRange name_range;
    SourceRange range;
    const Expr *expr; /* as written */
} EnvironmentValue;

/* An environment of the root module: the settings that differ from the base configuration. */
typedef struct Environment {
    Str name;
    VEC(EnvironmentValue) variables;
    Str variables_file; /* of more values, which `variables` override; empty: none */
    SourceRange variables_file_range;
    const Body *backend; /* overrides arguments of the backend block; NULL: none */
    SourceRange backend_range;
    /* "name" or "name.alias" → ProviderConfig, which overrides arguments of the provider block. */
    Map providers;
    bool is_protected; /* approving changes requires typing the environment's name */
    SourceRange range;
} Environment;

/* A provider_meta "NAME" block. */
typedef struct ProviderMeta {
    Str provider;
    const Body *body;
    SourceRange range;
} ProviderMeta;

typedef struct Module Module;

typedef struct ModuleCall {
    Str name;
    const Expr *source_expr; /* NULL: missing or invalid */
    const Expr *version_expr;
    Str source;  /* evaluated: `source` and `version` may be expressions */
    Str version; /* version constraint; empty: none */
    SourceRange source_range;
    SourceRange version_range;
    const Expr *count;
    const Expr *for_each;
    const Expr *enabled; /* NULL: always enabled */
    Traversals depends_on;
    Map providers;    /* the child's "name" or "name.alias" → ProviderRef of the caller */
    const Body *body; /* arguments for the child's input variables */
    Module *module;   /* NULL if the child module was not loaded */
    SourceRange range;
} ModuleCall;

/* Returns whether the source of the call is a local path. */
bool config_module_is_local(const ModuleCall *call);

struct Module {
    Module *parent; /* NULL: the root */
    const ModuleCall *call;
    Str path;      /* configuration address: "module.a.module.b", empty for the root */
    Str key;       /* prefix of call keys when a test run loads this root module; else empty */
    Str directory; /* directory, as path.module returns it: "." or "modules/network" */
    Map variables;
    Map locals;
    Map outputs;
    Map resources; /* "T.N", "data.T.N", "ephemeral.T.N", "action.T.N", "list.T.N" → Resource */
    Map calls;
    Map providers;    /* "name" or "name.alias" → ProviderConfig */
    Map requirements; /* local name → ProviderRequirement */
    Map checks;
    Map provider_metas; /* provider's local name → ProviderMeta */
    Map environments;   /* root module only: name → Environment */
    VEC(Moved) moved;
    VEC(Removed) removed;
    VEC(Import) imports;
    SourceRange requirements_range; /* of the required_providers block */
    const BackendConfig *backend;
    const Encryption *encryption; /* NULL: not encrypted */
    VEC(const SourceText *) sources;
};

/* A construct that needs a newer language, such as "type" of an output; see config_newer.h. */
typedef struct NewerConstruct {
    const char *construct;
    const char *since; /* "Terraform 1.15" */
    SourceRange range; /* the first one */
    uint32_t count;
} NewerConstruct;

typedef VEC(NewerConstruct) ConfigNewer;

struct StaticEval;
struct TestFiles;

typedef struct Config {
    Module *root;
    struct StaticEval *statics; /* evaluates expressions while loading, see static_eval.h */
    struct TestFiles *tests;    /* see config_test.h; NULL: test files were not requested */
    Str directory;
    Str workspace;                  /* from the request, or the environment's name */
    const Environment *environment; /* merged into the root module; NULL: none */
    const FunctionTable *functions;
    bool moves_counted_modules; /* count of a call that comes or goes moves the module, as in
                                   OpenTofu */
    ConfigNewer newer; /* constructs that need a newer language than that of VERSION_TERRAFORM */
    /* Errors of unmet version constraints, which test runs report; NULL: none. */
    const Diags *unmet;
} Config;
