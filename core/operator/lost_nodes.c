#include "lost_nodes.h"

#include "object_meta.h"

typedef struct LostNode {
    int64_t since_ms; /* -1: not lost */
    int64_t changed_ms;
} LostNode;

typedef struct Node {
    struct NodeStatus {
        StatusConditions conditions;
    } status;
} Node;

typedef struct NodeStatus NodeStatus;

static const RecordRow status_rows[] = {
    ROW_LIST(NodeStatus, "conditions", conditions, StatusCondition, status_condition_record),
};
static const Record status_record = RECORD(NodeStatus, status_rows);

static const RecordRow rows[] = {
    ROW_OBJECT(Node, "status", status, NodeStatus, status_record),
};
static const Record node_record = RECORD(Node, rows);

NodeSight lost_nodes_read(const KubeCall *call, Str name) {
    static const KubeResource resource = {STR_CONST(""), STR_CONST("v1"), STR_CONST("Node"),
                                          STR_CONST("nodes")};
    KubeResponse response = {0};
    Node node = {0};
    const StatusCondition *ready;
    const char *error;
    if (kube_call_get(call, &(KubeRef){&resource, .name = name}, &response, NULL) != KUBE_DONE ||
        !record_from_json(response.body, &node_record, &node, &error, call->arena))
        return (NodeSight){0};
    ready = object_meta_condition(&node.status.conditions, "Ready");
    return (NodeSight){ready && ready->status != CONDITION_TRUE, ready ? ready->since_ms : 0};
}

void lost_nodes_put(LostNodes *nodes, Str name, NodeSight sight, int64_t monotonic_ms) {
    LostNode *node = map_find(&nodes->since, name);
    if (!node && !sight.is_lost)
        return;
    if (!node) {
        node = arena_new(nodes->arena, LostNode);
        node->since_ms = -1;
        map_set(&nodes->since, str_clone(name, nodes->arena), node);
    }
    if (!sight.is_lost)
        node->since_ms = -1;
    else if (node->since_ms < 0 || node->changed_ms != sight.changed_ms)
        *node = (LostNode){monotonic_ms, sight.changed_ms};
}

int64_t lost_nodes_since(const LostNodes *nodes, Str name) {
    const LostNode *node = map_find(&nodes->since, name);
    return node ? node->since_ms : -1;
}
