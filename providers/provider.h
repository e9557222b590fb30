/* Provider: the contract between the engine and the code that manages objects of some kind.
 *
 * It follows protocol 6 of Terraform's providers call by call, plus `recover`, `marker` and
 * `limits`. A provider is a static const table; an author fills few slots. A NULL slot means the
 * default that its comment names.
 *
 *    Provider          configuration schema, configure, the tables of its types and functions
 *    ObjectType        what types of every kind have: mode, name, schema, validate
 *    ResourceType      a managed object: plan, create, read, update, delete, import, recover
 *    DataSourceType    read only: configuration in, object out
 *    EphemeralType     a value for one walk: open, renew, close
 *    ActionType        an operation without an object: plan, invoke
 *    ListType          a search for the objects of a managed type: list
 *    ProviderFunction  a function of the language: provider::NAME::function(...)
 *    Call              passed to every slot: client, effects, cancel, progress, memory; see call.h
 *
 * Every slot has the form (call, request, response, diags); a slot without a result has no
 * response. The framework fills the response with defaults. Request values are unmarked and of the
 * schema's implied type. Results are allocated in call->arena; the engine clones the ones it keeps.
 * A slot returns false exactly if it added an error. A create or update that fails after an object
 * exists still sets response->state; the engine stores it (a created one as tainted).
 *
 * Any slot may be called from several threads at once, for different objects. `limits` restricts
 * concurrency; no lock is held across a call. */
#pragma once

#include "address.h"
#include "call.h"
#include "deferral.h"
#include "schema.h"

/* Types. */

typedef struct ValidateRequest {
    Value config; /* may contain unknowns */
} ValidateRequest;

#define OBJECT_TYPE_MEMBERS                                                                        \
    ResourceMode mode;   /* the kind; default: MODE_MANAGED */                                     \
    const char *name;    /* as in configurations: libvirt_pool */                                  \
    Schema schema;       /* of a list type: of the `config` block */                               \
    const void *payload; /* for slots that serve several types, as call->type->payload */          \
    /* Checks that go beyond the schema. Default: none. */                                         \
    bool (*validate)(const Call *call, const ValidateRequest *request, Diags *diags);

/* What types of every kind have. */
struct ObjectType {
    OBJECT_TYPE_MEMBERS
};

/* The first member of a type: its members are those of ObjectType. */
#define OBJECT_TYPE                                                                                \
    union {                                                                                        \
        ObjectType type;                                                                           \
        struct {                                                                                   \
            OBJECT_TYPE_MEMBERS                                                                    \
        };                                                                                         \
    }

/* Managed resource types. */

typedef struct PlanRequest {
    Value prior;    /* null: create */
    Value proposed; /* prior and configuration merged by the framework, with defaults; null: delete
                       (with plans_destroy) */
    Value config;
    Str private_data; /* of the refreshed object; of the first plan, if a replacement is planned
                         again as a creation */
    Value identity;   /* likewise; null: none */
    bool is_replaced; /* by -replace or a trigger; the successor is planned next, as a creation */
    bool awaits_changes; /* planning: a dependency changes first, so others may not exist yet */
    bool is_preflight;   /* the plan of a destroy only reads: nothing of this plan is applied */
    /* At the apply: what the approved plan has. A provider may use its results again. */
    Value approved; /* planned object; of a plan without a type */
    Str approved_private;
} PlanRequest;

/* A reason or detail for the user: "reboots the guest", "virDomainSetMemoryFlags, live". Shown
 * after the attribute at `path`; without a path, above the object. */
typedef struct PlanNote {
    Path path;
    Str text;
} PlanNote;

typedef VEC(PlanNote) PlanNotes;

/* The planned change of one part. Unchanged parts are omitted. */
typedef struct ChangePart {
    Str key; /* unique in the instance and equal in every plan: "apps/v1/Deployment/web/front" */
    PartAction action;
    /* Objects of any type, for display and plan JSON, without marks. Null: absent. */
    Value before;
    Value after; /* may contain unknowns */
    Paths replace_paths;
    Paths sensitive; /* paths in `before` and `after` that are not shown */
    PlanNotes notes;
} ChangePart;

