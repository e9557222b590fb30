/* kubeadm_refresh: the files of the machine, and the Node if its labels matter. */
#include "kubeadm_refresh.h"
#include "bootstrap_token.h"
#include "kube_object.h"
#include "kubeadm_certificates.h"
#include "kubeadm_serving.h"
#include "kubeadm_step.h"
#include "kubelet_step.h"
#include "node_object.h"
#include "path_error.h"

/* Keeps the keys of the stored map that the node has, with the node's values. */
static Value observed(Value stored, Value node, const char *name, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    Value metadata, live, value;
    if (!value_is_present(stored) || !value_find_present(node, STR("metadata"), &metadata))
        return stored;
    bool has_live = value_find_present(metadata, str_from_cstr(name), &live);
    for (size_t i = 0; i < stored.count; i++) {
        Str key = value_key_at(stored, i);
        if (has_live && value_find_present(live, key, &value))
            object_builder_put(&builder, key, value);
    }
    return object_builder_map(&builder, &TYPE_STRING);
}

/* Sets what the Node shows; only called if the object has labels or annotations. */
static bool kubeadm_refresh_read_metadata(const KubeadmNode *node, Value *state, bool *is_refused,
                                          Diags *diags) {
    Arena *arena = node->call->arena;
    SCOPED(ClusterApi) api = {0};
    Value found;
    *is_refused = false;
    if (!kubeadm_node_api(node, &api, diags) ||
        !node_object_try_read(&api, node->name, &found, is_refused, diags))
        return false;
    if (!value_is_present(found))
        return true;
    ObjectBuilder builder = object_builder_of(*state, arena);
    object_builder_set(&builder, "labels",
                       observed(object_attribute(*state, "labels"), found, "labels", arena));
    object_builder_set(
        &builder, "annotations",
        observed(object_attribute(*state, "annotations"), found, "annotations", arena));
    object_builder_set_optional(&builder, "pod_cidr", kube_object_text(found, "spec", "podCIDR"),
                                arena);
    *state = object_builder_value(&builder);
    return true;
}

/* "v1.34.4" and "1.34.4" are equal: the state keeps the text of the configuration. */
static void kubeadm_refresh_set_version(Value *state, Str found, Arena *arena) {
    KubeVersion stored, live;
    Str text = object_text(*state, "kubernetes_version", STR_EMPTY);
    if (kube_version_parse(found, &live) &&
        (!kube_version_parse(text, &stored) || kube_version_compare(stored, live) != 0))
        *state =
            object_with_text(*state, "kubernetes_version", kube_version_text(live, arena), arena);
}

/* A control plane has a version only when its kubelet has it, too: in an upgrade over several minor
 * versions the kubelet comes last, and a step that failed may have left it behind. */
static Str version_of(const HostFacts *facts, bool is_control_plane) {
    Str kubelet = host_facts_running_kubelet(facts);
    KubeVersion server, own;
    bool is_newer = is_control_plane && kube_version_parse(facts->server_version, &server) &&
                    (!kube_version_parse(kubelet, &own) || kube_version_compare(own, server) > 0);
    return is_newer ? facts->server_version : kubelet;
}

static bool kubeadm_refresh_assume_unchanged(const Call *call, Str why, Diags *diags) {
    path_warning(call, NO_PATH, diags, "State of the node unknown",
                 "The machine does not report its state, so loam assumes that the node is "
                 "unchanged. %.*s",
                 STR_ARG(why));
    return true;
}

/* A kubelet that ends again and again is never "active" for long: systemd waits to start it again.
 */
static void warn_of_kubelet(const KubeadmNode *node, const HostFacts *facts, Diags *diags) {
    if (!str_equal(facts->init, STR("systemd")) ||
        str_is_among(STR("kubelet"), facts->active.items, facts->active.count))
        return;
    path_warning(node->call, NO_PATH, diags, "Kubelet does not run",
                 "The kubelet of the node \"%.*s\" was stopped, or ends again and again. Read "
                 "\"journalctl -u kubelet\" on %.*s.",
                 STR_ARG(node->name), STR_ARG(node->link->target.host));
}

