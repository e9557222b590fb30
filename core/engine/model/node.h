/* node: the engine's graph nodes, the module instances they fill in, and the walk they live in.
 *
 * A node is a block of the configuration (in a module, not in an instance of it), or a resource
 * that only the state knows. Visiting expands it to the instances of its module and its own.
 *
 *   EngineModule    a module of the configuration with the nodes of its blocks
 *   ModuleInstance  one instance of it; a slot per node holds what the node found out
 *
 * A slot has one writer, the visit (or task) of its node; the walk's "done" edge publishes it. */
#pragma once

#include "checks.h"
#include "decode.h"
#include "engine_context.h"
#include "walk.h"
#include "working_state.h"

#include <stdatomic.h>

typedef enum NodeKind {
    NODE_VARIABLE,
    NODE_LOCAL,
    NODE_OUTPUT,
    NODE_MODULE,       /* a call: makes the module's instances */
    NODE_MODULE_VALUE, /* what references to the module as a whole see, built once */
    NODE_PROVIDER,
    NODE_RESOURCE,        /* plans or applies the instances of a block */
    NODE_RESOURCE_VALUE,  /* what references see of it, built once its instances are done */
    NODE_ORPHAN,          /* in the state alone */
    NODE_IMPORT,          /* a block that says what comes to a resource */
    NODE_CHECK,           /* assertions that warn */
    NODE_CHECK_START,     /* waits for everything, before the data sources of checks */
    NODE_EPHEMERAL_CLOSE, /* closes what an ephemeral block opened, after its last user */
    NODE_DESTROY,         /* apply: the mirror of a node; deletes what its block no longer has */
    NODE_DESTROY_GATE,    /* apply: the deletions of dependents that precede a node's own changes */
} NodeKind;

typedef struct Node Node;
typedef struct EngineModule EngineModule;
typedef struct ModuleInstance ModuleInstance;
typedef struct EngineWalk EngineWalk;

/* A provider configuration in use. */
typedef struct ProviderNode ProviderNode;
struct ProviderNode {
    const Provider *provider;
    const ProviderConfig *config; /* NULL: implied, empty */
    Str alias;
    Str module_path; /* where it is configured */
    const Decoded *decoded;
    Diags decoding; /* as ResourceNode's */
    void *client;
    Arena *arena;   /* of the client */
    StrVec secrets; /* sensitive texts of its configuration */
    bool is_configured;
    bool is_deferred; /* its configuration holds unknowns */
    bool is_rebuilt;  /* and that because what it talks to is yet to be made: nothing is there */
    Str key;          /* one of several, by for_each */
    VEC(ProviderNode *) repeated; /* with for_each: the configurations themselves */
};

/* Who says which of a repeated provider configuration's is meant. */
typedef struct ProviderKey {
    const Expr *expr;     /* NULL: nobody, there is one */
    EngineModule *called; /* said by the call of this module; NULL: by the resource itself */
} ProviderKey;

/* A provisioner of a block, decoded. */
typedef struct ProvisionerNode {
    const Provisioner *config;
    const ProvisionerType *type;
    const Decoded *decoded;
    Diags decoding;
    const Decoded *connection; /* its own over the resource's; NULL: none */
    Diags connecting;
} ProvisionerNode;

/* One planned change on its way through an apply. */
typedef struct ChangeRun {
    const ResourceChange *change;
    Str deposed; /* key of the predecessor that a create_before_destroy put aside; empty: none */
    bool failed; /* its creation failed: the predecessor stays; or the predecessor's deletion */
} ChangeRun;

typedef VEC(ChangeRun *) ChangeRuns;

/* What is to come to an address. */
typedef struct ImportedObject {
    Str address;
    Str id;
    SourceRange range;
} ImportedObject;

typedef VEC(ImportedObject) ImportedObjects;

typedef struct ResourceNode {
    const Resource *config; /* NULL: orphan */
    const Removed *removed; /* orphan: the block that says what becomes of it; NULL: none */
    const ObjectType *type; /* NULL: the provider has none of that name */
    const Decoded *decoded;
    Diags decoding; /* what decoding said; of no interest when references in the body are wrong */
    VEC(ProvisionerNode) provisioners;
    Node *provider;
    ProviderKey provider_key;
    Node *value;             /* NODE_RESOURCE_VALUE */
    Str address;             /* configuration address */
    Str local_address;       /* the same within its module: T.N, data.T.N */
    const Str *dependencies; /* sorted configuration addresses of all it depends on */
    size_t dependency_count;
    bool create_before_destroy;  /* own or forced */
    atomic_bool creation_failed; /* apply: one that left no object */
    VEC(StateResource *) stored; /* of this block in the state, over all module instances */
    Map stored_by_module;        /* module instance's text → StateResource */
    VEC(Node *) imports;         /* NODE_IMPORT: what may come to it */
    ChangeRuns planned;          /* apply: its changes, in the plan's order */
    VEC(InstanceKey) wanted;     /* apply, -target: the instances that the targets depend on … */
    bool is_wanted_whole;        /* … unless one depends on all */
} ResourceNode;

