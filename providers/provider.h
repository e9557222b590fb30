/* Provider: the contract between the engine and the code that manages objects of some kind.
 *
 * It follows protocol 6 of Terraform's providers call by call, plus `recover`, `marker` and
 * `limits`. A provider is a static const table; an author fills few slots. A NULL slot means the
 * default that its comment names.
 *
 *   Provider          configuration schema, configure, the tables of its types and functions
 *   ResourceType      a managed object: plan, create, read, update, delete, import, recover
 *   DataSourceType    read only: configuration in, object out
 *   EphemeralType     a value for one walk: open, renew, close
 *   ProviderFunction  a function of the language: provider::NAME::function(...)
 *   Call              what every call gets: client, effects, cancel, progress, memory
 *
 * Every slot has the form (call, request, response, diags); a slot with nothing to answer has no
 * response. A response starts with the default answer. Values passed are unmarked and of the
 * schema's implied type. Results live in call->arena (scratch; the engine clones what it keeps). A
 * slot returns false exactly when it added an error; a create or update that fails after an object
 * exists sets response->state all the same, and the engine keeps it (a created one as tainted).
 *
 * Any slot may be called from several threads at once, for different objects. `limits` says what
 * must not run side by side; no lock is held across a call. */
#pragma once

#include "address.h"
#include "io.h"
#include "schema.h"

typedef struct Provider Provider;
typedef struct ResourceType ResourceType;
typedef struct DataSourceType DataSourceType;
typedef struct EphemeralType EphemeralType;
struct PartIntent;

/* A type of any of the three kinds: one of the last three members is set. */
typedef struct ObjectType {
    const char *name;
    const Schema *schema;
    const ResourceType *resource;
    const DataSourceType *data_source;
    const EphemeralType *ephemeral;
} ObjectType;

typedef struct Call {
    const Provider *provider;
    ObjectType type; /* of the object; all NULL in calls of the provider itself */
    void *client;    /* made by `configure`; NULL in validate */
    const Io *io;
    const CancelToken *cancel;
    int64_t deadline_ms; /* on io->clock's monotonic time; 0: none */
    Arena *arena;
    /* A plan is being made: what the plan reads may not be there yet. A call waits for it no longer
     * than the provider's configuration allows; a data source may then set response->deferred. */
    bool is_planning;
    Str address;         /* resource instance, for messages */
    Str lineage;         /* of the state */
    uint64_t generation; /* counts objects ever created at this address */
    /* Sensitive texts of the object's values and of the provider configuration; NULL: none. */
    const StrVec *secrets;
    const StrVec *provider_secrets;
    void *progress_payload; /* of the engine, for the calls below */
    bool (*deletes)(void *payload, const char *type, const char *attribute, Str text);
    void (*progress)(void *payload, uint64_t done, uint64_t total, const char *what);
    bool (*part_begin)(void *payload, const struct PartIntent *intent, Diags *diags);
    bool (*part_end)(void *payload, Str key, Str private_data, Diags *diags);
} Call;

/* "uploading", 3 MiB of 10 MiB; total 0: unknown. Cheap enough for every buffer. */
void call_progress(const Call *call, uint64_t done, uint64_t total, const char *what);
/* io->clock's monotonic time. */
int64_t call_monotonic_ms(const Call *call);
/* Stopped by the user, or its time is up. */
bool call_is_cancelled(const Call *call);
/* True when it was cancelled before the time was over. */
bool call_sleep(const Call *call, int64_t ms);
/* Does this plan delete, without a successor, an object of `type` whose `attribute` has the value
 * `text`? A member that goes with its whole cluster needs no orderly departure. While planning, the
 * answer is known of a destroy plan only; other plans answer false then. */
bool call_deletes(const Call *call, const char *type, const char *attribute, Str text);