typedef VEC(ChangePart) ChangeParts;

typedef struct PlanResponse {
    Value planned;          /* default: the framework's plan, with computed attributes unknown */
    Paths requires_replace; /* default: schema_replace_paths */
    PlanNotes notes;        /* added by plan_note */
    ChangeParts parts;      /* added by plan_part */
    /* True: more parts may be created or updated once unknown values are known. */
    bool has_unknown_parts;
    Str private_data; /* default: that of the request */
    Value identity;   /* default: that of the request; may have unknowns if the object is created */
    bool is_legacy;   /* as in ApplyResponse */
    Deferral deferral;
} PlanResponse;

void plan_note(PlanResponse *response, Path path, Str text, Arena *arena);
/* `before` and `after` may be omitted: then they are null. */
void plan_part(PlanResponse *response, ChangePart part, Arena *arena);
void plan_part_note(ChangePart *part, Path path, Str text, Arena *arena);

typedef struct MarkerRequest {
    Value planned; /* null: delete */
} MarkerRequest;

typedef struct MarkerResponse {
    Str marker;
} MarkerResponse;

/* Request of create and update. */
typedef struct ApplyRequest {
    Value prior;      /* null: create */
    Value planned;    /* contains unknowns only in computed attributes */
    Value config;     /* wholly known */
    Str private_data; /* of the PlanResponse */
    Value identity;   /* likewise */
    Str marker;       /* returned by `marker` before the intent was written; empty if none */
} ApplyRequest;

typedef struct ApplyResponse {
    Value state;      /* default: null; of the implied type, without unknowns */
    Str private_data; /* default: that of the request */
    Value identity;   /* default: that of the request */
    /* Set if a create failed without a state and the reply to a request was lost: the object may
     * exist. The intent stays in the journal, and the next run calls `recover`. */
    bool in_doubt;
    /* The provider uses an old framework, whose plans and results may differ from configuration and
     * plan. The differences are logged; they are no error. */
    bool is_legacy;
    /* Of a failed creation with a state: the object is complete, only the wait for it failed. It is
     * not tainted, since its replacement would not help. */
    bool is_complete;
} ApplyResponse;

typedef struct DeleteRequest {
    Value prior;
    Str private_data; /* of the PlanResponse with plans_destroy, else of the stored object */
    Value identity;   /* likewise; null: none */
    Str marker;       /* empty without `marks_changes` */
} DeleteRequest;

/* Used only after a failure: a successful deletion leaves no object. */
typedef struct DeleteResponse {
    Value state; /* default: the prior object; null: it is deleted despite the error */
    Str private_data;
    Value identity; /* default: null */
    bool in_doubt;  /* the reply to a request was lost: the intent stays in the journal */
} DeleteResponse;

typedef struct ReadRequest {
    Value state; /* the stored object */
    Str private_data;
    Value identity; /* null: none */
    /* For a read that fails: evaluates the configured arguments, else null. May be NULL. */
    Value (*configured)(void *payload);
    void *payload;
} ReadRequest;

/* A field that a read found different from the stored object, with its owner as the remote system
 * records it. */
typedef struct FieldChange {
    Path path;       /* in the object */
    Str manager;     /* "kubectl-edit (Update)"; empty: unknown */
    Str since;       /* RFC 3339: when that manager last changed fields; empty: unknown */
    bool is_foreign; /* the configuration does not set the field, so loam never reverts it */
} FieldChange;

typedef VEC(FieldChange) FieldChanges;

typedef struct ReadResponse {
    Value state;      /* default: the stored object; null: the object does not exist any more */
    Str private_data; /* default: that of the request */
    Value identity;   /* default: that of the request */
    /* Every changed field, for systems that know the owners of fields. Default: none, which means
     * that the engine compares the objects. */
    FieldChanges changes;
    Deferral deferral; /* the stored object stays as it is */
} ReadResponse;