/* What is wrong with the names in one part of a block (an expression, a body), told where that part
 * would be evaluated. `hides_names`: with one of them nothing that the part names has a value. */
typedef struct PartFaults {
    const void *part;
    Diags diags;
    bool hides_names;
    bool is_of_form; /* of a body: its names are right, its arguments are not those of its schema */
    bool is_late;    /* told when an instance is planned: the rest of the plan is made */
} PartFaults;

/* Which instance of a resource an expression names, by a key that stands there. */
typedef struct InstanceUse {
    const Node *value; /* NODE_RESOURCE_VALUE */
    InstanceKey key;   /* KEY_NONE: any */
} InstanceUse;

struct Node {
    NodeKind kind;
    GraphNode id;
    EngineModule *module;
    uint32_t slot;
    Str name; /* var.x, module.a.libvirt_domain.b: for messages and the graph */
    SourceRange range;
    union {
        const Variable *variable;
        const Local *local;
        const Output *output;
        const ModuleCall *call;
        const Check *check;
        const Import *import;
        ProviderNode *provider;
        ResourceNode *resource; /* RESOURCE, RESOURCE_VALUE, ORPHAN, EPHEMERAL_CLOSE */
        Node *mirrored;         /* DESTROY: whose deletions these are; DESTROY_GATE: who waits */
    } as;
    const Expr *input;   /* VARIABLE of a child module: the call's argument, or NULL */
    EngineModule *child; /* MODULE, MODULE_VALUE */
    Node *module_value;  /* MODULE */
    Diags faults;        /* what is wrong with its block, told before anything is evaluated */
    VEC(PartFaults) part_faults;
    VEC(InstanceUse) uses;  /* of repeated resources */
    bool is_used;           /* MODULE_VALUE: somebody refers to it */
    bool configures;        /* RESOURCE, ephemeral: a provider needs it */
    bool is_selected;       /* false: pruned by -target or -exclude */
    bool is_target;         /* its own changes are wanted, not just its value */
    bool selects_all;       /* -target: every instance, not just those that it names */
    bool is_pending;        /* plan: it or something it depends on is going to change */
    bool is_changing;       /* plan, RESOURCE_VALUE: an object of it is going to change */
    bool is_renewed;        /* plan: an object that it refers to is going to be made anew */
    atomic_bool has_failed; /* apply, DESTROY and DESTROY_GATE: a deletion behind it has failed */
};

/* Who a traversal names. */
typedef struct Binding {
    Reference reference;
    Node *node;   /* NULL for count, each, self, path, terraform */
    Node *output; /* module.m.x: the output's node; NULL: the whole module */
} Binding;

struct EngineModule {
    const Module *config;
    EngineModule *parent;
    Node *call; /* NULL: root */
    Map nodes;  /* "var.x", "local.x", "output.x", "module.m", "T.N", "data.T.N" → Node */
    Map children;
    Map providers; /* "name" or "name.alias" → Node; configured or passed here */
    uint32_t slot_count;
    VEC(ModuleInstance *) instances;
    Map instances_by_address; /* address text → ModuleInstance */
};

typedef enum RepetitionKind { REPEAT_NONE, REPEAT_COUNT, REPEAT_EACH } RepetitionKind;

/* What count or for_each came to. */
typedef struct Expansion {
    RepetitionKind kind;
    bool is_unknown; /* validating, or destroying what the state has */
    size_t count;    /* while it is unknown: of records to work with, 1 or 0 */
    InstanceKey *keys;
    Value *values; /* each.value */
} Expansion;

/* One instance of a resource in a walk. */
typedef struct InstanceRecord {
    EngineWalk *walk;
    Node *node;
    ModuleInstance *module;
    ResourceAddr address;
    RepetitionKind repetition;
    bool keys_unknown; /* validate */
    Value each_value;
    Value value; /* what references see; marked */
    bool failed;
    bool is_refused; /* plan of a destroy: prevent_destroy has it stay */
    bool is_settled; /* plan: no call of a run before is in doubt any more */
    const StateResource *stored_resource;
    const StateInstance *stored;
    Str deposed;             /* key, for a deposed object's own record */
    ChangeRun *run;          /* apply */
    Node *mirror;            /* apply: of a deletion */
    ResourceChange *planned; /* plan: the result */
    Drift *drift;
    const StateObject *refreshed; /* what the refreshed state says; NULL: gone */
    bool refreshed_changed;
    ActionReason removal;  /* why it is to be deleted */
    Str provider_key;      /* which of its provider's configurations; empty: there is one */
    Str import_id;         /* plan: of the object that is to come here; empty: none */
    CheckResults *results; /* of preconditions, then postconditions; of a check's data source: one,
                              whether it could be read. NULL: it has none */
} InstanceRecord;