/* Parts: the objects behind one resource instance, such as a directory of manifests.
 *
 * A type with parts sets `has_parts`. Its plan shows every part that changes (plan_part). Its
 * create, update and delete enclose each of these changes in call_part_begin and call_part_end:
 * then the journal records them one by one, and `recover` learns how far a run came that died.
 * Both calls may come from several threads, each with its own `diags`. */

typedef enum PartAction {
    PART_CREATE,
    PART_UPDATE,
    PART_REPLACE, /* deleted, then created, within one update */
    PART_DELETE,
} PartAction;

typedef struct PartIntent {
    Str key;           /* of a part of the plan */
    PartAction action; /* the planned one; of an instance that is replaced, its half of it */
    Str marker;        /* for `recover`; empty: the key finds the part */
} PartIntent;

/* Before the change of a part: durable in the journal when it returns. False, with an error: the
 * part must not be changed. A part that the plan did not show, or with another action, and a part
 * that was begun before are errors. */
MUST_USE bool call_part_begin(const Call *call, const PartIntent *intent, Diags *diags);
/* After it, if it succeeded. A part that failed has no end: an error of the slot follows. */
MUST_USE bool call_part_end(const Call *call, Str key, Str private_data, Diags *diags);

/* Managed objects. */

typedef struct ValidateRequest {
    Value config; /* may hold unknowns */
} ValidateRequest;

typedef struct PlanRequest {
    Value prior;    /* null: create */
    Value proposed; /* prior and configuration merged by the framework; defaults filled in; null:
                       delete (with plans_destroy) */
    Value config;
    Str private_data; /* of the refreshed object; of the first answer, when a replacement is planned
                         again as a creation */
} PlanRequest;

/* Why and how, for people: "reboots the guest", "virDomainSetMemoryFlags, live". Shown behind the
 * attribute at `path`; without a path, above the object. */
typedef struct PlanNote {
    Path path;
    Str text;
} PlanNote;

typedef VEC(PlanNote) PlanNotes;

/* What becomes of one part. Parts that stay as they are are left out. */
typedef struct ChangePart {
    Str key; /* unique in the instance, the same in every plan: "apps/v1/Deployment/web/front" */
    PartAction action;
    /* Objects of any type, for people and plan JSON, without marks. Null: absent. */
    Value before;
    Value after; /* may hold unknowns */
    Paths replace_paths;
    Paths sensitive; /* places in `before` and `after` that are not shown */
    PlanNotes notes;
} ChangePart;

typedef VEC(ChangePart) ChangeParts;

typedef struct PlanResponse {
    Value planned;          /* starts as the framework's plan: computed ones unknown */
    Paths requires_replace; /* starts as schema_replace_paths says */
    PlanNotes notes;        /* pushed by plan_note */
    ChangeParts parts;      /* pushed by plan_part */
    /* More parts may turn out to be created or updated once unknown values are known. */
    bool has_unknown_parts;
    Str private_data;
} PlanResponse;

void plan_note(PlanResponse *response, Path path, Str text, Arena *arena);
/* `before` and `after` that are left out are null. */
void plan_part(PlanResponse *response, ChangePart part, Arena *arena);
void plan_part_note(ChangePart *part, Path path, Str text, Arena *arena);

typedef struct MarkerRequest {
    Value planned;
} MarkerRequest;

typedef struct MarkerResponse {
    Str marker;
} MarkerResponse;

/* Of create and update. */
typedef struct ApplyRequest {
    Value prior;   /* null: create */
    Value planned; /* holds unknowns only in computed attributes */
    Value config;  /* wholly known */
    Str private_data;
    Str marker; /* chosen by `marker` before the intent was written; empty if none */
} ApplyRequest;

typedef struct ApplyResponse {
    Value state; /* starts null; of the implied type, without unknowns */
    Str private_data;
    /* A create failed without a state, and the reply to a request was lost: an object may exist.
     * The intent stays, and the next run calls `recover`. */
    bool in_doubt;
} ApplyResponse;

typedef struct DeleteRequest {
    Value prior;
    Str private_data;
} DeleteRequest;