/* Exactly one member is set. */
typedef struct ImportRequest {
    Str id;
    Value identity; /* wholly known; attributes that an import does not require may be null */
} ImportRequest;

typedef struct ImportResponse {
    Value state; /* default: null; must be complete enough for `read` */
    Str private_data;
    Value identity; /* default: null; required for an import by identity */
    Deferral deferral;
} ImportResponse;

typedef struct UpgradeRequest {
    int64_t version; /* of the schema that the object was stored with */
    Str stored;      /* as JSON text */
} UpgradeRequest;

typedef struct UpgradeResponse {
    Str upgraded; /* JSON text of the current version; default: `stored` */
} UpgradeResponse;

/* The upgrade of an identity, whose schema has a version of its own. */
typedef struct UpgradeIdentityRequest {
    int64_t version;
    Str stored; /* as JSON text */
} UpgradeIdentityRequest;

typedef struct UpgradeIdentityResponse {
    Value identity; /* of the current version */
} UpgradeIdentityResponse;

/* A moved block gives the object to a resource of another type. */
typedef struct MoveRequest {
    Str source_provider; /* registry.terraform.io/hashicorp/null */
    Str source_type;
    int64_t version; /* of the source's schema that the object was stored with */
    Str stored;      /* as JSON text */
    Str private_data;
    Str stored_identity; /* as JSON text; empty: none */
    int64_t identity_version;
} MoveRequest;

typedef struct MoveResponse {
    Str moved;        /* JSON text of an object of this type and its current version */
    Str private_data; /* default: empty */
    Value identity;   /* default: that of the request */
} MoveResponse;

typedef struct GenerateConfigRequest {
    Value state; /* of an existing object */
} GenerateConfigRequest;

typedef struct GenerateConfigResponse {
    Value config; /* default: derived from the state and the schema */
} GenerateConfigResponse;

typedef enum RecoverOutcome {
    RECOVER_ABSENT,   /* the object does not exist: discard the intent */
    RECOVER_COMPLETE, /* the object is complete: adopt it; the plan updates it if needed */
    RECOVER_TAINTED,  /* the object is incomplete: adopt it as tainted */
} RecoverOutcome;

/* The interrupted call. Updates and deletions are recovered for types with parts, and with
 * RECOVER_RESPONDED. */
typedef enum RecoverCall { RECOVER_CREATE, RECOVER_UPDATE, RECOVER_DELETE } RecoverCall;

/* A part whose change had begun. */
typedef struct PartRecord {
    Str key;
    PartAction action;
    Str marker;
    bool has_ended;
    Str private_data; /* of call_part_end */
} PartRecord;

typedef VEC(PartRecord) PartRecords;

/* The response to the interrupted call, if it arrived after the end of its run. */
typedef enum RecoverResponseKind {
    RECOVER_NO_RESPONSE, /* unknown whether the call was made */
    RECOVER_UNSENT,      /* the call was not made */
    RECOVER_REJECTED,    /* the call failed without effect; bytes: the reason */
    RECOVER_RESPONDED,   /* bytes: the response in the encoding of the provider's protocol */
} RecoverResponseKind;

typedef struct RecoverRequest {
    Str marker;
    Value planned; /* the planned object; may contain unknowns; null: delete */
    Str private_data;
    RecoverCall call;
    Value prior; /* the stored object; null: create */
    Value prior_identity;
    /* In the order in which they began. The recovered state must hold the parts that really exist;
     * the next plan corrects the rest. */
    PartRecords parts;
    RecoverResponseKind response_kind; /* of types whose calls the outcome keeper makes */
    Str response;
} RecoverRequest;

typedef struct RecoverResponse {
    RecoverOutcome outcome; /* default: RECOVER_ABSENT */
    Value state;            /* set unless absent */
    Str private_data;
    Value identity; /* default: null */
} RecoverResponse;

/* Whether calls change anything outside of loam; decides what the journal records. */
typedef enum Effect {
    EFFECT_OUTSIDE, /* intent before the call, outcome after it */
    EFFECT_NONE,    /* no outside effect (terraform_data, random): no intent */
} Effect;

