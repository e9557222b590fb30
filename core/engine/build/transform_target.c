/* -target and -invoke: selects the named blocks and their dependencies; other nodes are not
 * visited.
 *
 * A destroy also destroys the dependents that the state records for the targets, instance by
 * instance. It keeps the dependencies of the targets. Otherwise a root output is selected if it
 * shows resources, and all of them are selected. */
#include "transform.h"

#include "log.h"

typedef struct Part {
    EngineWalk *walk;
    Map users; /* configuration address → Users: dependents in the state */
    VEC(ResourceAddr) found;
    Arena *scratch;
} Part;

typedef VEC(ResourceAddr) Users;

static void note_users(Part *part, ResourceAddr address, const StateObject *object) {
    for (size_t i = 0; object && i < object->dependency_count; i++) {
        Users *users = map_find(&part->users, object->dependencies[i]);
        if (!users) {
            users = arena_new(part->scratch, Users);
            map_set(&part->users, object->dependencies[i], users);
        }
        vec_push(part->scratch, users, address);
    }
}

static void destroy_object(Part *part, ResourceAddr address) {
    Str text = resource_addr_to_str(address, part->walk->arena);
    if (map_has(&part->walk->destroyed, text))
        return;
    log_debug("object to destroy", log_text("address", text));
    map_set(&part->walk->destroyed, text, part->walk);
    vec_push(part->scratch, &part->found, address);
}

static void target_read_stored(Part *part, const StateResource *stored) {
    vec_each(&stored->instances, instance) {
        ResourceAddr address = stored->address;
        address.key = instance->key;
        note_users(part, address, instance->current);
        vec_each(&instance->deposed, deposed) {
            note_users(part, address, deposed->object);
        }
        vec_each(&part->walk->options->targets, target) {
            if (address_target_matches(target, address))
                destroy_object(part, address);
        }
    }
}

/* Returns true for addresses in two instances of the same module, which do not depend on each
 * other. */
static bool are_side_by_side(ResourceAddr a, ResourceAddr b, Arena *arena) {
    return str_equal(module_addr_to_config_str(a.module, arena),
                     module_addr_to_config_str(b.module, arena)) &&
           !str_equal(module_addr_to_str(a.module, arena), module_addr_to_str(b.module, arena));
}

static void target_find_part(EngineWalk *walk, Arena *scratch) {
    Part part = {.walk = walk, .users = map_new(scratch), .scratch = scratch};
    walk->destroyed = map_new(walk->arena);
    map_each(&walk->state->resources, entry) {
        target_read_stored(&part, entry->value);
    }
    for (size_t i = 0; i < part.found.count; i++) {
        ResourceAddr on = part.found.items[i];
        const Users *users = map_find(&part.users, resource_addr_to_config_str(on, scratch));
        for (size_t k = 0; users && k < users->count; k++) {
            if (!are_side_by_side(on, users->items[k], scratch))
                destroy_object(&part, users->items[k]);
        }
    }
}

static bool is_in_part(const EngineWalk *walk, const Node *node, Arena *scratch) {
    if (walk->plan)
        return node->as.resource->planned.count > 0;
    vec_each(&node->as.resource->stored, stored) {
        vec_each(&(*stored)->instances, instance) {
            ResourceAddr address = (*stored)->address;
            address.key = instance->key;
            if (map_has(&walk->destroyed, resource_addr_to_str(address, scratch)))
                return true;
        }
    }
    return false;
}

/* The targets by configuration address. */
typedef struct Named {
    Map resources; /* → ResourceAddr *: the target, preferably one that names all instances */
    Map modules;
} Named;

static bool names_all(const ResourceAddr *address) {
    return address->key.kind == KEY_NONE && !address->module;
}

static Named target_read_targets(const EngineWalk *walk, Arena *scratch) {
    Named named = {map_new(scratch), map_new(scratch)};
    vec_each(&walk->options->targets, target) {
        if (!target->is_resource) {
            map_set(&named.modules, module_addr_to_config_str(target->module, scratch), target);
            continue;
        }
        Str text = resource_addr_to_config_str(target->resource, scratch);
        const ResourceAddr *before = map_find(&named.resources, text);
        if (!before || !names_all(before))
            map_set(&named.resources, text, &target->resource);
    }
    return named;
}

/* A plan selects whole blocks. An apply changes only the instances that the targets depend on, by
 * their literal keys, unless the block is a target itself. */
static void want_instances(EngineWalk *walk, const bool *targets, const bool *selected) {
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind == NODE_RESOURCE && targets[node->id])
            node->as.resource->is_wanted_whole = true;
        if (!selected[node->id])
            continue;
        vec_each(&node->uses, use) {
            ResourceNode *resource = use->value->as.resource;
            resource->is_wanted_whole |= use->key.kind == KEY_NONE;
            vec_push(walk->arena, &resource->wanted, use->key);
        }
    }
}

