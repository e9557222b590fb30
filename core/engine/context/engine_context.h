/* engine_context: the input of the engine: I/O functions, configuration, providers, and the options
 * of one plan or apply. */
#pragma once

#include "cancel.h"
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
    int64_t now_ms;                 /* plantimestamp */
    bool stores_plain_state;        /* the state is written without encryption */
    const TestOverrides *overrides; /* of a test, by precedence; NULL: no mocks */
} Engine;

/* An object that the import command imports, without an import block. */
typedef struct ImportTarget {
    ResourceAddr address;
    Str id;
} ImportTarget;

typedef VEC(AddressTarget) AddressTargetVec;

typedef struct PlanOptions {
    PlanMode mode;
    bool skip_refresh;
    bool is_full_refresh;      /* passed to every provider call, and to those of the apply */
    const Map *variables;      /* from input_collect: name → InputValue * */
    bool skips_check_warnings; /* no approval follows: only the apply reports failed checks */
    AddressTargetVec targets;
    StrVec target_texts;
    AddressTargetVec excludes; /* never set together with targets */
    StrVec exclude_texts;
    VEC(ResourceAddr) replace;
    const ImportTarget *import; /* NULL: none */
    /* Receives the scope of the root module after the walk; NULL: not wanted. */
    struct EngineConsole **console;
    bool import_only;  /* refresh-only: plan the objects of import blocks too */
    bool is_preflight; /* first pass of a destroy: failed conditions only warn */
} PlanOptions;

/* Returns true if -target or -exclude excludes something. */
bool engine_is_partial(const PlanOptions *options);
/* Returns the schema of a type of a built-in or loaded provider; NULL if the type is unknown. */
const Schema *engine_find_schema(const Engine *engine, ResourceMode mode, Str provider, Str type);