/* How an interrupted creation is recovered. Each type with an outside effect declares one. */
typedef enum Recovery {
    RECOVERY_UNDECLARED, /* an error of the table */
    RECOVERY_FINDS,      /* `recover` finds the object */
    /* A crash within the call may repeat its work, as the reference page states. `recover` may
     * still find some of the objects. */
    RECOVERY_REPEATS,
} Recovery;

typedef enum LimitAction { LIMIT_CREATE, LIMIT_UPDATE, LIMIT_DELETE, LIMIT_READ } LimitAction;

/* Operations that share a key run at most `capacity` at a time, across all types and configurations
 * of the provider. Examples: joins of one cluster by two types, updates of a pool by its
 * max_unavailable. */
typedef struct Limit {
    Str key;
    uint32_t capacity;
} Limit;

typedef VEC(Limit) Limits;

typedef struct LimitsRequest {
    LimitAction action;
    Value object; /* create, update: planned, may contain unknowns; delete, read: stored */
    Value prior;  /* update: stored; other actions: null */
} LimitsRequest;

typedef struct LimitsResponse {
    Limits limits;
} LimitsResponse;

/* Objects of one plan, of all types that list a rule with this name, must differ in at least one of
 * the attributes. Objects with an unknown value, or with null in the last attribute, are not
 * compared. */
typedef struct UniqueRule {
    const char *name;          /* for the error: "name of the node" */
    const char *attributes[2]; /* strings; the second one may be NULL */
} UniqueRule;

/* What `loam gitops` asks of an object that a controller keeps equal to a source. */
typedef enum GitopsAction {
    GITOPS_STATUS,
    GITOPS_RECONCILE, /* requests a reconciliation and waits until the object is ready after it */
    GITOPS_SUSPEND,   /* the controller leaves the object alone */
    GITOPS_RESUME,
} GitopsAction;

typedef struct GitopsRequest {
    GitopsAction action;
    Value state;      /* the stored object */
    bool with_source; /* reconcile: the sources of the object first */
} GitopsRequest;

/* One object of the cluster, as its controller reports it. */
typedef struct GitopsRow {
    Str object;   /* "Kustomization flux-system/apps" */
    Str ready;    /* "True", "False", "Unknown"; "-": no status */
    Str revision; /* empty: none */
    Str message;
    bool is_suspended;
} GitopsRow;

typedef VEC(GitopsRow) GitopsRows;

typedef struct GitopsResponse {
    GitopsRows rows; /* of the objects after the action */
} GitopsResponse;

