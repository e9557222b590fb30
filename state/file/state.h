/* State: the stored objects. The names are those of the v4 state file.
 *
 *    StateResource   one resource block within one module instance
 *    StateInstance   one instance of it: a current object, deposed ones, a pending intent
 *    StateObject     an object: attributes as JSON text (as at schema_version), marks, private
 *
 * Attributes stay JSON text until a caller with a schema decodes them, so reading and writing a
 * state decodes no objects. `resources` is in the order of insertion (see state_sorted_resources);
 * instances are ordered by key. One writer at a time; working_state guards the state that an apply
 * shares between threads. */
#pragma once

#include "address.h"
#include "map.h"
#include "state_owner.h"

/* The largest number that a stored file may hold: a run may still add to it. */
#define STATE_COUNT_MAX ((uint64_t)1 << 62)

typedef enum ObjectStatus { OBJECT_READY, OBJECT_TAINTED } ObjectStatus;

/* The type of an object that a moved block gave to a resource of another type. */
typedef struct StateSource {
    Str provider;
    Str type;
} StateSource;

typedef struct StateObject {
    ObjectStatus status;
    uint64_t schema_version;
    Str attributes;           /* JSON object; unmarked */
    Str sensitive_attributes; /* JSON list of paths, as stored; "[]" or empty: none */
    Str identity;             /* JSON object, as at identity_version; empty: none */
    uint64_t identity_version;
    bool has_identity_version; /* the tool that stored the object gives each one a version */
    Str private_data;
    const Str *dependencies; /* configuration addresses, sorted if loam wrote them */
    size_t dependency_count;
    bool create_before_destroy;
    bool skip_destroy; /* if the block is removed, drop the object from the state without destroying
                          it */
    /* Set until the provider has converted the object to the type of its resource: the type that
     * `attributes` and `schema_version` are of. NULL: that of the resource. Never stored. */
    const StateSource *source;
    Str extra; /* JSON object of unknown members that another tool stored; empty: none */
} StateObject;

typedef struct StateDeposed {
    Str key; /* 8 hex digits */
    const StateObject *object;
} StateDeposed;

/* The action of a provider call in the journal, or of a call on one part of an instance. */
typedef enum PendingAction {
    PENDING_NONE, /* the record names no action */
    PENDING_CREATE,
    PENDING_UPDATE,
    PENDING_REPLACE, /* parts only */
    PENDING_DELETE,
} PendingAction;

/* Returns the name in journals: "create"; "" for none. */
const char *pending_action_name(PendingAction action);

/* A part of an instance whose change had begun in a pending call. */
typedef struct StatePart {
    Str key;
    PendingAction action;
    Str marker;
    bool has_ended;
    Str private_data; /* set once it has ended */
} StatePart;

typedef VEC(StatePart) StateParts;

typedef enum StateResponseKind {
    STATE_RESPONSE_UNSENT, /* the call was not made */
    STATE_RESPONSE_FAILED, /* the provider rejected the call; bytes: the reason */
    STATE_RESPONSE_DONE,   /* bytes: the response in the encoding of the provider's protocol */
} StateResponseKind;

typedef struct StateResponse {
    StateResponseKind kind;
    Str bytes;
} StateResponse;

/* A provider call without a known outcome, because its run ended before the outcome was
 * recorded. */
typedef struct StatePending {
    PendingAction action;
    uint64_t generation;
    Str marker;
    Str private_data; /* of the plan */
    Str deposed;      /* key of the deposed object that the call was for; empty: the current one */
    Str planned;      /* JSON of the planned object, unknowns as null; empty for delete */
    Str sensitive;    /* its sensitive paths, as in StateObject; empty: none */
    uint64_t schema_version;
    bool is_provisioned; /* creation-time provisioners exist: until they have run, the object is
                            tainted */
    const Str *dependencies;
    size_t dependency_count;
    StateParts parts; /* in the order in which they began */
    /* The response to the call, which arrived after the end of its run; NULL: none is known. */
    const StateResponse *response;
} StatePending;

typedef struct StateInstance {
    InstanceKey key;
    const StateObject *current; /* NULL: none */
    VEC(StateDeposed) deposed;
    const StatePending *pending; /* NULL: none */
    bool has_outcome;            /* of the journal, never of the file: this apply has changed it */
    Str provider_key;            /* key of its provider configuration with for_each; empty: none */
} StateInstance;

