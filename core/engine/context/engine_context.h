/* engine_context: the input of the engine: I/O functions, configuration, providers, and the options
 * of one plan or apply. */
#pragma once

#include "config_test.h"
#include "hooks.h"
#include "plan.h"
#include "provisioner.h"
#include "registry.h"
#include "scope.h"

typedef struct Engine {
    const Io *io;
    const Config *config;
    Registry *registry;
    const ProvisionerTable *provisioners; /* NULL: none */
    const CancelToken *cancel;
    const Hooks *hooks; /* NULL: no listener */
    uint32_t parallelism;
    Str workspace;
    Str working_directory;          /* path.cwd */
    int64_t now_ms;                 /* start of the run, Unix time in ms; plantimestamp() */
    bool warns_of_each_forgotten;   /* one warning for each object that leaves the state */
    bool stores_plain_state;        /* the state is written without encryption */
    struct FileReads *reads;        /* notes the files that expressions read; NULL: none */
    const TestOverrides *overrides; /* overrides of a test, highest precedence first; NULL: none */
} Engine;

/* An object that the import command imports, without an import block. */
typedef struct ImportTarget {
    ResourceAddr address;
    Str id;
} ImportTarget;

typedef VEC(AddressTarget) AddressTargetVec;

/* What engine_gitops asks of the targets. */
typedef struct GitopsOptions {
    GitopsAction action;
    bool with_source;
    int64_t timeout_ms; /* for each instance */
} GitopsOptions;

/* Of `loam query`: what a walk searches. */
typedef struct QueryOptions {
    bool generates_config; /* each entry gets its configuration */
} QueryOptions;

typedef struct PlanOptions {
    PlanMode mode;
    bool skip_refresh;
    bool allows_deferral; /* -allow-deferral: unknown instances wait for a later plan */
    bool is_full_refresh; /* -refresh=full: passed to calls about instances, also in an apply */
    const Map *variables; /* from input_collect: name → InputValue * */
    bool skips_check_warnings; /* an apply without a prompt repeats the checks: drop warnings */
    AddressTargetVec targets;
    StrVec target_texts;
    AddressTargetVec excludes; /* never set together with targets */
    StrVec exclude_texts;
    VEC(ResourceAddr) replace;
    const ResourceAddr *invoke; /* -invoke: the action; without key: all instances; NULL: none */
    const ImportTarget *import; /* of the import command; NULL: none */
    /* Receives the scope of the root module after the walk; NULL: not wanted. */
    struct EngineConsole **console;
    /* Refresh-only: plans import blocks, too, and generates the configurations of their objects.
     * Resource blocks may be incomplete. */
    bool import_only;
    const GitopsOptions *gitops;  /* evaluate: calls the targets; NULL: no provider is called */
    bool ignores_prevent_destroy; /* of objects of a test, at its end */
    const QueryOptions *query;    /* visits only lists and their dependencies; NULL: none of them */
    bool is_preflight; /* first pass of a destroy: no imports; failed conditions only warn */
} PlanOptions;

/* Returns true if -target or -exclude is given. */
bool engine_is_partial(const PlanOptions *options);
/* Returns true if -target and -exclude select the address itself. */
bool engine_selects(const PlanOptions *options, ResourceAddr address);
/* Sets the schemas of a plan that was read from a file. */
void engine_restore_schemas(const Engine *engine, Plan *plan);
/* Returns the schema of a type; NULL if the provider cannot be found or has no such type.
 * `provider` is a source address or a name. */
const Schema *engine_find_schema(const Engine *engine, ResourceMode mode, Str provider, Str type);