/* Counts after a failure only: a deletion that succeeds leaves nothing. */
typedef struct DeleteResponse {
    Value state; /* starts as the prior object; null: it is gone all the same */
    Str private_data;
    bool in_doubt; /* the reply to a request was lost: the intent stays */
} DeleteResponse;

typedef struct ReadRequest {
    Value state; /* the stored object */
    Str private_data;
} ReadRequest;

typedef struct ReadResponse {
    Value state; /* starts as the stored object; null: it is gone */
    Str private_data;
} ReadResponse;

typedef struct ImportRequest {
    Str id;
} ImportRequest;

typedef struct ImportResponse {
    Value state; /* starts null; complete enough for `read` */
    Str private_data;
} ImportResponse;

typedef struct UpgradeRequest {
    int64_t version; /* of the schema that the object was stored with */
    Str stored;      /* as JSON text */
} UpgradeRequest;

typedef struct UpgradeResponse {
    Str upgraded; /* JSON text of the current version; starts as stored */
} UpgradeResponse;

typedef enum RecoverOutcome {
    RECOVER_ABSENT,   /* the call left nothing: discard the intent */
    RECOVER_COMPLETE, /* the object exists and is whole: adopt it, the plan brings the rest */
    RECOVER_TAINTED,  /* it exists but is half made: adopt it to be replaced */
} RecoverOutcome;

/* The call that was cut off. Of updates and deletions, only those of parts that were begun. */
typedef enum RecoverCall { RECOVER_CREATE, RECOVER_UPDATE, RECOVER_DELETE } RecoverCall;

/* A part that was begun. */
typedef struct PartRecord {
    Str key;
    PartAction action;
    Str marker;
    bool has_ended;
    Str private_data; /* of call_part_end */
} PartRecord;

typedef VEC(PartRecord) PartRecords;

typedef struct RecoverRequest {
    Str marker;
    Value planned; /* the object that was to be; may hold unknowns; null: delete */
    Str private_data;
    RecoverCall call;
    Value prior; /* the stored object; null: create */
    /* In the order in which they began. The state that is answered has the parts that are really
     * there; the next plan brings the rest. */
    PartRecords parts;
} RecoverRequest;

typedef struct RecoverResponse {
    RecoverOutcome outcome; /* starts as RECOVER_ABSENT */
    Value state;            /* set unless absent */
    Str private_data;
} RecoverResponse;

/* What a call changes outside of loam, hence what the journal must record. */
typedef enum Effect {
    EFFECT_OUTSIDE, /* an intent before, the outcome after */
    EFFECT_NONE,    /* no outside effect (terraform_data, random): no intent */
} Effect;

/* How a creation that was cut off is found again. Each type with an outside effect declares one. */
typedef enum Recovery {
    RECOVERY_UNDECLARED, /* an error of the table */
    RECOVERY_FINDS,      /* `recover` looks for the object */
    /* A crash within the call may repeat its work; the reference page says so. `recover` may still
     * find some of the objects. */
    RECOVERY_REPEATS,
} Recovery;

typedef enum LimitAction { LIMIT_CREATE, LIMIT_UPDATE, LIMIT_DELETE, LIMIT_READ } LimitAction;

/* Operations that share a key run at most `capacity` at a time, over all types and configurations
 * of the provider: joins of one cluster by two types, updates of a pool by its max_unavailable. */
typedef struct Limit {
    Str key;
    uint32_t capacity;
} Limit;

typedef VEC(Limit) Limits;

typedef struct LimitsRequest {
    LimitAction action;
    Value object;
} LimitsRequest;

typedef struct LimitsResponse {
    Limits limits;
} LimitsResponse;

