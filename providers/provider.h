/* Provider: the contract between the engine and those who know how to make things.
 *
 * It follows protocol 6 of Terraform's providers call by call, plus `recover` and `limits`. A
 * provider is a static const table; an author fills few slots, a NULL slot means the default that
 * resource_type.c gives.
 *
 *   Provider       configuration schema, configure, the tables of its types
 *   ResourceType   one type of managed object; a data source fills schema and read alone, an
 *                  ephemeral resource schema, open, renew and close
 *   Call           what every call gets: client, effects, cancel, progress, memory
 *
 * Values passed are unmarked and of the schema's implied type. Results live in call->arena
 * (scratch; the engine clones what it keeps). A function returns false exactly when it added an
 * error; a create or update that fails after an object exists sets response->state all the same,
 * and the engine keeps it (a created one as tainted).
 *
 * Any slot may be called from several threads at once, for different objects. What must not run
 * side by side is said by `limits`; nobody holds a lock across a call. */
#pragma once

#include "address.h"
#include "io.h"
#include "schema.h"

typedef struct Call {
    void *client; /* what configure made; NULL in validate */
    const Io *io;
    const CancelToken *cancel;
    const struct CipherSet *ciphers; /* what opens the states of others; NULL: nothing does */
    int64_t deadline_ms;             /* on io->clock's monotonic time; 0: none */
    Arena *arena;
    Str address;         /* resource instance, for messages */
    Str lineage;         /* of the state */
    uint64_t generation; /* counts objects ever created at this address */
    void *progress_payload;
    void (*progress)(void *payload, uint64_t done, uint64_t total, const char *what);
} Call;

/* "uploading", 3 MiB of 10 MiB; total 0: unknown. Cheap enough for every buffer. */
void call_progress(const Call *call, uint64_t done, uint64_t total, const char *what);
/* io->clock's monotonic time. */
int64_t call_monotonic_ms(const Call *call);
/* Stopped by the user, or its time is up. */
bool call_is_cancelled(const Call *call);
/* True when it was cancelled before the time was over. */
bool call_sleep(const Call *call, int64_t ms);

typedef struct PlanRequest {
    Value prior;    /* null: create */
    Value proposed; /* prior and configuration merged by the framework; defaults filled in */
    Value config;
    Str private_data;
} PlanRequest;

typedef struct PlanResponse {
    Value planned;          /* starts as the framework's plan: computed ones unknown */
    Paths requires_replace; /* starts as schema_replace_paths says */
    /* Why and how, for people: "reboots the guest", "virDomainSetMemoryFlags, live". Shown behind
     * the attribute at `path`; pushed by plan_note. */
    VEC(struct PlanNote {
        Path path;
        Str text;
    })
    notes;
    Str private_data;
} PlanResponse;

void plan_note(PlanResponse *response, Path path, Str text, Arena *arena);

typedef struct ApplyRequest {
    Value prior;   /* null: create */
    Value planned; /* null: delete; holds unknowns only in computed attributes */
    Value config;  /* wholly known */
    Str private_data;
    Str identity; /* what `identity` chose before the intent was written; empty if none */
} ApplyRequest;

typedef struct ApplyResponse {
    Value state; /* starts null; of the implied type, without unknowns */
    Str private_data;
    /* A create failed without a state, and its answer was lost: it may have made something. The
     * intent stays, and the next run asks `recover`. */
    bool in_doubt;
} ApplyResponse;

typedef enum RecoverOutcome {
    RECOVER_ABSENT,   /* the call left nothing: forget the intent */
    RECOVER_COMPLETE, /* the object is there and whole: adopt it, the plan brings the rest */
    RECOVER_TAINTED,  /* it is there but half made: adopt it to be replaced */
} RecoverOutcome;

typedef struct RecoverRequest {
    Str identity;
    Value planned; /* what was to be created; may hold unknowns */
    Str private_data;
} RecoverRequest;

/* What a call does to the world, hence what the journal must know. */
typedef enum Effect {
    EFFECT_OUTSIDE, /* an intent before, the outcome after */
    EFFECT_NONE,    /* no outside effect (terraform_data, random): no intent */
} Effect;

/* What was got for one walk: its value is kept nowhere. */
typedef struct EphemeralResponse {
    Value result;        /* starts as the configuration with its defaults, wholly known */
    Str private_data;    /* renew and close get it back; never shown, never stored */
    int64_t renew_at_ms; /* on io->clock's monotonic time; 0: it lasts as long as a walk does */
} EphemeralResponse;