/* Is the instance among those that are wanted? Without -target, and when planning, all are. */
bool node_wants(const ResourceNode *resource, InstanceKey key);

/* The position of a key; false when there is no such instance. */
bool expansion_find(const Expansion *expansion, InstanceKey key, size_t *index);

typedef struct ResourceExpansion {
    Expansion expansion;
    InstanceRecord *records;      /* one per key of the expansion */
    bool is_changing;             /* plan: one of them is, or one beyond them is removed */
    VEC(InstanceRecord *) beyond; /* refreshing only: objects whose keys it does not have, by key */
} ResourceExpansion;

typedef struct ModuleExpansion {
    Expansion expansion;
    ModuleInstance **instances;
} ModuleExpansion;

typedef struct Slot {
    Value value;
    bool is_set;
    void *payload; /* RESOURCE: ResourceExpansion, MODULE: ModuleExpansion, IMPORT: ImportedObjects,
                      VARIABLE, OUTPUT, CHECK: CheckResults */
} Slot;

struct ModuleInstance {
    EngineModule *module;
    ModuleInstance *parent;
    const ModuleAddr *address; /* NULL: root */
    InstanceKey key;
    Value each_value;
    RepetitionKind repetition;
    Slot *slots;
};

typedef enum WalkPhase { PHASE_VALIDATE, PHASE_PLAN, PHASE_APPLY, PHASE_EVALUATE } WalkPhase;

typedef struct WorkerArenas {
    Arena *keep;    /* what outlives the walk points at it */
    Arena *passing; /* goes with the walk */
    Arena *scratch;
    VEC(InstanceRecord *) removed; /* records of instances that no expansion holds */
} WorkerArenas;

struct EngineWalk {
    const Engine *engine;
    const PlanOptions *options;
    WalkPhase phase;
    Arena *arena; /* of the graph and the walk itself; single-threaded building */
    Arena *kept;  /* what outlives the walk points at it; the same arena, if nothing does */
    bool stays;   /* with its arena, which is somebody else's: for a console */
    Graph graph;
    VEC(Node *) nodes;
    EngineModule *root;
    VEC(EngineModule *) modules;
    const State *state;        /* plan: prior; apply: NULL */
    Map deletions;             /* deletions.c's index, by type */
    Map destroyed;             /* plan, destroying a part: texts of the addresses in it */
    const struct Moves *moves; /* plan: what has another address in `state` than it had */
    WorkingState *working;     /* apply */
    const Plan *plan;          /* apply */
    struct Removals *removals; /* NULL: nobody has asked for them yet */
    struct Ephemerals *ephemerals;
    Map missing_providers; /* names that an error was reported for */
    WorkerArenas *workers;
    uint32_t worker_count;
    DiagsSink *sink;
    Arena *sink_arena;
    Str lineage;
    uint64_t serial;
};

/* A node in the graph and, where `key` is not empty, in its module. */
Node *node_add(
    EngineWalk *walk, EngineModule *module, NodeKind kind, Str key, Str name, SourceRange range);
Node *node_find(const EngineModule *module, Str key);
/* NULL: nothing is wrong with the names in it. */
const PartFaults *node_find_faults(const Node *node, const void *part);
/* All that is wrong with the block, in order. */
void node_tell_faults(const Node *node, Diags *diags);
Slot *node_slot(const Node *node, ModuleInstance *instance);
/* RESOURCE_VALUE: does anybody look at it? */
bool node_is_looked_at(const EngineWalk *walk, const Node *node);
/* Apply: does any object of the block go? */
bool node_deletes(const ResourceNode *resource);
/* A new instance of a module, in whose list it is not: none of its blocks is visited for it. */
ModuleInstance *node_module_detached(EngineModule *module,
                                     ModuleInstance *parent,
                                     InstanceKey key,
                                     Value each_value,
                                     RepetitionKind repetition,
                                     Arena *arena);
/* A new instance of a module, appended to its list. */
ModuleInstance *node_module_instance(EngineModule *module,
                                     ModuleInstance *parent,
                                     InstanceKey key,
                                     Value each_value,
                                     RepetitionKind repetition,
                                     Arena *arena);