/* Apply: returns true if the node refers to instances that are not selected. */
static bool shows_unwanted(const Node *node) {
    vec_each(&node->uses, use) {
        if (!node_wants(use->value->as.resource, use->key))
            return true;
    }
    return false;
}

/* Returns true if one of the modules contains the address. */
static bool is_in_module(const Map *modules, Str address) {
    if (modules->count == 0)
        return false;
    for (size_t i = 0; i < address.len; i++)
        if ((i == 0 || address.ptr[i] == '.') && map_has(modules, str_slice(address, 0, i)))
            return true;
    return false;
}

static bool target_is_named(const Named *named, const Node *node, bool *whole) {
    const ResourceNode *resource = node->as.resource;
    const ResourceAddr *target = map_find(&named->resources, resource->address);
    if (target && names_all(target))
        *whole = true;
    return target || is_in_module(&named->modules, resource->address);
}

typedef struct Shown {
    bool any;       /* it refers to resources */
    bool is_beyond; /* it refers to a resource or an instance that is not selected */
} Shown;

/* Computes the result of a node from the results of its dependencies, which are complete. */
static Shown shown_by(const EngineWalk *walk, const Shown *shown, const bool *selected,
                      GraphNode id) {
    Shown out = {.is_beyond = shows_unwanted(walk->nodes.items[id])};
    for (uint32_t i = walk->graph.need_start[id]; i < walk->graph.need_start[id + 1]; i++) {
        GraphNode need = walk->graph.need[i];
        bool is_resource = walk->nodes.items[need]->kind == NODE_RESOURCE;
        out.any |= is_resource || shown[need].any;
        out.is_beyond |= (is_resource && !selected[need]) || shown[need].is_beyond;
    }
    return out;
}

static void select_outputs(EngineWalk *walk, bool *selected, Arena *scratch) {
    Shown *shown = arena_new_array(scratch, Shown, walk->nodes.count);
    GraphNodes order = {0};
    graph_topological_order(&walk->graph, &order, scratch);
    vec_each(&order, id) {
        shown[*id] = shown_by(walk, shown, selected, *id);
    }
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        if (node->kind == NODE_OUTPUT)
            log_debug("output of targets", log_text("name", node->name),
                      log_number("any", shown[node->id].any),
                      log_number("beyond", shown[node->id].is_beyond));
        if (node->kind == NODE_OUTPUT && !node->module->parent && shown[node->id].any &&
            !shown[node->id].is_beyond)
            graph_mark_needs(&walk->graph, node->id, selected, scratch);
    }
}

/* Marks the nodes that the targets name. */
static void mark_targets(EngineWalk *walk, bool *targets, Arena *scratch) {
    Named named = target_read_targets(walk, scratch);
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        targets[node->id] = node->kind == NODE_INVOKE;
        if (node->kind != NODE_RESOURCE && node->kind != NODE_ORPHAN)
            continue;
        bool is_nested = node->as.resource->config && node->as.resource->config->check;
        if (is_nested || !target_is_named(&named, node, &node->selects_all))
            continue;
        targets[node->id] = true;
        log_debug("target", log_text("name", node->name), log_number("whole", node->selects_all));
    }
}

/* Selects the nodes to destroy, and their dependencies. */
static void select_part(EngineWalk *walk, const bool *named, bool *selected, Arena *scratch) {
    if (!walk->plan)
        target_find_part(walk, scratch);
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        bool holds_objects = node->kind == NODE_RESOURCE || node->kind == NODE_ORPHAN;
        node->is_target = holds_objects && (named[node->id] || is_in_part(walk, node, scratch));
        if (node->is_target)
            graph_mark_needs(&walk->graph, node->id, selected, scratch);
    }
}

bool transform_target(EngineWalk *walk, Diags *) {
    bool is_invoking = walk->options &&
                       (walk->options->invoke || (walk->plan && walk->plan->invocations.count > 0));
    if (!walk->options || (walk->options->targets.count == 0 && !is_invoking))
        return true;
    SCOPED(ArenaRef) scratch = arena_open("target");
    size_t count = walk->nodes.count;
    bool destroying = walk->options->mode == PLAN_DESTROY;
    bool *targets = arena_new_array(scratch, bool, count);
    bool *selected = arena_new_array(scratch, bool, count);
    mark_targets(walk, targets, scratch);
    for (size_t i = 0; i < count; i++) {
        if (targets[i])
            graph_mark_needs(&walk->graph, (GraphNode)i, selected, scratch);
    }
    vec_each(&walk->nodes, item) {
        (*item)->selects_all |= selected[(*item)->id] && !targets[(*item)->id];
    }
    if (walk->plan && !destroying)
        want_instances(walk, targets, selected);
    if (destroying)
        select_part(walk, targets, selected, scratch);
    else
        select_outputs(walk, selected, scratch);
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind == NODE_DESTROY)
            continue;
        node->is_selected = selected[node->id];
        if (!destroying)
            node->is_target = node->is_selected;
    }
    return true;
}
