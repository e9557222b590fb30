/* Creates and finds nodes and module instances. */
#include "node.h"

Node *node_add(EngineWalk *walk, EngineModule *module, NodeKind kind, Str key, Str name,
               SourceRange range) {
    Node *node = arena_new(walk->arena, Node);
    node->kind = kind;
    node->module = module;
    node->name = name;
    node->range = range;
    node->errors = diags_new(walk->arena);
    node->is_selected = true;
    node->is_target = true;
    node->slot = module->slot_count++;
    node->id = graph_add_node(&walk->graph, node);
    vec_push(walk->arena, &walk->nodes, node);
    if (key.len > 0)
        map_set(&module->nodes, key, node);
    return node;
}

const char *node_kind_name(NodeKind kind) {
    static const char *const names[] = {
        [NODE_VARIABLE] = "variable",
        [NODE_LOCAL] = "local",
        [NODE_OUTPUT] = "output",
        [NODE_MODULE] = "module",
        [NODE_MODULE_VALUE] = "module value",
        [NODE_PROVIDER] = "provider",
        [NODE_RESOURCE] = "resource",
        [NODE_RESOURCE_VALUE] = "value",
        [NODE_ORPHAN] = "orphan",
        [NODE_IMPORT] = "import",
        [NODE_CHECK] = "check",
        [NODE_CHECK_START] = "check start",
        [NODE_EPHEMERAL_CLOSE] = "close",
        [NODE_INVOKE] = "invoke",
        [NODE_DESTROY] = "destroy",
        [NODE_DESTROY_GATE] = "destroy gate",
    };
    static_assert(ARRAY_COUNT(names) == NODE_DESTROY_GATE + 1, "a name for every kind");
    return names[kind];
}

Node *node_find(const EngineModule *module, Str key) {
    return map_find(&module->nodes, key);
}

bool node_wants(const ResourceNode *resource, InstanceKey key) {
    bool is_wanted = resource->is_wanted_whole || resource->wanted.count == 0;
    vec_each(&resource->wanted, wanted) {
        is_wanted |= address_key_equal(*wanted, key);
    }
    return is_wanted;
}

const PartErrors *node_find_errors(const Node *node, const void *part) {
    vec_each(&node->part_errors, errors) {
        if (part && errors->part == part)
            return errors;
    }
    return NULL;
}

void node_report_errors(const Node *node, Diags *diags) {
    diags_append(diags, &node->errors);
    vec_each(&node->part_errors, errors) {
        if (!errors->is_late)
            diags_append(diags, &errors->diags);
    }
}

Slot *node_slot(const Node *node, ModuleInstance *instance) {
    CHECK(instance->module == node->module);
    return &instance->slots[node->slot];
}

ModuleInstance *node_module_detached(EngineModule *module, ModuleInstance *parent, InstanceKey key,
                                     Value each_value, RepetitionKind repetition, Arena *arena) {
    ModuleInstance *instance = arena_new(arena, ModuleInstance);
    instance->module = module;
    instance->parent = parent;
    instance->key = key;
    instance->each_value = each_value;
    instance->repetition = repetition;
    if (parent) {
        instance->address =
            module_addr_child(parent->address, module->config->call->name, key, arena);
    }
    instance->slots = arena_new_array(arena, Slot, module->slot_count);
    return instance;
}

ModuleInstance *node_module_instance(EngineModule *module, ModuleInstance *parent, InstanceKey key,
                                     Value each_value, RepetitionKind repetition, Arena *arena) {
    ModuleInstance *instance =
        node_module_detached(module, parent, key, each_value, repetition, arena);
    vec_push(arena, &module->instances, instance);
    if (!module->instances_by_address.arena)
        module->instances_by_address = map_new(arena);
    map_set(&module->instances_by_address, module_addr_to_str(instance->address, arena), instance);
    return instance;
}

Value node_seen_object(const ResourceNode *resource, Value object, Arena *arena) {
    return resource->has_newer ? object
                               : schema_omit_newer(&resource->type->schema, object, NULL, arena);
}

bool node_is_read(const EngineWalk *walk, const Node *node) {
    const Graph *graph = &walk->graph;
    if (walk->phase == PHASE_EVALUATE || walk->options->console)
        return true;
    for (uint32_t i = graph->user_start[node->id]; i < graph->user_start[node->id + 1]; i++) {
        const Node *user = graph->payloads.items[graph->user[i]];
        if (user->kind != NODE_DESTROY && user->kind != NODE_DESTROY_GATE &&
            user->kind != NODE_CHECK_START)
            return true;
    }
    return false;
}

bool node_deletes(const ResourceNode *resource) {
    vec_each(&resource->planned, run) {
        if (action_deletes((*run)->change->action))
            return true;
    }
    return false;
}

static int node_compare_texts(const void *wanted, const void *item) {
    return str_compare(*(const Str *)wanted, *(const Str *)item);
}

bool node_depends_on(const ResourceNode *resource, Str address) {
    return resource->dependency_count > 0 &&
           bsearch(&address, resource->dependencies, resource->dependency_count, sizeof address,
                   node_compare_texts);
}

bool node_is_blocked(const EngineWalk *walk, const Node *node) {
    const Graph *graph = &walk->graph;
    for (uint32_t i = graph->need_start[node->id]; i < graph->need_start[node->id + 1]; i++) {
        const Node *need = graph->payloads.items[graph->need[i]];
        bool is_own = need->kind == NODE_DESTROY && need->as.mirrored == node;
        bool deletes = need->kind == NODE_DESTROY || need->kind == NODE_DESTROY_GATE;
        if (deletes && !is_own && atomic_load(&need->has_failed))
            return true;
    }
    return false;
}
