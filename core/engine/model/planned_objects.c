/* planned_objects: a scan of the nodes. */
#include "planned_objects.h"

static bool is_object(const ResourceChange *planned, Str type) {
    return planned && planned->action != ACTION_DELETE && planned->address.mode == MODE_MANAGED &&
           str_equal(planned->address.type, type);
}

static void add_node(const Node *node, Str type, PlannedObjects *out, Arena *arena) {
    vec_each(&node->module->instances, module) {
        const ResourceExpansion *resource = node_slot(node, *module)->payload;
        for (size_t i = 0; resource && i < resource->expansion.count; i++) {
            const ResourceChange *planned = resource->records[i].planned;
            if (is_object(planned, type))
                vec_push(arena, out, planned);
        }
    }
}

void planned_objects_find(const EngineWalk *walk, const ResourceNode *resource, Str type,
                          PlannedObjects *out, Arena *arena) {
    vec_each(&walk->nodes, node) {
        if ((*node)->kind == NODE_RESOURCE &&
            node_depends_on(resource, (*node)->as.resource->address))
            add_node(*node, type, out, arena);
    }
}