typedef struct ResourceType {
    OBJECT_TYPE;
    /* Of the identity, which stays the same while the object exists; an import can name an object
     * by it. Its attributes are REQUIRED or OPTIONAL for an import, or COMPUTED. It is not the
     * marker of `recover`. NULL: objects have no identity. */
    const Schema *identity;
    Effect effect;
    Recovery recovery; /* required with EFFECT_OUTSIDE */
    const UniqueRule *unique;
    size_t unique_count;
    /* True: the object cannot be deleted while a dependent uses it (a disk of a machine), so
     * dependents are updated first. */
    bool destroy_after_dependents_update;
    /* Objects are members of one of this type, on which they depend, as nodes are of a cluster. A
     * destroy deletes them after the other dependents of that one, which may run on them. NULL:
     * none. */
    const char *member_of;
    /* True: `plan` is also called for deletions, with `proposed` and `config` null. Its errors stop
     * the plan; its private data is passed to `delete`. */
    bool plans_destroy;
    /* True: `plan` sets the whole plan. It receives the proposed object as it is, with nulls for
     * computed attributes, and alone decides about replacement. */
    bool plans_itself;
    /* True: the apply does not call `validate` and `plan` again if the configuration was wholly
     * known when the change was planned, and is the same now: the plan stays valid. */
    bool plan_stays;
    /* True: `limits` is also called for reads, with the stored object. */
    bool limits_reads;
    /* One instance has many objects, which the plan shows individually. Requires `recover`, and
     * `plans_destroy` if there is a `delete`. A creation that failed with a state is not
     * tainted. */
    bool has_parts;
    /* True: calls are brief, so that one sync of the journal may cover the intents of many
     * instances before their calls begin. */
    bool batches_intents;
    /* True: updates and deletions get a marker too. */
    bool marks_changes;
    /* True: each plan calls `upgrade` for the stored object, also if its version is the current
     * one. */
    bool always_upgrades;

    /* Default: the framework's plan in the response. */
    bool (*plan)(const Call *call, const PlanRequest *request, PlanResponse *response,
                 Diags *diags);
    /* Returns an identifier by which `recover` will find the object, before its creation: a UUID
     * from lineage, address and generation, a name, a path. Also called before updates and
     * deletions with `marks_changes`. Default: empty. */
    bool (*marker)(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                   Diags *diags);
    bool (*create)(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                   Diags *diags);
    /* Default: every change replaces the object, except one of `timeouts` alone, which is only
     * stored. Schema flags must agree. */
    bool (*update)(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                   Diags *diags);
    /* Default: nothing to do. */
    bool (*delete)(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                   Diags *diags);
    /* Default: unchanged. */
    bool (*read)(const Call *call, const ReadRequest *request, ReadResponse *response,
                 Diags *diags);
    /* Default: import is an error. */
    bool (*import)(const Call *call, const ImportRequest *request, ImportResponse *response,
                   Diags *diags);
    /* With `import`: the form of its ID for the reference, such as "UUID or name of the pool". */
    const char *import_id;
    /* Default: the stored object, unchanged. */
    bool (*upgrade)(const Call *call, const UpgradeRequest *request, UpgradeResponse *response,
                    Diags *diags);
    /* Required with `identity` if that has ever had another version. */
    bool (*upgrade_identity)(const Call *call, const UpgradeIdentityRequest *request,
                             UpgradeIdentityResponse *response, Diags *diags);
    /* Converts an object of another type, whose resource moved to this type. Default: an error. */
    bool (*move)(const Call *call, const MoveRequest *request, MoveResponse *response,
                 Diags *diags);
    /* Returns the configuration that describes an existing object. Default: the one in the
     * response. */
    bool (*generate_config)(const Call *call, const GenerateConfigRequest *request,
                            GenerateConfigResponse *response, Diags *diags);
    /* Called after a crash within `create` or a reply in doubt; for types with parts, and
     * with RECOVER_RESPONDED, also for `update` and `delete`. Must not change the object; may
     * remove temporary leftovers. */
    bool (*recover)(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                    Diags *diags);
    /* Serves `loam gitops`. Default: the command rejects the type. */
    bool (*gitops)(const Call *call, const GitopsRequest *request, GitopsResponse *response,
                   Diags *diags);
    /* Default: no limit. */
    bool (*limits)(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                   Diags *diags);
} ResourceType;

/* Returns the managed type; NULL if `type` is NULL or of another kind. */
const ResourceType *resource_type_of(const ObjectType *type);

/* Data sources. */

typedef struct DataReadRequest {
    Value config; /* wholly known */
} DataReadRequest;

typedef struct DataReadResponse {
    Value state; /* default: the configuration; the slot sets the computed attributes */
    /* If call->is_planning: why the source cannot be read now, as sentences. Then the plan warns,
     * treats the computed attributes as unknown, and the apply reads the source. Default: empty. */
    Str deferred;
    Deferral deferral;
} DataReadResponse;

typedef struct DataSourceType {
    OBJECT_TYPE;
    /* Required. */
    bool (*read)(const Call *call, const DataReadRequest *request, DataReadResponse *response,
                 Diags *diags);
} DataSourceType;

/* Ephemeral resources: values that are never stored. */

typedef struct OpenRequest {
    Value config; /* wholly known */
} OpenRequest;

typedef struct OpenResponse {
    Value result;        /* default: the configuration with its defaults; wholly known */
    Str private_data;    /* passed to renew and close; never shown, never stored */
    int64_t renew_at_ms; /* on io->clock's monotonic time; 0: valid for the whole walk */
    Str deferred;        /* as in DataReadResponse: nothing was opened, the apply opens it */
    Deferral deferral;   /* nothing was opened */
} OpenResponse;

