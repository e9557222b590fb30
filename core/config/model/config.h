/* Config: what the user wrote, as the model that the engine works from: a tree of modules.
 *
 * One Module per module call (shared by all instances of the call). Maps keep the order of the
 * source; values of the maps are the structs below. All of it lives in the arena of config_load and
 * is immutable, but for Traversal.binding, which the engine sets once. */
#pragma once

#include "body.h"
#include "map.h"
#include "reference.h"
#include "type_constraint.h"

typedef VEC(const Expr *) Exprs;

typedef VEC(Traversal *) Traversals;

/* precondition, postcondition, validation, assert */
typedef struct Condition {
    const Expr *condition;
    const Expr *error_message;
    SourceRange range;
    bool is_sound; /* no error was found when it was read */
} Condition;

typedef VEC(Condition) Conditions;

typedef struct Variable {
    Str name;
    Str description;
    TypeConstraint type; /* dynamic without `type` */
    bool has_type;
    bool has_default;
    bool sensitive;
    bool ephemeral;
    bool nullable;  /* true unless said */
    bool is_const;  /* "const = true": its value must be known before anything is evaluated */
    bool has_const; /* "const" is given: if false, nothing may need it that early */
    Str deprecated;
    Value default_value; /* converted */
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
    const Expr *expr;
    bool sensitive;
    bool ephemeral;
    Str deprecated;
    Traversals depends_on;
    Conditions preconditions;
    SourceRange range;
} Output;

/* provider = libvirt.east */
typedef struct ProviderRef {
    Str name;
    Str alias;       /* empty: the default configuration */
    const Expr *key; /* libvirt.east[each.key]: of a configuration with for_each; NULL: none */
    SourceRange range;
    SourceRange passed_range; /* of the name that a called module has for it */
    bool is_implied;          /* named by the resource type, not by an argument */
} ProviderRef;

/* How a provisioner reaches the machine; which arguments there are is the engine's to know. */
typedef struct Connection {
    const Body *body;
    SourceRange range;
} Connection;

typedef struct Provisioner {
    Str type; /* "local-exec" */
    const Body *body;
    bool on_destroy;              /* when = destroy */
    bool continues;               /* on_failure = continue */
    const Connection *connection; /* its own; NULL: the resource's */
    SourceRange range;
} Provisioner;

typedef VEC(Provisioner) Provisioners;

typedef struct Lifecycle {
    bool create_before_destroy;
    const Expr *prevent_destroy; /* NULL: no */
    bool ignore_all_changes;
    Traversals ignore_changes; /* relative: root is the first attribute */
    Exprs replace_triggered_by;
    const Expr *enabled; /* NULL: always */
    bool destroy;        /* false: what leaves the configuration is forgotten, not destroyed */
    Conditions preconditions;
    Conditions postconditions;
} Lifecycle;

typedef struct Check Check;

typedef struct Resource {
    ResourceMode mode;
    Str type;
    Str name;
    const Body *body; /* the provider's arguments: what the meta-arguments leave */
    const Expr *count;
    const Expr *for_each;
    Traversals depends_on;
    ProviderRef provider; /* implied from the type where not given */
    Lifecycle lifecycle;
    const Connection *connection; /* of provisioners that have none of their own */
    Provisioners provisioners;
    const Check *check; /* a data source within that check; NULL: none */
    SourceRange type_range;
    SourceRange range;
} Resource;

/* What a block checks after everything else, without stopping anything. */
struct Check {
    Str name;
    const Resource *data; /* also among the module's resources; NULL: none */
    Conditions asserts;
    SourceRange range;
};

/* A resource, a module or an instance of one, as a block names it. */
typedef struct ConfigAddress {
    AddressTarget target; /* with the keys that are literals */
    /* The keys that are not (`to` of an import): the depth counts modules from the outermost, 0;
     * the resource's own comes last. */
    VEC(struct ConfigAddressKey {
        uint32_t depth;
        const Expr *expr;
    })
    keys;
    SourceRange key_range; /* of the first key, a literal or not; no source: there is none */
    bool is_module_key;    /* the first key is one of a module */
    bool is_reserved;      /* its type is a word of the language; resource.WORD.NAME is another */
    SourceRange range;
} ConfigAddress;

typedef struct Moved {
    ConfigAddress from;
    ConfigAddress to;
    SourceRange range;
} Moved;

typedef struct Removed {
    ConfigAddress from; /* without keys */
    bool destroy;       /* else forgotten */
    const Connection *connection;
    Provisioners provisioners; /* all of them on_destroy */
    SourceRange range;
} Removed;

typedef struct Import {
    const Expr *id;       /* this one … */
    const Expr *identity; /* … or that one */
    ConfigAddress to;
    const Expr *for_each;
    ProviderRef provider;       /* name empty: the target's */
    SourceRange provider_range; /* the argument */
    SourceRange range;
} Import;