typedef struct StateResource {
    ResourceAddr address;               /* without key */
    ProviderConfigAddr provider_config; /* without key: each instance has its own */
    VEC(StateInstance) instances;       /* sorted by key */
    bool is_declared; /* keep the resource without instances: the run that should have created some
                         failed */
} StateResource;

typedef VEC(StateResource *) StateResources;

typedef struct StateOutput {
    Value value;
    bool sensitive;
} StateOutput;

typedef struct State {
    Arena *arena;
    Str terraform_version; /* of the writer */
    uint64_t serial;
    Str lineage;
    Map outputs;       /* name → StateOutput *, root module's */
    Map resources;     /* address text → StateResource * */
    Str check_results; /* JSON text, as stored; empty: null */
    Str environment;   /* the only environment whose runs may change the state; empty: not set */
    StateOwner owner;  /* whose runs alone may change the state */
    /* The last run, if it was a complete apply without errors and the state has an environment. */
    Str applied_commit;    /* of the configuration; empty: unknown */
    Str applied_variables; /* plan_variables_digest; empty: the last run was something else */
    /* The digest of the saved plan whose complete apply was the last change by an apply, if the
     * state has an environment or an owner; empty: another apply has changed the state. */
    Str applied_plan;
    /* Of the journal, never of the file: differs after a run whose calls left the content as it was
     * (journal_mark); empty: none. */
    Str mark;
    /* Of the journal, never of the file: the digest of a saved plan whose apply did not end, if no
     * other run has changed the state since; empty: none. is_of_plan: the file holds what that
     * apply has saved, so it began with the refreshed state of the plan. */
    Str begun_plan;
    bool is_of_plan;
} State;

/* Returns an empty state; its lineage is chosen at the first write. */
State *state_new(Arena *arena);
State *state_clone(const State *state, Arena *arena);
/* Returns a copy that shares the objects, which must not be modified. The original must live as
 * long. */
State *state_fork(const State *state, Arena *arena);
bool state_is_empty(const State *state);
/* Returns whether a call of an interrupted run is pending. */
bool state_has_pending(const State *state);

/* Returns a new lineage. A lineage of an environment, or of a Stack ("prod/network"; empty: none),
 * encodes it for state_lineage_is_of, so that it survives tools that drop unknown members. */
Str state_lineage_new(Str environment, Str owner, Arena *arena);
/* Returns whether the lineage encodes the environment or the Stack of that name. */
bool state_lineage_is_of(Str lineage, Str name);
/* Returns whether it encodes some Stack. */
bool state_lineage_has_owner(Str lineage);

/* Returns the provider configuration, with the key of the instance. */
ProviderConfigAddr state_provider_config(const StateResource *resource,
                                         const StateInstance *instance);
StateResource *state_find_resource(const State *state, ResourceAddr address); /* key ignored */
StateResource *state_add_resource(State *state, ResourceAddr address);        /* found or added */
StateInstance *state_find_instance(const State *state, ResourceAddr address);

typedef struct StateFound {
    ResourceAddr address;
    ProviderConfigAddr provider_config;
    const StateObject *object;
} StateFound;

typedef VEC(StateFound) StateFounds;

/* Adds the current managed objects of the type. The entries point into the state. */
void state_find_type(const State *state, Str type, StateFounds *out, Arena *arena);
StateInstance *state_add_instance(State *state, ResourceAddr address);
/* Empties the instance; state_compact removes it. */
void state_empty_instance(State *state, ResourceAddr address);
void state_remove_output(State *state, Str name); /* the entry is NULL until state_compact */
/* Removes empty instances, resources without instances (unless is_declared) and removed outputs, in
 * one pass. */
void state_compact(State *state);
/* Sets *out to all resources, ordered by module, mode, type and name. */
void state_sorted_resources(const State *state, StateResources *out, Arena *arena);
const StateObject *state_find_deposed(const StateInstance *instance, Str key);
/* Returns the deposed object of that key, or the current object if the key is empty; NULL if
 * none. */
const StateObject *state_find_object(const StateInstance *instance, Str deposed);
/* Adds, or replaces the object of that key. */
void state_set_deposed(StateInstance *instance, Str key, const StateObject *object, Arena *arena);
void state_remove_deposed(StateInstance *instance, Str key);
/* NULL in, NULL out. */
const StateObject *state_object_clone(const StateObject *object, Arena *arena);