typedef struct RenewRequest {
    Str private_data;
} RenewRequest;

typedef struct RenewResponse {
    Str private_data;    /* default: that of the request */
    int64_t renew_at_ms; /* default: 0 */
    /* Wholly known object for references that are evaluated from now on; default: null, the result
     * stays unchanged. */
    Value result;
} RenewResponse;

typedef struct CloseRequest {
    Str private_data;
} CloseRequest;

typedef struct EphemeralType {
    OBJECT_TYPE;
    /* Required. */
    bool (*open)(const Call *call, const OpenRequest *request, OpenResponse *response,
                 Diags *diags);
    /* Required if `open` sets renew_at_ms. Called on a separate thread, during the visits of other
     * nodes. */
    bool (*renew)(const Call *call, const RenewRequest *request, RenewResponse *response,
                  Diags *diags);
    /* Called even if other nodes fail or the run is cancelled. Default: nothing to do. */
    bool (*close)(const Call *call, const CloseRequest *request, Diags *diags);
} EphemeralType;

/* Actions: operations on remote systems that leave no object. */

typedef struct ActionRequest {
    Value config; /* `plan`: may contain unknowns; `invoke`: wholly known */
} ActionRequest;

typedef struct ActionResponse {
    Deferral deferral; /* of `plan`; the object that triggers the action waits, too */
} ActionResponse;

typedef struct ActionType {
    OBJECT_TYPE;
    /* Rejects an invocation that would fail. Default: every invocation is accepted. */
    bool (*plan)(const Call *call, const ActionRequest *request, ActionResponse *response,
                 Diags *diags);
    /* Required. Its messages are reported by call_progress. */
    bool (*invoke)(const Call *call, const ActionRequest *request, Diags *diags);
} ActionType;

/* List types: searches for the objects of a managed type of the same provider and name, which has
 * an identity. */

typedef struct ListedObject {
    Value identity;   /* of the managed type, wholly known */
    Str display_name; /* for people */
    Value object;     /* of the managed type, wholly known; null or without a type: none */
} ListedObject;

typedef struct ListRequest {
    Value config;          /* wholly known */
    bool includes_objects; /* each ListedObject should have its object */
    int64_t limit;         /* the greatest number of objects that the caller wants */
} ListRequest;

/* Receives the found objects. */
typedef struct ListSink {
    /* Returns false if the list should end: the limit is reached, the run was cancelled, or the
     * object is invalid, which is reported after the slot has returned. Copies the parts that it
     * keeps. Call it in the thread of the slot. */
    bool (*add)(void *payload, const ListedObject *found);
    void *payload;
} ListSink;

typedef struct ListType {
    OBJECT_TYPE;
    /* Required. Gives each object to the sink, which is the response. */
    bool (*list)(const Call *call, const ListRequest *request, const ListSink *sink, Diags *diags);
} ListType;

/* Functions. Arguments have the parameters' types and are known; collections may contain unknown
 * values. They are not null unless the parameter allows null. Marks are removed from the arguments
 * and added to the result. */

typedef struct ProviderParameter {
    const char *name;
    const Type *type;
    bool allows_null;
    const char *description; /* NULL: none */
} ProviderParameter;

typedef struct FunctionRequest {
    const Value *arguments;
    size_t count;
    const struct ProviderFunction *function; /* the called one */
} FunctionRequest;

typedef struct FunctionResponse {
    Value result;
    size_t failed_argument; /* on failure: the index of the invalid argument; SIZE_MAX: none */
} FunctionResponse;

/* Changes nothing, and gives equal results for equal arguments as long as files stay the same.
 * `call` has only provider, io and arena. */