typedef struct ProviderConfig {
    Str name;
    Str alias;
    const Expr *for_each;            /* NULL: one configuration */
    const Body *body;                /* NULL: of a mock, which has none */
    const struct MockProvider *mock; /* of a test: nobody is called; NULL: it is real */
    SourceRange range;
} ProviderConfig;

/* "name", or "name.alias": what a configuration is called in its module. */
Str config_provider_key(Str name, Str alias, Arena *arena);

typedef struct ProviderRequirement {
    Str name;
    Str source; /* empty: implied */
    Str version;
    StrVec aliases; /* configuration_aliases: "name.alias", to be passed by the caller */
    SourceRange range;
} ProviderRequirement;

typedef struct BackendConfig {
    Str type;
    const Body *body;
    SourceRange range;
    SourceRange type_range;
} BackendConfig;

/* key_provider "pbkdf2" "main", method "aes_gcm" "main" */
typedef struct EncryptionPart {
    Str type;
    Str name;
    const Body *body;
    SourceRange range;
} EncryptionPart;

/* What state, plan and remote states are protected with. */
typedef struct EncryptionTarget {
    Str name;           /* "state", "plan"; of a remote_state_data_source: the data source, "T.N" */
    const Expr *method; /* method.TYPE.NAME; NULL: none */
    const struct EncryptionTarget *fallback;
    bool enforced;
    SourceRange range;
} EncryptionTarget;

typedef VEC(EncryptionPart) EncryptionParts;

typedef struct Encryption {
    EncryptionParts key_providers;
    EncryptionParts methods;
    const EncryptionTarget *state; /* NULL: not said */
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
} EnvironmentValue;

/* One of the places that a configuration is for, and what is different there. */
typedef struct Environment {
    Str name;
    VEC(EnvironmentValue) variables;
    const Body *backend; /* over the backend block's arguments; NULL: nothing */
    SourceRange backend_range;
    Map providers;     /* "name" or "name.alias" → ProviderConfig, over the provider block's */
    bool is_protected; /* changes there take its name, not just a yes */
    SourceRange range;
} Environment;

/* provider_meta "NAME" */
typedef struct ProviderMeta {
    Str provider;
    const Body *body;
    SourceRange range;
} ProviderMeta;

typedef struct Module Module;

typedef struct ModuleCall {
    Str name;
    const Expr *source_expr; /* NULL: not said, or not readable */
    const Expr *version_expr;
    Str source;  /* as they came out: both may be made of variables */
    Str version; /* constraint; empty: none is said */
    SourceRange source_range;
    SourceRange version_range;
    const Expr *count;
    const Expr *for_each;
    const Expr *enabled; /* NULL: always */
    Traversals depends_on;
    Map providers;    /* child's "name" or "name.alias" → ProviderRef of the caller */
    const Body *body; /* the input variables */
    Module *module;   /* NULL only where loading it failed */
    SourceRange range;
} ModuleCall;

/* Is the module called by where it lies, beside its caller? */
bool config_module_is_local(const ModuleCall *call);

struct Module {
    Module *parent; /* NULL: the root */
    const ModuleCall *call;
    Str path;   /* configuration address: "module.a.module.b", empty for the root */
    Str key;    /* of a root that a test runs: what the records of its calls begin with */
    Str folder; /* as path.module shows it: "." or "modules/network" */
    Map variables;
    Map locals;
    Map outputs;
    Map resources; /* "T.N", "data.T.N", "ephemeral.T.N" → Resource */
    Map calls;
    Map providers;    /* "name" or "name.alias" → ProviderConfig */
    Map requirements; /* local name → ProviderRequirement */
    Map checks;
    Map provider_metas; /* provider's local name → ProviderMeta */
    Map environments;   /* of the root: name → Environment */
    VEC(Moved) moved;
    VEC(Removed) removed;
    VEC(Import) imports;
    SourceRange requirements_range; /* of the required_providers block */
    SourceRange cloud_range;        /* of a cloud block, which is refused */
    const BackendConfig *backend;
    const Encryption *encryption; /* NULL: none */
    VEC(const Source *) sources;
};

struct StaticEval;
struct TestFiles;

typedef struct Config {
    Module *root;
    struct StaticEval *statics; /* for static_eval.h */
    struct TestFiles *tests;    /* for config_test.h; NULL: not asked for */
    Str folder;
    Str workspace;                  /* the request's, or that of the environment */
    const Environment *environment; /* that is laid over the root; NULL: none */
    const FunctionTable *functions;
    const Diags *unmet; /* demands on the version that runs of tests tell; NULL: none */
} Config;
