/* create_before_destroy is forced on every resource that such a resource depends on. The successor
 * of a dependency exists before the successor of its dependent, so its predecessor is deleted last.
 *
 * A plan forces it on whole blocks. An apply does not store it with an instance if all references
 * name other instances by literal keys. */
#include "log.h"
#include "transform.h"

/* The references to one resource. */
typedef struct ForcedKeys {
    VEC(InstanceKey) keys;
    bool is_whole; /* a reference names no instance */
} ForcedKeys;

typedef struct Forcing {
    EngineWalk *walk;
    bool *marks;      /* by node: create_before_destroy, or a dependency of such a resource */
    ForcedKeys *keys; /* by node, of the resource's value */
    Arena *scratch;
} Forcing;

/* Returns false if no resource has create_before_destroy. */
static bool mark_blocks(Forcing *forcing) {
    EngineWalk *walk = forcing->walk;
    bool any = false;
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind != NODE_RESOURCE || !node->as.resource->create_before_destroy)
            continue;
        graph_mark_needs(&walk->graph, node->id, forcing->marks, forcing->scratch);
        any = true;
    }
    return any;
}

static void force_block(const Forcing *forcing, Node *node) {
    if (node->kind == NODE_RESOURCE && forcing->marks[node->id] &&
        node->as.resource->config->mode == MODE_MANAGED) {
        node->as.resource->create_before_destroy = true;
        log_debug("create before destroy", log_text("name", node->name));
    }
}

static void collect_keys(Forcing *forcing) {
    EngineWalk *walk = forcing->walk;
    forcing->keys = arena_new_array(forcing->scratch, ForcedKeys, walk->nodes.count);
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        if (!forcing->marks[node->id])
            continue;
        vec_each(&node->uses, use) {
            ForcedKeys *forced = &forcing->keys[use->value->id];
            forced->is_whole |= use->key.kind == KEY_NONE;
            vec_push(forcing->scratch, &forced->keys, use->key);
        }
    }
}

static int compare_key(const void *a, const void *b) {
    return address_key_compare(*(const InstanceKey *)a, *(const InstanceKey *)b);
}

/* A reference to an instance that the plan does not have counts as one to the whole resource. */
static bool names_missing(const ForcedKeys *forced, const ResourceNode *resource, Arena *scratch) {
    VEC(InstanceKey) planned = {0};
    vec_each(&resource->planned, run) {
        vec_push(scratch, &planned, (*run)->change->address.key);
    }
    if (planned.count > 0)
        qsort(planned.items, planned.count, sizeof(InstanceKey), compare_key);
    vec_each(&forced->keys, key) {
        if (planned.count == 0 ||
            !bsearch(key, planned.items, planned.count, sizeof(InstanceKey), compare_key))
            return true;
    }
    return false;
}

static void force_instances(const Forcing *forcing, const ResourceNode *resource) {
    ForcedKeys *forced = &forcing->keys[resource->value->id];
    bool is_whole = forced->is_whole || forced->keys.count == 0 ||
                    names_missing(forced, resource, forcing->scratch);
    if (!is_whole)
        qsort(forced->keys.items, forced->keys.count, sizeof(InstanceKey), compare_key);
    log_debug("forced instances", log_text("name", resource->address),
              log_number("whole", is_whole), log_number("keys", (int64_t)forced->keys.count));
    vec_each(&resource->planned, run) {
        (*run)->create_before_destroy =
            is_whole || bsearch(&(*run)->change->address.key, forced->keys.items,
                                forced->keys.count, sizeof(InstanceKey), compare_key);
    }
}

bool transform_lifecycle(EngineWalk *walk, Diags *) {
    SCOPED(ArenaRef) scratch = arena_open("lifecycle");
    Forcing forcing = {.walk = walk, .scratch = scratch};
    forcing.marks = arena_new_array(scratch, bool, walk->nodes.count);
    if (!mark_blocks(&forcing))
        return true;
    if (walk->plan)
        collect_keys(&forcing);
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        bool is_own = node->kind != NODE_RESOURCE || node->as.resource->create_before_destroy;
        force_block(&forcing, node);
        if (walk->plan && !is_own && node->as.resource->create_before_destroy)
            force_instances(&forcing, node->as.resource);
    }
    return true;
}
