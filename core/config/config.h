/* Config: what the user wrote, as the model that the engine works from: a tree of modules.
 *
 * One Module per module call (shared by all instances of the call). Maps keep the order of the
 * source; values of the maps are the structs below. All of it lives in the arena of config_load and
 * is immutable, but for Traversal.binding, which the engine sets once. */
#pragma once

#include "body.h"
#include "map.h"
#include "reference.h"

typedef VEC(Traversal *) Traversals;

/* precondition, postcondition, validation, assert */
typedef struct Condition {
    const Expr *condition;
    const Expr *error_message;
    SourceRange range;
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
    bool nullable; /* true unless said */
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
    Str alias; /* empty: the default configuration */
    SourceRange range;
} ProviderRef;

typedef struct Lifecycle {
    bool create_before_destroy;
    bool has_create_before_destroy;
    const Expr *prevent_destroy; /* NULL: no */
    bool ignore_all_changes;
    Traversals ignore_changes; /* relative: root is the first attribute */
    VEC(const Expr *) replace_triggered_by;
    Conditions preconditions;
    Conditions postconditions;
} Lifecycle;

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
    SourceRange range;
} Resource;

typedef struct ProviderConfig {
    Str name;
    Str alias;
    const Body *body;
    SourceRange range;
} ProviderConfig;

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
} BackendConfig;

typedef struct Module Module;

typedef struct ModuleCall {
    Str name;
    Str source; /* as written */
    SourceRange source_range;
    const Expr *count;
    const Expr *for_each;
    Traversals depends_on;
    Map providers;    /* child's "name" or "name.alias" → ProviderRef of the caller */
    const Body *body; /* the input variables */
    Module *module;   /* NULL only where loading it failed */
    SourceRange range;
} ModuleCall;

struct Module {
    Module *parent; /* NULL: the root */
    const ModuleCall *call;
    Str path;   /* configuration address: "module.a.module.b", empty for the root */
    Str folder; /* as path.module shows it: "." or "modules/network" */
    Map variables;
    Map locals;
    Map outputs;
    Map resources; /* "T.N" and "data.T.N" → Resource */
    Map calls;
    Map providers;    /* "name" or "name.alias" → ProviderConfig */
    Map requirements; /* local name → ProviderRequirement */
    const BackendConfig *backend;
    VEC(const Source *) sources;
};

typedef struct Config {
    Module *root;
    Str folder;
    const FunctionTable *functions;
} Config;
