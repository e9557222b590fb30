/* node_object: reads and merge patches. */
#include "node_object.h"
#include "json.h"
#include "kube_error.h"
#include "kube_object.h"
#include "object_builder.h"

#define NETWORK_WAIT_MS   INT64_C(20000)  /* in a cluster that may allocate none */
#define NODE_WAIT_MS      INT64_C(160000) /* after NETWORK_WAIT_MS */
#define NODE_VERSION_MS   INT64_C(300000)
#define READY_WAIT_MS     INT64_C(60000) /* more than the grace period of the node controller */
#define CONTROL_PLANES_MS INT64_C(3600000)
#define CORDONED          "loam.internal/cordoned" /* annotation: this program did it */
#define ALL               "/api/v1/nodes"
#define CONTROL_PLANES    ALL "?labelSelector=node-role.kubernetes.io%2Fcontrol-plane"

static KubeRef node_ref(Str name) {
    return (KubeRef){.resource = &cluster_api_nodes, .name = name};
}

/* Returns whether the server or this program is not accepted. */
static bool refuses(const KubeResponse *response) {
    return response->transport == HTTP_BAD_CERTIFICATE || response->code == 401 ||
           response->code == 403;
}

bool node_object_try_read(const ClusterApi *api, Str name, Value *out, bool *is_refused,
                          Diags *diags) {
    KubeRef ref = node_ref(name);
    KubeResponse response = {0};
    *out = value_null(&TYPE_DYNAMIC);
    KubeOutcome outcome = kube_call_get(&api->call, &ref, &response, diags);
    *is_refused = outcome == KUBE_FAILED && refuses(&response);
    if (outcome == KUBE_ABSENT)
        return true;
    if (outcome == KUBE_DONE && kube_client_decode(&response, out, api->call.arena))
        return true;
    return kube_error_report(&api->call, "Node not read", &ref, &response, diags);
}

bool node_object_read(const ClusterApi *api, Str name, Value *out, Diags *diags) {
    bool is_refused;
    return node_object_try_read(api, name, out, &is_refused, diags);
}

typedef struct NodeLook {
    const ClusterApi *api;
    Str name;
    Value *out;
    bool needs_network;
} NodeLook;

static bool see_node(void *payload, Value node, Wait *wait) {
    const NodeLook *look = payload;
    if (!value_is_present(node)) {
        wait->reason = STR("there is no such node yet");
        return false;
    }
    wait->reason = STR("the node has no network of pods yet");
    if (look->needs_network && !kube_object_text(node, "spec", "podCIDR").len)
        return false;
    *look->out = value_clone(node, wait->call->arena);
    return true;
}

/* kubeadm has stored its configuration, in which the network of all pods has this name. */
static bool has_pod_subnet(const ClusterApi *api) {
    KubeRef ref = {.resource = &cluster_api_config_maps,
                   .namespace = STR("kube-system"),
                   .name = STR("kubeadm-config")};
    KubeResponse response;
    Value found;
    return kube_call_get(&api->call, &ref, &response, NULL) == KUBE_DONE &&
           kube_client_decode(&response, &found, api->call.arena) &&
           str_find(kube_object_text(found, "data", "ClusterConfiguration"), STR("podSubnet:"),
                    0) != SIZE_MAX;
}

bool node_object_wait(const Call *call, const ClusterApi *api, Str name, Value *out, Diags *diags) {
    NodeLook look = {api, name, out, true};
    ClusterWait request = {.what = "the node",
                           .ref = node_ref(name),
                           .see = see_node,
                           .payload = &look,
                           .timeout_ms = NETWORK_WAIT_MS};
    if (cluster_api_follow(call, api, &request, NULL) == WAIT_DONE)
        return true;
    look.needs_network = has_pod_subnet(api);
    request.timeout_ms = NODE_WAIT_MS;
    return cluster_api_follow_done(call, api, &request, diags);
}

static bool object_patch(const ClusterApi *api, Str name, Value body, const char *action,
                         Diags *diags) {
    KubePatch request = {
        .ref = node_ref(name),
        .type = KUBE_PATCH_MERGE,
        .body = json_text(body, api->call.arena),
        .manager = STR("loam"),
        .is_repeatable = true,
    };
    KubeResponse response;
    if (kube_call_patch(&api->call, &request, &response, diags) == KUBE_DONE)
        return true;
    return kube_error_report(&api->call, action, &request.ref, &response, diags);
}

static Value one(const char *name, Value value, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    object_builder_put(&builder, str_from_cstr(name), value);
    return object_builder_value(&builder);
}

