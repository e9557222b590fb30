/* Defers a read if dependencies of its block change. */
#include "instance.h"

#include "log.h"

/* The provider fills in defaults during the read, so a null computed attribute is unknown until
 * then. */
static Value open_top_level(const InstanceOp *op, Value config) {
    Value *items = value_copy_items(config, op->scratch);
    for (size_t i = 0; i < config.count; i++) {
        const Attribute *attribute = schema_find_attribute(op->schema, value_key_at(config, i));
        if (attribute && (attribute->flags & COMPUTED) && value_is_null(items[i]))
            items[i] = value_unknown(items[i].type);
    }
    return value_with_items(config, items, op->scratch);
}

Value deferred_read_object(InstanceOp *op, Value config) {
    PlanRequest request = {
        .prior = value_null(config.type),
        .proposed = open_top_level(op, config),
        .config = config,
    };
    return resource_plan_object(op->schema, &request, op->scratch);
}

/* Returns true if an object that the instance can refer to is changing. For a block of the same
 * module, only objects in the same module instance count. */
static bool is_seen_changing(const InstanceOp *op, const Node *block) {
    bool is_changing = block->is_changing || block->as.resource->value->is_changing;
    if (!is_changing || block->module != op->node->module)
        return is_changing;
    const ResourceExpansion *expansion = node_slot(block, op->record->module)->payload;
    return expansion && expansion->is_changing;
}

/* For a resource, only its own managed objects count: a data source has no effects. A module call
 * stands for all nodes of its module, which `is_pending` of the block covers. For any other node,
 * its own `is_pending` covers all resources behind it. */
static bool is_changing(const InstanceOp *op, const Node *on) {
    if (on->kind == NODE_RESOURCE)
        return on->as.resource->config->mode == MODE_MANAGED && is_seen_changing(op, on);
    return on->kind == NODE_MODULE ? op->node->is_pending : on->is_pending;
}

/* Logs why the read is deferred. Returns true. */
static bool is_deferred_by(const InstanceOp *op, const Node *node) {
    log_debug("read deferred", log_text("address", op->address), log_text("by", node->name));
    return true;
}

/* A reference to a resource is a dependency on it, even if the value is known. */
static bool refers_to_changing(const InstanceOp *op) {
    const EngineWalk *walk = op->walk;
    const Graph *graph = &walk->graph;
    GraphNode id = op->node->id;
    for (uint32_t i = graph->need_start[id]; i < graph->need_start[id + 1]; i++) {
        const Node *need = walk->nodes.items[graph->need[i]];
        if (need->kind != NODE_RESOURCE_VALUE)
            continue;
        const Node *block = node_find(need->module, need->as.resource->local_address);
        if (is_changing(op, block))
            return is_deferred_by(op, block);
    }
    return false;
}

bool deferred_read_is_needed(const InstanceOp *op) {
    if (op->resource->config->mode == MODE_DATA && refers_to_changing(op))
        return true;
    vec_each(&op->resource->config->depends_on, item) {
        const Binding *binding = (*item)->binding;
        if (!binding || !binding->node)
            continue;
        if (is_changing(op, binding->node))
            return is_deferred_by(op, binding->node);
    }
    for (const Node *call = op->node->module->call; call; call = call->module->call) {
        if (call->as.call->depends_on.count > 0 && call->is_pending)
            return is_deferred_by(op, call);
    }
    const Lifecycle *lifecycle = &op->resource->config->lifecycle;
    bool has_conditions = lifecycle->preconditions.count + lifecycle->postconditions.count > 0;
    return has_conditions && op->node->is_pending && is_deferred_by(op, op->node);
}

void deferred_read_merge_warnings(InstanceOp *op, size_t from) {
    for (size_t i = from; i < op->diags.count; i++)
        op->diags.items[i].is_of_walk = false;
}