struct ResourceType {
    const char *name; /* as users write it: libvirt_pool */
    Schema schema;
    Effect effect;
    Recovery recovery; /* with EFFECT_OUTSIDE */
    /* It cannot be deleted while a dependent uses it (a disk of a machine): updates of dependents
     * come first. */
    bool destroy_after_dependents_update;
    /* True: `plan` is called for deletions too, with `proposed` and `config` null. Its errors stop
     * the plan; its private data reaches `delete`. */
    bool plans_destroy;
    /* True: `limits` is asked about reads too, with the stored object. */
    bool limits_reads;
    /* One instance holds many objects, which the plan shows one by one. Needs `recover`, and
     * `plans_destroy` if there is a `delete`. A creation that failed with a state is not tainted.
     */
    bool has_parts;

    /* Beyond the schema. Default: nothing. */
    bool (*validate)(const Call *call, const ValidateRequest *request, Diags *diags);
    /* Default: the framework's plan as it stands in the response. */
    bool (*plan)(const Call *call,
                 const PlanRequest *request,
                 PlanResponse *response,
                 Diags *diags);
    /* Chooses how the object will be found, before it is made: a UUID from lineage, address and
     * generation, a name, a path. Default: empty. */
    bool (*marker)(const Call *call,
                   const MarkerRequest *request,
                   MarkerResponse *response,
                   Diags *diags);
    bool (*create)(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags);
    /* Default: every change forces a new object (schema flags must say so). */
    bool (*update)(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags);
    /* Default: nothing to do. */
    bool (*delete)(const Call *call,
                   const DeleteRequest *request,
                   DeleteResponse *response,
                   Diags *diags);
    /* Default: unchanged. */
    bool (*read)(const Call *call,
                 const ReadRequest *request,
                 ReadResponse *response,
                 Diags *diags);
    /* Default: cannot be imported. */
    bool (*import)(const Call *call,
                   const ImportRequest *request,
                   ImportResponse *response,
                   Diags *diags);
    /* Default: the object as it was stored. */
    bool (*upgrade)(const Call *call,
                    const UpgradeRequest *request,
                    UpgradeResponse *response,
                    Diags *diags);
    /* After a crash within `create`; with parts, within `update` and `delete` too. Reads only. */
    bool (*recover)(const Call *call,
                    const RecoverRequest *request,
                    RecoverResponse *response,
                    Diags *diags);
    /* Default: side by side without limit. */
    bool (*limits)(const Call *call,
                   const LimitsRequest *request,
                   LimitsResponse *response,
                   Diags *diags);
};

/* Data sources. */

typedef struct DataReadRequest {
    Value config; /* wholly known */
} DataReadRequest;

typedef struct DataReadResponse {
    Value state; /* starts as the configuration; the computed attributes are to be filled in */
    /* With call->is_planning: why the source cannot be read now, as sentences. The plan warns,
     * takes the computed attributes as unknown, and the apply reads the source. Starts empty. */
    Str deferred;
} DataReadResponse;

struct DataSourceType {
    const char *name;
    Schema schema;
    bool (*validate)(const Call *call, const ValidateRequest *request, Diags *diags);
    bool (*read)(const Call *call,
                 const DataReadRequest *request,
                 DataReadResponse *response,
                 Diags *diags);
};

/* Ephemeral resources: a value that is stored nowhere. */

typedef struct OpenRequest {
    Value config; /* wholly known */
} OpenRequest;

typedef struct OpenResponse {
    Value result;        /* starts as the configuration with its defaults, wholly known */
    Str private_data;    /* renew and close get it back; never shown, never stored */
    int64_t renew_at_ms; /* on io->clock's monotonic time; 0: valid for the whole walk */
    Str deferred;        /* as of DataReadResponse: nothing was opened, the apply opens it */
} OpenResponse;

typedef struct RenewRequest {
    Str private_data;
} RenewRequest;

typedef struct RenewResponse {
    Str private_data;    /* starts as the request's */
    int64_t renew_at_ms; /* starts as 0 */
} RenewResponse;

typedef struct CloseRequest {
    Str private_data;
} CloseRequest;

