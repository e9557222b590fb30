/* State: what exists, as loam remembers it. The nouns are those of the v4 state file.
 *
 *   StateResource   one resource block within one module instance
 *   StateInstance   one instance of it: a current object, deposed ones, a pending intent
 *   StateObject     an object: attributes as JSON text (as at schema_version), marks, private
 *
 * Attributes stay JSON text until somebody with a schema needs them: reading and writing a state
 * decodes no object that nobody asks for. Resources are ordered by address, instances by key.
 * One writer at a time; working_state guards the one that an apply shares between threads. */
#pragma once

#include "address.h"
#include "map.h"
#include "pending_action.h"

typedef enum ObjectStatus { OBJECT_READY, OBJECT_TAINTED } ObjectStatus;

typedef struct StateObject {
    ObjectStatus status;
    uint64_t schema_version;
    Str attributes;           /* JSON object; unmarked */
    Str sensitive_attributes; /* JSON list of paths, as stored; "[]" or empty: none */
    Str private_data;
    const Str *dependencies; /* sorted configuration addresses */
    size_t dependency_count;
    bool create_before_destroy;
    bool skip_destroy; /* to be forgotten, not destroyed, should its block go */
    Str extra; /* JSON object of further members that other tools stored with it; empty: none */
} StateObject;

typedef struct StateDeposed {
    Str key; /* 8 hex digits */
    const StateObject *object;
} StateDeposed;

/* One of the objects behind an instance, whose change a pending call had begun. */
typedef struct StatePart {
    Str key;
    PendingAction action;
    Str identity;
    bool has_ended;
    Str private_data; /* once it has ended */
} StatePart;

typedef VEC(StatePart) StateParts;

/* A provider call without a known outcome: the run that made it ended in between. */
typedef struct StatePending {
    PendingAction action;
    uint64_t generation;
    Str identity;
    Str private_data; /* of the plan */
    Str deposed;      /* key, if the call was about a deposed object */
    Str planned;      /* JSON of the planned object, unknowns as null; empty for delete */
    Str sensitive;    /* its sensitive paths, as in StateObject; empty: none */
    uint64_t schema_version;
    bool is_provisioned; /* without what provisioners do, the object is half made */
    const Str *dependencies;
    size_t dependency_count;
    StateParts parts; /* in the order in which they began */
} StatePending;

typedef struct StateInstance {
    InstanceKey key;
    const StateObject *current; /* NULL: none */
    VEC(StateDeposed) deposed;
    const StatePending *pending; /* NULL: none */
    Str provider_key;            /* key of its provider configuration with for_each; empty: none */
} StateInstance;

typedef struct StateResource {
    ResourceAddr address;               /* without key */
    ProviderConfigAddr provider_config; /* without key: each instance has its own */
    VEC(StateInstance) instances;       /* sorted by key */
    bool is_declared; /* stays while it has none: the run that was to make some failed */
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
    Str environment;   /* of the configuration, which alone may work on it; empty: none said so */
} State;

/* An empty one; the lineage is chosen at the first write. */
State *state_new(Arena *arena);
State *state_clone(const State *state, Arena *arena);
/* A copy with the same objects, which nobody writes to: the original must live as long. */
State *state_fork(const State *state, Arena *arena);
bool state_is_empty(const State *state);

/* A new lineage. One of an environment shows it to state_lineage_is_of, so that it survives
 * programs that keep no members that they do not know. */
Str state_lineage_new(Str environment, Arena *arena);
bool state_lineage_is_of(Str lineage, Str environment);

/* With the key of the instance. */
ProviderConfigAddr state_provider_config(const StateResource *resource,
                                         const StateInstance *instance);
StateResource *state_find_resource(const State *state, ResourceAddr address); /* key ignored */
StateResource *state_add_resource(State *state, ResourceAddr address);        /* found or added */
StateInstance *state_find_instance(const State *state, ResourceAddr address);
StateInstance *state_add_instance(State *state, ResourceAddr address);
/* What is taken out holds nothing from then on; state_compact drops it. */
void state_empty_instance(State *state, ResourceAddr address);
void state_remove_output(State *state, Str name);
/* Drops everything that holds nothing any more, in one pass. */
void state_compact(State *state);
/* Resources in order of address (module, mode, type, name), into `out`. */
void state_sorted_resources(const State *state, StateResources *out, Arena *arena);
Str state_deposed_key_new(const StateInstance *instance, Arena *arena);
const StateObject *state_find_deposed(const StateInstance *instance, Str key);
/* The deposed object of that key; without one, the current object. NULL: there is none. */
const StateObject *state_find_object(const StateInstance *instance, Str deposed);
/* Adds, or replaces the object of that key. */
void state_set_deposed(StateInstance *instance, Str key, const StateObject *object, Arena *arena);
void state_remove_deposed(StateInstance *instance, Str key);
/* NULL in, NULL out. */
const StateObject *state_object_clone(const StateObject *object, Arena *arena);