/* Returns whether the patch contains anything. */
static bool object_add_changes(ObjectBuilder *out, const char *name, Value prior, Value wanted) {
    Arena *arena = out->arena;
    ObjectBuilder changes = object_builder_new(arena);
    Value found;
    bool has_one = false;
    for (size_t i = 0; value_is_present(prior) && i < prior.count; i++) {
        Str key = value_key_at(prior, i);
        if (value_is_present(wanted) && value_find(wanted, key, &found))
            continue;
        object_builder_put(&changes, key, value_null(&TYPE_DYNAMIC));
        has_one = true;
    }
    for (size_t i = 0; value_is_present(wanted) && i < wanted.count; i++) {
        object_builder_put(&changes, value_key_at(wanted, i), value_at(wanted, i));
        has_one = true;
    }
    if (has_one)
        object_builder_put(out, str_from_cstr(name), object_builder_value(&changes));
    return has_one;
}

bool node_object_set(const ClusterApi *api, Str name, const NodeMetadata *metadata, Diags *diags) {
    Arena *arena = api->call.arena;
    ObjectBuilder body = object_builder_new(arena);
    bool has_labels = object_add_changes(&body, "labels", metadata->prior_labels, metadata->labels);
    bool has_annotations = object_add_changes(&body, "annotations", metadata->prior_annotations,
                                              metadata->annotations);
    if (!has_labels && !has_annotations)
        return true;
    return object_patch(api, name, one("metadata", object_builder_value(&body), arena),
                        "Labels of the node not set", diags);
}

static bool has_taint(Value list, Value taint) {
    for (size_t i = 0; value_is_present(list) && i < list.count; i++) {
        Value item = value_at(list, i);
        if (str_equal(object_text(item, "key", STR_EMPTY), value_text_at(taint, STR("key"))) &&
            str_equal(object_text(item, "effect", STR_EMPTY), value_text_at(taint, STR("effect"))))
            return true;
    }
    return false;
}

/* Kubernetes itself sets node.kubernetes.io/… and others that no configuration has. */
static void keep_foreign(Value node, Value prior, Value taints, ValueVec *out, Arena *arena) {
    Value spec, live;
    if (!value_find_present(node, STR("spec"), &spec) ||
        !value_find_tuple(spec, STR("taints"), &live))
        return;
    for (size_t i = 0; i < live.count; i++) {
        Value taint = value_at(live, i);
        if (!has_taint(prior, taint) && !has_taint(taints, taint) &&
            !str_starts_with(value_text_at(taint, STR("key")), STR("node-role.kubernetes.io/")))
            vec_push(arena, out, taint);
    }
}

bool node_object_taint(const ClusterApi *api, Str name, Value prior, Value taints, Diags *diags) {
    Arena *arena = api->call.arena;
    ValueVec all = {0};
    Value node;
    if (!node_object_read(api, name, &node, diags))
        return false;
    if (!value_is_present(node))
        return true;
    keep_foreign(node, prior, taints, &all, arena);
    for (size_t i = 0; value_is_present(taints) && i < taints.count; i++) {
        Value taint = value_at(taints, i);
        ObjectBuilder builder = object_builder_new(arena);
        object_builder_put(&builder, STR("key"), object_attribute(taint, "key"));
        object_builder_put(&builder, STR("effect"), object_attribute(taint, "effect"));
        if (object_has(taint, "value"))
            object_builder_put(&builder, STR("value"), object_attribute(taint, "value"));
        vec_push(arena, &all, object_builder_value(&builder));
    }
    Value list = value_tuple(all.items, all.count, arena);
    return object_patch(api, name, one("spec", one("taints", list, arena), arena),
                        "Taints of the node not set", diags);
}

static bool is_unschedulable(Value node) {
    Value spec, value;
    return value_find_present(node, STR("spec"), &spec) &&
           value_find_present(spec, STR("unschedulable"), &value) && value_is_true(value);
}

static bool set_cordon(const ClusterApi *api, Str name, bool is_cordoned, const char *failure,
                       Diags *diags) {
    Arena *arena = api->call.arena;
    Value none = value_null(&TYPE_DYNAMIC);
    Value mark = one(CORDONED, is_cordoned ? value_from_cstr("true") : none, arena);
    ObjectBuilder body = object_builder_new(arena);
    object_builder_put(&body, STR("metadata"), one("annotations", mark, arena));
    object_builder_put(&body, STR("spec"),
                       one("unschedulable", is_cordoned ? value_bool(true) : none, arena));
    return object_patch(api, name, object_builder_value(&body), failure, diags);
}

bool node_object_cordon(const ClusterApi *api, Str name, Value node, Diags *diags) {
    return is_unschedulable(node) || set_cordon(api, name, true, "Node not cordoned", diags);
}