typedef enum LimitAction { LIMIT_CREATE, LIMIT_UPDATE, LIMIT_DELETE, LIMIT_READ } LimitAction;

typedef struct Limit {
    Str key;
    uint32_t capacity;
} Limit;

typedef VEC(Limit) Limits;

typedef struct ResourceType {
    const char *name;                /* as users write it: libvirt_pool */
    const struct ResourceType *real; /* of a mock: what it stands in for, and whose schema counts */
    Schema schema;
    Effect effect;
    /* True: a crash between call and outcome may do it twice; documented with the type. */
    bool at_least_once;
    /* It cannot be deleted while what depends on it has it (a disk that a machine uses): those
     * change first. */
    bool is_held_by_users;
    /* What its schema refuses is told of the block as a whole in documents for programs, as those
     * who know the type expect. */
    bool is_judged_whole;
    /* True: `limits` is asked about reads too, with the stored object. */
    bool limits_reads;

    /* Beyond the schema. May see unknowns. Default: nothing. */
    bool (*validate)(const Call *call, Value config, Diags *diags);
    /* Default: the framework's plan as it stands in the response. */
    bool (*plan)(const Call *call,
                 const PlanRequest *request,
                 PlanResponse *response,
                 Diags *diags);
    /* Who the object will be, chosen before it is made: a UUID from lineage, address and
     * generation, a name, a marker. Default: empty. */
    Str (*identity)(const Call *call, Value planned);
    bool (*create)(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags);
    /* Default: every change forces a new object (schema flags must say so). */
    bool (*update)(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags);
    /* `request->planned` is null. Default: nothing to do. */
    bool (*delete)(const Call *call, const ApplyRequest *request, Diags *diags);
    /* *state starts as the stored object; set to null when it is gone. Data sources: *state starts
     * as the configuration, and what is computed is filled in. Default (managed): unchanged. */
    bool (*read)(const Call *call, Value *state, Str *private_data, Diags *diags);
    /* The object with this id, complete enough for `read`. NULL: cannot be imported. */
    bool (*import)(const Call *call, Str id, Value *state, Diags *diags);
    /* Stored at an older schema version (JSON text) → JSON text of the current one. */
    bool (*upgrade)(const Call *call, int64_t version, Str stored, Str *upgraded, Diags *diags);
    /* After a crash within `create`. *state is set unless absent. Reads only. NULL: never absent
     * can be told, so it answers RECOVER_ABSENT ("at least once"). */
    bool (*recover)(const Call *call,
                    const RecoverRequest *request,
                    RecoverOutcome *outcome,
                    Value *state,
                    Diags *diags);
    /* Ephemeral resources fill schema, open, and what else they need. */
    bool (*open)(const Call *call, EphemeralResponse *response, Diags *diags);
    /* Sets renew_at_ms anew, the result stays as it was. Called on a thread of its own. */
    bool (*renew)(const Call *call, EphemeralResponse *response, Diags *diags);
    /* Also after a failure of others, and when the run is cancelled. */
    bool (*close)(const Call *call, Str private_data, Diags *diags);
    /* Default: side by side without limit. */
    void (*limits)(const Call *call, LimitAction action, Value object, Limits *out);
} ResourceType;

typedef struct Provider {
    const char *name;        /* libvirt */
    const char *address;     /* loam.internal/builtin/libvirt */
    const char *description; /* one sentence */
    Schema schema;           /* of the provider block */
    bool (*validate_config)(const Call *call, Value config, Diags *diags);
    /* *client is handed to every call. NULL slot: no client. `config` may hold unknowns only if
     * the provider is deferred; then it is not called. `run` lives as long as the client. */
    bool (*configure)(const Call *call, Value config, void **client, Arena *run, Diags *diags);
    void (*close)(void *client);
    const ResourceType *const *resources;
    size_t resource_count;
    const ResourceType *const *data_sources;
    size_t data_source_count;
    const ResourceType *const *ephemerals;
    size_t ephemeral_count;
} Provider;

#define PROVIDER_RESOURCES(table) .resources = (table), .resource_count = ARRAY_COUNT(table)
#define PROVIDER_DATA_SOURCES(table)                                                               \
    .data_sources = (table), .data_source_count = ARRAY_COUNT(table)
#define PROVIDER_EPHEMERALS(table) .ephemerals = (table), .ephemeral_count = ARRAY_COUNT(table)
