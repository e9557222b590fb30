/* node: the nodes of the graph, and the module instances that hold their results.
 *
 * A node is a block of a module, shared by all instances of that module, or a resource that is only
 * in the state. Its visit expands it to the instances of its module and to its own.
 *
 *   EngineModule    a module of the configuration with the nodes of its blocks
 *   ModuleInstance  one instance of it, with a slot per node for the node's results
 *
 * Each slot has one writer: the visit or the task of its node. The walk's "done" edge publishes
 * it. */
#pragma once

#include "decode.h"
#include "walk_state.h"

#include <stdatomic.h>

typedef enum NodeKind {
    NODE_VARIABLE,
    NODE_LOCAL,
    NODE_OUTPUT,
    NODE_MODULE,       /* module call: creates the instances of the module */
    NODE_MODULE_VALUE, /* the value of "module.m" without an output; built once per caller */
    NODE_PROVIDER,
    NODE_RESOURCE,        /* plans or applies the instances of a block */
    NODE_RESOURCE_VALUE,  /* the value that references see, built after its instances */
    NODE_ORPHAN,          /* a resource without a block: only the state or the plan has it */
    NODE_IMPORT,          /* an import block */
    NODE_CHECK,           /* assertions whose failure is a warning */
    NODE_CHECK_START,     /* runs after all resources except the data sources of checks */
    NODE_EPHEMERAL_CLOSE, /* closes the objects of an ephemeral block after its last user has ended
                           */
    NODE_INVOKE,          /* the invocations of an action that -invoke requests */
    NODE_DESTROY,         /* apply: the mirror of a node; deletes its objects */
    NODE_DESTROY_GATE,    /* apply: makes a node's changes wait for deletions of its dependents */
} NodeKind;

/* A provider configuration in use. */
typedef struct ProviderNode ProviderNode;
struct ProviderNode {
    const Provider *provider;
    const ProviderConfig *config; /* NULL: implied and empty */
    ProviderConfigAddr address;   /* key: selects one configuration of a for_each */
    const Decoded *decoded;
    Diags decoding; /* errors of decoding; not reported if references in the body are wrong */
    void *client;
    Arena *arena;   /* of the client */
    StrVec secrets; /* sensitive texts in its configuration */
    bool is_configured;
    bool fails_at_use; /* `failure` is set */
    Diags failure;     /* why there is no client; reported for each object that needs it */
    bool is_deferred;  /* its configuration contains unknown values, so it is not called */
    bool has_unknown;  /* its configuration contains unknown values */
    bool is_rebuilt;   /* deferred, and its server is replaced: its objects do not exist yet */
    VEC(ProviderNode *) repeated; /* for_each: the configurations, one per key */
};

/* The key that selects one of a repeated provider configuration. */
typedef struct ProviderKey {
    const Expr *expr;     /* NULL: the provider configuration is not repeated */
    EngineModule *called; /* the module whose call states `expr`; NULL: the resource states it */
} ProviderKey;

/* A provisioner of a block, decoded. */
typedef struct ProvisionerNode {
    const Provisioner *config;
    const ProvisionerType *type;
    const Decoded *decoded;
    Diags decoding;
    const Decoded *connection; /* connection of the provisioner or of the resource; NULL: none */
    Diags connecting;
} ProvisionerNode;

/* One planned change on its way through an apply. */
struct PlannedChange {
    const ResourceChange *change;
    Str deposed; /* key of the predecessor that create_before_destroy deposed; empty: none */
    bool failed; /* the change failed, or a deletion that must precede it */
    bool create_before_destroy; /* configured or forced; stored in the state */
};

typedef VEC(PlannedChange *) PlannedChanges;

/* An object to import to an address. */
typedef struct ImportedObject {
    Str address; /* empty: for_each of the block is unknown, so it may import to any instance */
    ImportSource source;
    SourceRange range;
} ImportedObject;

typedef VEC(ImportedObject) ImportedObjects;

typedef struct ResourceNode {
    const Resource *config; /* NULL: orphan */
    const Removed *removed; /* orphan: its removed block; NULL: none */
    const ObjectType *type; /* NULL: the provider has no such type */
    const Decoded *decoded;
    Diags decoding; /* errors of decoding; not reported if references in the body are wrong */
    bool has_newer; /* its body has blocks that are newer than its type */
    VEC(ProvisionerNode) provisioners;
    Node *provider;
    ProviderKey provider_key;
    Node *value;       /* NODE_RESOURCE_VALUE */
    Str address;       /* configuration address */
    Str local_address; /* the same within its module: T.N, data.T.N */
    /* Sorted configuration addresses, also indirect ones, but none through the provider. */
    const Str *dependencies;
    size_t dependency_count;
    bool create_before_destroy;  /* configured or forced */
    atomic_bool creation_failed; /* apply: the creation of an instance failed and left no object */
    VEC(StateResource *) stored; /* of this block in the state, over all module instances */
    Map stored_by_module;        /* text of module instance → StateResource */
    VEC(Node *) imports;         /* NODE_IMPORT: blocks that may import to it */
    VEC(const Node *) actions;   /* NODE_RESOURCE: those that its triggers invoke */
    PlannedChanges planned;      /* apply: its changes, in the plan's order */
    VEC(const DeferredChange *) deferred; /* apply: the same of changes that wait */
    VEC(InstanceKey) wanted;              /* apply, -target: instances that the targets depend on */
    bool is_wanted_whole;                 /* apply, -target: the targets depend on every instance */
} ResourceNode;

/* Errors in the references of one part of a block (an expression or a body). Validation reports
 * them when it would evaluate that part, other phases when the graph is built. `should_hide_names`:
 * no reference in this part can be evaluated. */