bool node_object_uncordon(const ClusterApi *api, Str name, Diags *diags) {
    Value node;
    if (!node_object_read(api, name, &node, diags))
        return false;
    return !value_is_present(node) ||
           !kube_object_text(node, "metadata.annotations", CORDONED).len ||
           set_cordon(api, name, false, "Node not uncordoned", diags);
}

bool node_object_delete(const ClusterApi *api, Str name, Diags *diags) {
    KubeDelete request = {.ref = node_ref(name), .propagation = KUBE_PROPAGATION_BACKGROUND};
    KubeResponse response;
    KubeOutcome outcome = kube_call_delete(&api->call, &request, &response, diags);
    if (outcome == KUBE_DONE || outcome == KUBE_ABSENT)
        return true;
    return kube_error_report(&api->call, "Node not deleted", &request.ref, &response, diags);
}

Str node_object_address(Value node) {
    Value status, addresses;
    if (!value_find_present(node, STR("status"), &status) ||
        !value_find_tuple(status, STR("addresses"), &addresses))
        return STR_EMPTY;
    for (size_t i = 0; i < addresses.count; i++) {
        Value address = value_at(addresses, i);
        if (str_equal(value_text_at(address, STR("type")), STR("InternalIP")))
            return value_text_at(address, STR("address"));
    }
    return STR_EMPTY;
}

/* Returns the list; null after an error. */
static Value try_list(const ClusterApi *api, Str path, bool *is_refused, Diags *diags) {
    KubeRef ref = {.resource = &cluster_api_nodes};
    KubeResponse response = {0};
    Value items;
    *is_refused = false;
    if (cluster_api_list(api, path, &items, &response, diags))
        return items;
    *is_refused = refuses(&response);
    kube_error_report(&api->call, "Nodes not listed", &ref, &response, diags);
    return value_null(&TYPE_DYNAMIC);
}

static Value object_list(const ClusterApi *api, Str path, Diags *diags) {
    bool is_refused;
    return try_list(api, path, &is_refused, diags);
}

bool node_object_try_list(const ClusterApi *api, Value *out, bool *is_refused, Diags *diags) {
    *out = try_list(api, STR(ALL), is_refused, diags);
    return value_is_present(*out);
}

bool node_object_list(const ClusterApi *api, Value *out, Diags *diags) {
    *out = object_list(api, STR(ALL), diags);
    return value_is_present(*out);
}

bool node_object_control_planes(const ClusterApi *api, Str except, StrVec *addresses,
                                Diags *diags) {
    Value items = object_list(api, STR(CONTROL_PLANES), diags);
    for (size_t i = 0; value_is_present(items) && i < items.count; i++) {
        Value node = value_at(items, i);
        Str address = node_object_address(node);
        if (address.len && !str_equal(kube_object_text(node, "metadata", "name"), except))
            vec_push(api->call.arena, addresses, address);
    }
    return value_is_present(items);
}

/* Versions. */

typedef struct VersionLook {
    const ClusterApi *api;
    Str name;
    KubeVersion version;
} VersionLook;

/* Returns the condition "Ready"; null if there is none. */
static Value ready_condition(Value node) {
    Value status, conditions;
    if (!value_find_present(node, STR("status"), &status) ||
        !value_find_tuple(status, STR("conditions"), &conditions))
        return value_null(&TYPE_DYNAMIC);
    for (size_t i = 0; i < conditions.count; i++) {
        Value condition = value_at(conditions, i);
        if (str_equal(value_text_at(condition, STR("type")), STR("Ready")))
            return condition;
    }
    return value_null(&TYPE_DYNAMIC);
}

static bool is_node_ready(Value node) {
    Value condition = ready_condition(node);
    return value_is_present(condition) &&
           str_equal(value_text_at(condition, STR("status")), STR("True"));
}

StrVec node_object_not_ready(Value items, Arena *arena) {
    StrVec lines = {0};
    for (size_t i = 0; value_is_present(items) && i < items.count; i++) {
        Value node = value_at(items, i), condition = ready_condition(node);
        if (is_node_ready(node))
            continue;
        Str why =
            value_is_present(condition) ? value_text_at(condition, STR("message")) : STR_EMPTY;
        Str name = kube_object_text(node, "metadata", "name");
        vec_push(arena, &lines,
                 str_format(arena, "%.*s: %.*s", STR_ARG(name),
                            STR_ARG(why.len ? why : STR("its kubelet has not reported yet"))));
    }
    return lines;
}

static WaitLook look_not_ready(void *payload, Wait *wait) {
    const NodeLook *look = payload;
    Diags ignored = diags_new(wait->call->arena);
    Value node;
    wait->reason = STR("the node is ready");
    bool is_ready = !node_object_read(look->api, look->name, &node, &ignored) ||
                    (value_is_present(node) && is_node_ready(node));
    return is_ready ? WAIT_LOOK_AGAIN : WAIT_LOOK_DONE;
}