typedef struct ProviderFunction {
    const char *name; /* such as rfc3339_parse */
    const ProviderParameter *parameters;
    size_t parameter_count;
    const ProviderParameter *variadic; /* NULL: none */
    const Type *type;                  /* of the result; NULL: it depends on the arguments */
    const Schema *object; /* instead of `type`: the result is an object of this schema */
    bool (*run)(const Call *call, const FunctionRequest *request, FunctionResponse *response,
                Diags *diags);
    const char *description;
    const char *example; /* run as a test: "provider::p::twice(2) = 4" */
    const char *summary; /* NULL: none */
} ProviderFunction;

/* The provider itself. */

typedef struct ConfigureRequest {
    Value config;        /* wholly known, unless the provider has `accepts_unknown` */
    const void *context; /* set by registry_set_context; NULL: none */
    Arena *run;          /* lives as long as the client */
} ConfigureRequest;

typedef struct ConfigureResponse {
    void *client; /* default: NULL; passed to every later call of this configuration */
    /* On failure: no argument is wrong, but the remote system is not described yet. The errors are
     * reported when the first object needs the client. Default: they are reported at once. */
    bool fails_at_use;
} ConfigureResponse;

/* A type that a twin has. */
typedef struct TwinType {
    const char *name;
    const char *instead; /* types of loam for the same objects; NULL: those of the twin */
} TwinType;

/* Another provider with the local name of a provider of loam, from which a module without
 * required_providers may expect its types. */
typedef struct ProviderTwin {
    const char *source; /* hashicorp/helm */
    const TwinType *types;
    size_t type_count;
    const ForeignNames *arguments; /* of its provider block, those that loam's lacks */
    const char *instead;           /* types of loam for the same objects */
    const char *instead_of_data;   /* and data sources */
} ProviderTwin;

/* Images of a bundle, for a version of Kubernetes. */
typedef struct ImagesRequest {
    Str kubernetes_version;
    const StrVec *images;
} ImagesRequest;

struct Provider {
    const char *name;        /* such as libvirt */
    const char *address;     /* such as loam.internal/builtin/libvirt */
    const char *description; /* one sentence */
    const char *imitates;    /* release of the provider at `address` it matches; NULL: none */
    Schema schema;           /* of the provider block */
    /* True: if call->allows_deferral, `configure` is called with unknown values, too, and the other
     * calls defer what needs them. Otherwise a provider with unknown values is not called: plans
     * follow from the schemas. */
    bool accepts_unknown;
    bool (*validate)(const Call *call, const ValidateRequest *request, Diags *diags);
    /* Default: no client. */
    bool (*configure)(const Call *call, const ConfigureRequest *request,
                      ConfigureResponse *response, Diags *diags);
    void (*close)(void *client);    /* default: nothing to do */
    const ObjectType *const *types; /* of every kind */
    size_t type_count;
    const ForeignNames *foreign_types; /* hints for names that a similar provider has; NULL: none */
    const ProviderTwin *twin;          /* NULL: none */
    const ProviderFunction *functions;
    size_t function_count;
    /* Finds a type instead of the table above, whose rows then only have mode and name. Returns
     * NULL if there is none. Thread-safe. Default: the table. */
    const ObjectType *(*find_type)(const Provider *provider, ResourceMode mode, Str name);
    /* The same for a function. */
    const ProviderFunction *(*find_function)(const Provider *provider, Str name);
    /* Serves `loam bundle verify`: adds a sentence for each image that this version would not use,
     * and for one that it lacks. Default: the provider uses no bundles. */
    void (*check_images)(const ImagesRequest *request, StrVec *out, Arena *arena);
};

/* The header of a provider lists its types with a macro that takes one of these:
 *
 *     #define NULL_TYPES(ROW) ROW(ResourceType, null_resource)
 *     NULL_TYPES(TYPE_DECLARE)
 *     static const ObjectType *const types[] = {NULL_TYPES(PROVIDER_ROW)}; */
#define TYPE_DECLARE(kind, name) extern const kind name;
#define PROVIDER_ROW(kind, name) &(name).type,

#define PROVIDER_TYPES(table)     .types = (table), .type_count = ARRAY_COUNT(table)
#define PROVIDER_FUNCTIONS(table) .functions = (table), .function_count = ARRAY_COUNT(table)
