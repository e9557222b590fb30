/* -exclude: deselects the named blocks and everything that depends on them.
 *
 * In a destroy, the dependencies of excluded objects are kept instead. An address with keys
 * excludes only those instances. All users of the block are excluded nevertheless, because they
 * need the whole block. Unless destroying, root outputs that show no resource are excluded too. */
#include "log.h"
#include "transform.h"

typedef struct Exclusion {
    bool is_named;
    bool is_whole; /* every instance is excluded */
} Exclusion;

static bool exclude_has_keys(const AddressTarget *target) {
    if (target->is_resource && target->resource.key.kind != KEY_NONE)
        return true;
    for (const ModuleAddr *step = target->module; step; step = step->parent) {
        if (step->key.kind != KEY_NONE)
            return true;
    }
    return false;
}

/* Compares addresses without keys, because nothing is expanded yet. */
static bool names_block(const AddressTarget *target, const ResourceNode *resource, Arena *scratch) {
    if (target->is_resource)
        return str_equal(resource_addr_to_config_str(target->resource, scratch), resource->address);
    Str path = module_addr_to_config_str(target->module, scratch);
    return path.len == 0 || str_starts_with(resource->address, str_concat(path, STR("."), scratch));
}

static bool names_object(const AddressTarget *target, const ResourceNode *resource) {
    vec_each(&resource->stored, stored) {
        ResourceAddr address = (*stored)->address;
        vec_each(&(*stored)->instances, instance) {
            address.key = instance->key;
            if (address_target_matches(target, address))
                return true;
        }
    }
    return false;
}

/* A destroy can keep only objects that exist. */
static bool is_named_by(const EngineWalk *walk, const AddressTarget *target,
                        const ResourceNode *resource, Arena *scratch) {
    return names_block(target, resource, scratch) &&
           (walk->options->mode != PLAN_DESTROY || names_object(target, resource));
}

static Exclusion exclusion_of(const EngineWalk *walk, const Node *node, Arena *scratch) {
    Exclusion out = {0};
    vec_each(&walk->options->excludes, target) {
        if (!is_named_by(walk, target, node->as.resource, scratch))
            continue;
        out.is_named = true;
        out.is_whole |= !exclude_has_keys(target);
    }
    log_debug("exclusion", log_text("name", node->name), log_number("named", out.is_named),
              log_number("whole", out.is_whole));
    return out;
}

static void leave_out(Node *node) {
    node->is_selected = false;
    node->is_target = false;
}

/* Excludes all users of the block, and the block itself if every instance is excluded. */
static void exclude_block(EngineWalk *walk, Node *node, bool is_whole, Arena *scratch) {
    bool *users = arena_new_array(scratch, bool, walk->nodes.count);
    const Node *value = node->kind == NODE_RESOURCE ? node->as.resource->value : node;
    graph_mark_users(&walk->graph, value->id, users, scratch);
    users[node->id] = is_whole;
    vec_each(&walk->nodes, item) {
        if (users[(*item)->id] && (*item)->kind != NODE_DESTROY)
            leave_out(*item);
    }
}

/* Dependencies of an excluded object are not destroyed, but they are still visited. */
static void keep_block(EngineWalk *walk, Node *node, bool is_whole, Arena *scratch) {
    bool *needs = arena_new_array(scratch, bool, walk->nodes.count);
    graph_mark_needs(&walk->graph, node->id, needs, scratch);
    needs[node->id] = is_whole;
    vec_each(&walk->nodes, item) {
        if (needs[(*item)->id])
            (*item)->is_target = false;
    }
}

static bool shows_resource(const EngineWalk *walk, const Node *output, Arena *scratch) {
    bool *needs = arena_new_array(scratch, bool, walk->nodes.count);
    graph_mark_needs(&walk->graph, output->id, needs, scratch);
    vec_each(&walk->nodes, item) {
        if (needs[(*item)->id] && (*item)->kind == NODE_RESOURCE)
            return true;
    }
    return false;
}

static void exclude_outputs(EngineWalk *walk, Arena *scratch) {
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind == NODE_OUTPUT && !node->module->parent &&
            !shows_resource(walk, node, scratch))
            leave_out(node);
    }
}

bool transform_exclude(EngineWalk *walk, Diags *) {
    if (!walk->options || walk->options->excludes.count == 0)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("exclude");
    bool destroying = walk->options->mode == PLAN_DESTROY;
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind != NODE_RESOURCE && node->kind != NODE_ORPHAN)
            continue;
        arena_reset(scratch);
        Exclusion exclusion = exclusion_of(walk, node, scratch);
        if (!exclusion.is_named)
            continue;
        if (destroying)
            keep_block(walk, node, exclusion.is_whole, scratch);
        else
            exclude_block(walk, node, exclusion.is_whole, scratch);
    }
    if (!destroying)
        exclude_outputs(walk, scratch);
    return true;
}