typedef struct PartErrors {
    const void *part;
    Diags diags;
    bool should_hide_names;
    bool is_of_form; /* body: its arguments do not match its schema, its references are right */
    bool is_late;    /* reported when an instance is planned; planning of the block continues */
} PartErrors;

/* A reference to a resource, with its literal key. */
typedef struct InstanceUse {
    const Node *value; /* NODE_RESOURCE_VALUE */
    InstanceKey key;   /* KEY_NONE: no literal key, so any instance */
} InstanceUse;

struct Node {
    NodeKind kind;
    GraphNode id;
    EngineModule *module;
    uint32_t slot;
    Str name; /* var.x, module.a.libvirt_domain.b; used in messages and graphs */
    SourceRange range;
    union {
        const Variable *variable;
        const Local *local;
        const Output *output;
        const ModuleCall *call;
        const Check *check;
        const Import *import;
        ProviderNode *provider;
        ResourceNode *resource; /* RESOURCE, RESOURCE_VALUE, ORPHAN, EPHEMERAL_CLOSE, INVOKE */
        Node *mirrored; /* DESTROY: the node whose objects it deletes; DESTROY_GATE: the node that
                           waits */
    } as;
    ResourceNode *imported; /* IMPORT: the resource that it imports to */
    const Expr *input;      /* VARIABLE of a child module: the argument of the call, or NULL */
    EngineModule *child;    /* MODULE, MODULE_VALUE: the called module */
    Node *module_value;     /* MODULE: its MODULE_VALUE node */
    Diags errors;           /* errors of the block, reported before it is evaluated */
    VEC(PartErrors) part_errors;
    VEC(InstanceUse) uses;     /* references to resources in its block */
    VEC(const Node *) callers; /* INVOKE, plan: resources that trigger the action */
    bool is_used;              /* MODULE_VALUE: something refers to it */
    bool configures;           /* RESOURCE, ephemeral: a provider configuration depends on it */
    bool is_selected;          /* false: not visited (-target, -exclude, or unused in a destroy) */
    bool is_optional;          /* if it fails, its value is unknown, without an error */
    bool is_target;            /* its changes are planned, not only its value */
    bool selects_all;          /* -target: every instance is selected, not only the named ones */
    bool is_pending;           /* plan: it or one of its dependencies changes */
    bool is_changing;          /* plan: an object of the resource changes or is removed */
    bool is_deferred;          /* plan, apply: it or a dependency waits for a later plan */
    bool is_renewed; /* plan: it or a dependency is replaced; RESOURCE does not inherit this */
    atomic_bool has_failed; /* DESTROY, DESTROY_GATE: its own or a needed deletion failed */
};

/* The node that a traversal refers to. */
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
    /* The provider's key (see provider_name.h), or "key.alias" → Node; configured, passed or
     * inherited. */
    Map providers;
    uint32_t slot_count;
    VEC(ModuleInstance *) instances;
    Map instances_by_address;      /* address text → ModuleInstance */
    struct ModuleOrigins *origins; /* of module_origin.c; NULL: none */
};

/* Returns true if the targets need this instance. Without -target and when planning, every instance
 * is needed. */
bool node_wants(const ResourceNode *resource, InstanceKey key);

typedef struct ModuleExpansion {
    Expansion expansion;
    ModuleInstance **instances;
} ModuleExpansion;

typedef struct Slot {
    Value value;
    bool is_set;
    void *payload; /* RESOURCE: ResourceExpansion, MODULE: ModuleExpansion, IMPORT: ImportedObjects,
                      INVOKE: ActionInvocations,
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

/* Adds a node to the graph and, if `key` is not empty, to its module. */
Node *node_add(EngineWalk *walk, EngineModule *module, NodeKind kind, Str key, Str name,
               SourceRange range);
/* Returns the name of a kind, for graphs and the log. */
const char *node_kind_name(NodeKind kind);
/* Returns the node with this key, as in EngineModule.nodes; NULL if none. */
Node *node_find(const EngineModule *module, Str key);
/* Returns the errors of a part; NULL if it has none. */
const PartErrors *node_find_errors(const Node *node, const void *part);
/* Adds all errors of the block, in order, except late ones. */
void node_report_errors(const Node *node, Diags *diags);
/* Returns the results of the node in this instance, which must be one of the node's module. Mirrors
 * and gates have no slot. */
Slot *node_slot(const Node *node, ModuleInstance *instance);
/* Returns an object of the resource as references see it: without null members of newer blocks,
 * unless the body of the resource has such blocks. `object` has the implied type. */
Value node_seen_object(const ResourceNode *resource, Value object, Arena *arena);
/* RESOURCE_VALUE: returns true if another node or the console may read the value. */
bool node_is_read(const EngineWalk *walk, const Node *node);
/* Apply: returns true if the plan deletes, forgets or replaces an object of the block. */
bool node_deletes(const ResourceNode *resource);
/* Returns true if the resource depends on the block of this configuration address. */
bool node_depends_on(const ResourceNode *resource, Str address);
/* Apply: returns true if a deletion that must precede this node failed. Failed deletions of its own
 * objects do not count: they fail only their instances. */
bool node_is_blocked(const EngineWalk *walk, const Node *node);
/* Creates a module instance without adding it to its module: no block is visited for it. */
ModuleInstance *node_module_detached(EngineModule *module, ModuleInstance *parent, InstanceKey key,
                                     Value each_value, RepetitionKind repetition, Arena *arena);
/* Creates a module instance and adds it to its module. */
ModuleInstance *node_module_instance(EngineModule *module, ModuleInstance *parent, InstanceKey key,
                                     Value each_value, RepetitionKind repetition, Arena *arena);