bool node_object_stays_ready(const Call *call, const ClusterApi *api, Str name) {
    NodeLook look = {.api = api, .name = name};
    Str what = str_format(call->arena, "the end of the kubelet on %.*s", STR_ARG(name));
    WaitUntil until = {.what = str_to_cstr(what, call->arena),
                       .look = look_not_ready,
                       .payload = &look,
                       .timeout_ms = READY_WAIT_MS};
    return wait_until(call, &until, NULL) != WAIT_DONE;
}

/* Returns whether the node has the version; else sets the reason. */
static bool has_version(const VersionLook *look, Value node, Wait *wait) {
    KubeVersion found;
    Str name = kube_object_text(node, "metadata", "name");
    Str text = kube_object_text(node, "status.nodeInfo", "kubeletVersion");
    bool is_new =
        kube_version_parse(text, &found) && kube_version_compare(found, look->version) >= 0;
    if (is_new && (!look->name.len || is_node_ready(node)))
        return true;
    wait->reason = str_format(wait->call->arena, "%.*s has %.*s%s", STR_ARG(name), STR_ARG(text),
                              is_new ? " and is not ready" : "");
    return false;
}

static bool see_version(void *payload, Value node, Wait *wait) {
    if (value_is_present(node))
        return has_version(payload, node, wait);
    wait->reason = STR("there is no such node");
    return false;
}

static WaitLook look_versions(void *payload, Wait *wait) {
    const VersionLook *look = payload;
    Diags problems = diags_new(wait->call->arena);
    Value items = object_list(look->api, STR(CONTROL_PLANES), &problems);
    for (size_t i = 0; value_is_present(items) && i < items.count; i++) {
        if (!has_version(look, value_at(items, i), wait))
            return WAIT_LOOK_AGAIN;
    }
    return value_is_present(items) ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
}

bool node_object_wait_version(const Call *call, const ClusterApi *api, Str name,
                              KubeVersion version, Diags *diags) {
    VersionLook look = {api, name, version};
    ClusterWait one = {.what = "the upgraded node",
                       .ref = node_ref(name),
                       .see = see_version,
                       .payload = &look,
                       .timeout_ms = NODE_VERSION_MS};
    WaitUntil all = {.what = "the upgrade of the control planes",
                     .look = look_versions,
                     .payload = &look,
                     .timeout_ms = CONTROL_PLANES_MS};
    return name.len ? cluster_api_follow_done(call, api, &one, diags)
                    : wait_until_done(call, &all, diags);
}

/* Workers that are not available. */

#define CONTROL_PLANE_LABEL "node-role.kubernetes.io/control-plane"
#define AVAILABLE_MS        INT64_C(300000)

static bool is_available(Value node) {
    return !is_unschedulable(node) && is_node_ready(node);
}

StrVec node_object_unavailable(Value items, Str except, Arena *arena) {
    StrVec names = {0};
    Value role;
    for (size_t i = 0; value_is_present(items) && i < items.count; i++) {
        Value node = value_at(items, i);
        Str name = kube_object_text(node, "metadata", "name");
        bool is_worker = !kube_object_find(node, "metadata.labels", CONTROL_PLANE_LABEL, &role);
        if (is_worker && !str_equal(name, except) && !is_available(node))
            vec_push(arena, &names, name);
    }
    return names;
}

typedef struct AvailableLook {
    const ClusterApi *api;
    Str except;
    int64_t limit;
} AvailableLook;

static WaitLook look_available(void *payload, Wait *wait) {
    AvailableLook *look = payload;
    Arena *arena = wait->call->arena;
    Diags problems = diags_new(arena);
    Value items;
    if (!node_object_list(look->api, &items, &problems)) {
        wait->reason = problems.items[0].detail;
        return WAIT_LOOK_AGAIN;
    }
    StrVec names = node_object_unavailable(items, look->except, arena);
    if ((int64_t)names.count < look->limit)
        return WAIT_LOOK_DONE;
    Str list = str_join(names.items, names.count, STR(", "), arena);
    wait->reason = str_format(arena, "cordoned or not ready: %.*s, and max_unavailable is %lld",
                              STR_ARG(list), (long long)look->limit);
    return WAIT_LOOK_AGAIN;
}

bool node_object_wait_available(const Call *call, const ClusterApi *api, Str except, int64_t limit,
                                Diags *diags) {
    AvailableLook look = {api, except, limit};
    WaitUntil until = {.what = "the other workers",
                       .look = look_available,
                       .payload = &look,
                       .timeout_ms = AVAILABLE_MS};
    return wait_until_done(call, &until, diags);
}