bool kubeadm_refresh_nodes(const Call *call, Value *state, Diags *diags) {
    SCOPED(SshLink) link = {0};
    SCOPED(ClusterApi) api = {0};
    KubeadmNode node;
    Diags problems = diags_new(call->arena);
    bool is_refused = false;
    Value items;
    if (!kubeadm_node_open(call, *state, object_text(*state, "id", STR_EMPTY), &link, &node, diags))
        return false;
    /* An import has no certificate authority yet. */
    if (node.is_imported)
        return true;
    ssh_client_limit_to_plan(&link);
    if (!kubeadm_node_api(&node, &api, &problems) ||
        !node_object_try_list(&api, &items, &is_refused, &problems)) {
        if (is_refused || call_is_cancelled(call)) {
            diags_append(diags, &problems);
            return false;
        }
        path_warning(call, NO_PATH, diags, "State of the nodes unknown",
                     "The API server does not list the nodes. %.*s",
                     STR_ARG(problems.items[0].detail));
        return true;
    }
    StrVec lines = node_object_not_ready(items, call->arena);
    if (lines.count)
        path_warning(call, NO_PATH, diags, "Nodes not ready", "%.*s",
                     STR_ARG(str_join(lines.items, lines.count, STR("\n"), call->arena)));
    return kubeadm_serving_refresh(call, &api, items, state, diags);
}

/* Only a kubeadm_init has the attribute, null in states of releases without it. */
static void set_change(Value *state, bool is_unfinished, Arena *arena) {
    Value found;
    if (value_find(*state, STR("change_unfinished"), &found) &&
        (is_unfinished || value_is_present(found)))
        *state = object_with(*state, "change_unfinished", value_bool(is_unfinished), arena);
}

/* Only a kubeadm_join has the attribute. The next apply completes the step: it finds a difference.
 */
static void set_patch(Value *state, Arena *arena) {
    Value found;
    ObjectBuilder none = object_builder_new(arena);
    if (value_find(*state, STR("kubelet_patch"), &found))
        *state = object_with(*state, "kubelet_patch", object_builder_value(&none), arena);
}

/* The flags of a kubelet that a killed apply or a person has changed. */
static void set_flags(Value *state, const HostFacts *facts, Arena *arena) {
    Value stored = kubelet_flags_of(*state, arena);
    Value found = kubelet_flags_observed(stored, facts->kubelet_flags, facts->kubelet_own_flags,
                                         stored.type, arena);
    if (!value_identical(stored, found))
        *state = kubelet_flags_with(*state, found, arena);
}

bool kubeadm_refresh_read(const Call *call, const ReadRequest *request, bool is_control_plane,
                          Value *state, bool *is_restoring, Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    HostLook look;
    Diags problems = diags_new(call->arena);
    Str id = object_text(*state, "id", STR_EMPTY);
    if (!kubeadm_node_open(call, *state, id, &link, &node, diags))
        return false;
    node.is_control_plane = is_control_plane;
    *is_restoring = false;
    ssh_client_limit_to_plan(&link);
    if (!host_look(&link, NULL, &look, &problems)) {
        if (ssh_client_may_assume_unchanged(&link, request))
            return kubeadm_refresh_assume_unchanged(call, problems.items[0].detail, diags);
        diags_append(diags, &problems);
        return false;
    }
    /* An interrupted removal continues with the object; an interrupted upgrade with its version. */
    if (kubeadm_step_has_reset(&look.facts.steps, id))
        return true;
    if (kubeadm_node_part(&node, &look.facts) != KUBEADM_PART_NODE) {
        *state = value_null(state->type);
        return true;
    }
    warn_of_kubelet(&node, &look.facts, diags);
    kubeadm_serving_warn(&node, &look.facts, diags);
    ClusterNode identity = node_identity_of(&look.facts, node.name, node.address);
    ObjectBuilder builder = object_builder_of(*state, call->arena);
    kubeadm_node_set_identity(&builder, &identity, call->arena);
    *state = object_builder_value(&builder);
    *is_restoring = look.facts.restored.len > 0;
    set_change(state, look.facts.changing.len > 0, call->arena);
    if (kubelet_step_is_unfinished(&look.facts.steps, id, call->arena))
        set_patch(state, call->arena);
    set_flags(state, &look.facts, call->arena);
    if (!kubeadm_step_has_upgrade(&look.facts.steps, id))
        kubeadm_refresh_set_version(state, version_of(&look.facts, is_control_plane), call->arena);
    Str end = kubeadm_certificates_end(&look.facts, call->arena);
    if (is_control_plane)
        kubeadm_certificates_warn(&node, end, diags);
    if (is_control_plane && end.len)
        *state = object_with_text(*state, "certificates_expire", end, call->arena);
    bool has_metadata = object_has(*state, "labels") || object_has(*state, "annotations");
    bool is_refused;
    if (!has_metadata || kubeadm_refresh_read_metadata(&node, state, &is_refused, &problems))
        return true;
    if (!is_refused && !call_is_cancelled(call))
        return kubeadm_refresh_assume_unchanged(call, problems.items[0].detail, diags);
    diags_append(diags, &problems);
    return false;
}