struct EphemeralType {
    const char *name;
    Schema schema;
    bool (*validate)(const Call *call, const ValidateRequest *request, Diags *diags);
    bool (*open)(const Call *call,
                 const OpenRequest *request,
                 OpenResponse *response,
                 Diags *diags);
    /* Called on a thread of its own; the result stays as it was. */
    bool (*renew)(const Call *call,
                  const RenewRequest *request,
                  RenewResponse *response,
                  Diags *diags);
    /* Called after a failure of other nodes too, and when the run is cancelled. */
    bool (*close)(const Call *call, const CloseRequest *request, Diags *diags);
};

/* Functions. Arguments have the parameters' types and are known and not null, unless a parameter
 * allows null; marks are taken off the arguments and put on the result. */

typedef struct ProviderParameter {
    const char *name;
    const Type *type;
    bool allows_null;
} ProviderParameter;

typedef struct FunctionRequest {
    const Value *arguments;
    size_t count;
} FunctionRequest;

typedef struct FunctionResponse {
    Value result;
    size_t failed_argument; /* of a failure: the index of the argument at fault; SIZE_MAX: none */
} FunctionResponse;

/* Pure: the same arguments give the same result. `call` has neither client nor address. */
typedef struct ProviderFunction {
    const char *name; /* rfc3339_parse */
    const ProviderParameter *parameters;
    size_t parameter_count;
    const ProviderParameter *variadic; /* NULL: none */
    const Type *type;                  /* of the result; NULL: it depends on the arguments */
    const Schema *object;              /* instead: the result is an object of this schema */
    bool (*run)(const Call *call,
                const FunctionRequest *request,
                FunctionResponse *response,
                Diags *diags);
    const char *description;
    const char *example; /* "provider::p::twice(2) = 4": runs as a test */
} ProviderFunction;

/* The provider itself. */

typedef struct ConfigureRequest {
    Value config;        /* wholly known; with unknowns the provider is deferred and not called */
    const void *context; /* what the program gave it with registry_give; NULL: nothing */
    Arena *run;          /* lives as long as the client */
} ConfigureRequest;

typedef struct ConfigureResponse {
    void *client; /* starts NULL; handed to every call */
} ConfigureResponse;

struct Provider {
    const char *name;        /* libvirt */
    const char *address;     /* loam.internal/builtin/libvirt */
    const char *description; /* one sentence */
    const char *imitates; /* release of the provider at `address` that it behaves as; NULL: none */
    Schema schema;        /* of the provider block */
    bool (*validate)(const Call *call, const ValidateRequest *request, Diags *diags);
    /* Default: no client. */
    bool (*configure)(const Call *call,
                      const ConfigureRequest *request,
                      ConfigureResponse *response,
                      Diags *diags);
    void (*close)(void *client);
    const ResourceType *const *resources;
    size_t resource_count;
    const DataSourceType *const *data_sources;
    size_t data_source_count;
    const EphemeralType *const *ephemerals;
    size_t ephemeral_count;
    const ProviderFunction *functions;
    size_t function_count;
};

/* A provider's header lists its types by macros that take one of these:
 *
 *     #define NULL_RESOURCES(ROW) ROW(null_resource)
 *     NULL_RESOURCES(RESOURCE_DECLARE)
 *     static const ResourceType *const resources[] = {NULL_RESOURCES(PROVIDER_ROW)};
 */
#define RESOURCE_DECLARE(type)    extern const ResourceType type;
#define DATA_SOURCE_DECLARE(type) extern const DataSourceType type;
#define EPHEMERAL_DECLARE(type)   extern const EphemeralType type;
#define PROVIDER_ROW(type)        &(type),

#define PROVIDER_RESOURCES(table) .resources = (table), .resource_count = ARRAY_COUNT(table)
#define PROVIDER_DATA_SOURCES(table)                                                               \
    .data_sources = (table), .data_source_count = ARRAY_COUNT(table)
#define PROVIDER_EPHEMERALS(table) .ephemerals = (table), .ephemeral_count = ARRAY_COUNT(table)
#define PROVIDER_FUNCTIONS(table)  .functions = (table), .function_count = ARRAY_COUNT(table)