/* Waits for the Node. *is_absent: the cluster responds, and has none. */
static bool wait_for_node(const Call *call, const ClusterApi *api, Str name, Value *out,
                          bool *is_absent, Diags *diags) {
    Diags problems = diags_new(call->arena);
    Diags ignored = diags_new(call->arena);
    *is_absent = false;
    if (node_object_wait(call, api, name, out, &problems)) {
        diags_append(diags, &problems);
        return true;
    }
    *is_absent = !call_is_cancelled(call) && node_object_read(api, name, out, &ignored) &&
                 !value_is_present(*out);
    if (!*is_absent)
        diags_append(diags, &problems);
    return false;
}

bool kubeadm_refresh_recover(const Call *call, const RecoverRequest *request, const char *verb,
                             bool is_control_plane, RecoverResponse *response, Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    RemoteStepState step;
    bool is_good = false, is_absent = false;
    if (!kubeadm_node_open(call, request->planned, request->marker, &link, &node, diags))
        return false;
    node.is_control_plane = is_control_plane;
    ssh_client_limit_connections_to_plan(&link);
    if (!kubeadm_step_recover(&link, node.id, verb, &step, &is_good, diags))
        return false;
    if (step == REMOTE_STEP_RUNNING)
        return path_error(call, NO_PATH, diags, "kubeadm still runs",
                          "An earlier run has started \"kubeadm %s\" on %.*s, which has not ended. "
                          "Apply again later; \"timeouts\" lets loam wait longer.",
                          verb, STR_ARG(link.target.host));
    /* A failed step leaves a machine that the next creation resets. */
    if (!is_good)
        return true;
    SCOPED(ClusterApi) api = {0};
    HostLook look;
    Value found;
    if (!host_look(&link, NULL, &look, diags) || !kubeadm_node_api(&node, &api, diags))
        return false;
    /* A kubelet that does not register: the next creation of a join resets the machine. */
    if (!wait_for_node(call, &api, node.name, &found, &is_absent, diags))
        return is_absent;
    ClusterNode identity = node_identity_of(&look.facts, node.name, node.address);
    ObjectBuilder builder = kubeadm_node_made(&node, &identity);
    response->state = object_builder_value(&builder);
    bootstrap_token_delete(call, &api, node.id, diags);
    /* The object counts as created, so no later apply does it. */
    if (!kubeadm_node_approve(&node, &api, found, diags))
        return false;
    object_builder_set_optional(&builder, "pod_cidr", kube_object_text(found, "spec", "podCIDR"),
                                call->arena);
    response->state = object_builder_value(&builder);
    if (!kubeadm_refresh_read_metadata(&node, &response->state, &is_absent, diags))
        return false;
    response->outcome = RECOVER_COMPLETE;
    return true;
}
