/* kubeadm_init: a cluster, made by kubeadm on its first control plane. */
#include "bootstrap_token.h"
#include "cluster_check.h"
#include "component_config.h"
#include "control_files.h"
#include "control_plane_step.h"
#include "field_since.h"
#include "kubeadm_certificates.h"
#include "kubeadm_change.h"
#include "kubeadm_check.h"
#include "kubeadm_document.h"
#include "kubeadm_encryption.h"
#include "kubeadm_files.h"
#include "kubeadm_import.h"
#include "kubeadm_join_command.h"
#include "kubeadm_kubelet.h"
#include "kubeadm_member.h"
#include "kubeadm_preview.h"
#include "kubeadm_provider.h"
#include "kubeadm_refresh.h"
#include "kubeadm_restore.h"
#include "kubeadm_rounds.h"
#include "kubeadm_schema.h"
#include "kubeadm_serving.h"
#include "kubeadm_step.h"
#include "kubeadm_upgrade.h"
#include "nested_list.h"
#include "object_id.h"
#include "path_error.h"
#include "pki_kubeconfig.h"
#include "timeouts.h"
#include "uploaded_certs.h"

#define TOKEN_TTL "15m0s"

/* clang-format off */
static const Attribute init_attributes[] = {
    KUBEADM_NODE_ATTRIBUTES(0),
    {"server",     &TYPE_STRING,  COMPUTED, "URL of the API server, known once the cluster exists: a provider that uses it is configured only then."},
    {"is_member",  &TYPE_BOOL,    COMPUTED | CHANGES_ON_UPDATE, "Whether the machine is a control plane. If not, for instance after it was replaced, the next apply lets it join a control plane that responds."},
    {"change_unfinished", &TYPE_BOOL, COMPUTED | CHANGES_ON_UPDATE, "Whether an apply ended in a change of the configuration of the control planes. The next apply completes the change, or returns to the former configuration."},
    {"restore",    NULL,          OPTIONAL, "Snapshot of etcd from which a new machine gets the data of the cluster, if no control plane is left. Ignored as long as one responds; a change is then an error. Remove it after the restore: it is used again if all control planes are lost again.", .nested = &etcd_source_argument},
    {"snapshot_before_upgrade", NULL, OPTIONAL, "Encrypted snapshot of etcd before each upgrade, on this computer. If it fails, the cluster is not upgraded.", .nested = &kubeadm_upgrade_snapshot_argument},
    {"upgrade_through", NULL,     OPTIONAL, "Versions between, for an upgrade that skips minor versions: one for each of them. All control planes change to one after the other, before kubernetes_version. Entries that the cluster has passed are ignored.", .nested = &kubeadm_rounds_argument},
    {"bootstrap_token_ttl", &TYPE_STRING, OPTIONAL, "Keeps a bootstrap token for machines that join without loam, such as \"24h\": at least one hour. An apply renews it when less than half is left, with the same text. Without this argument there is no such token.", .check = kubeadm_join_command_check_ttl},
    {"upload_certs", &TYPE_BOOL,  OPTIONAL, "Whether control planes may join without loam: each apply, if less than an hour is left, stores the encrypted certificate authorities in the cluster for two hours. Needs bootstrap_token_ttl."},
    {"join_command", &TYPE_STRING, COMPUTED | SENSITIVE, "Command by which a worker joins without loam; null without bootstrap_token_ttl."},
    {"join_command_expires", &TYPE_STRING, COMPUTED, "When the token of join_command ends, in RFC 3339."},
    {"control_plane_join_command", &TYPE_STRING, COMPUTED | SENSITIVE, "Command by which a control plane joins without loam; null without upload_certs."},
    {"uploaded_certs_expire", &TYPE_STRING, COMPUTED, "When the uploaded certificate authorities end, in RFC 3339."},
    {"renew_schedule", NULL,      OPTIONAL, "Renews the certificates of kubeadm without an apply: a timer on each control plane, one control plane at a time. Without this argument only applies renew them.", .nested = &renewal_schedule_argument},
    {"renewals",   NULL,          COMPUTED, "With renew_schedule: the last renewal by the timer of each control plane, or its failure; control planes whose timer has not run yet are missing.", .nested = &renewal_schedule_results},
    {"serving_requests", &TYPE_MAP_OF_STRING, COMPUTED, "Kubelets that wait for their serving certificate, with the names of their requests, which the next apply approves; null if none waits."},
    {"files",      NULL,          OPTIONAL, "Files below /etc/kubernetes/loam on all control planes, by their path there, such as \"audit.yaml\". A component whose flag names such a file gets a volume for it, and restarts if it changes. The state has the contents, but for those in content_wo.", .nested = &control_files_argument},
    {"encryption_at_rest", NULL,  OPTIONAL, "Encrypts objects in etcd. A change makes the API servers of all control planes know the new key, rewrites all objects, and drops the former key.", .nested = &etcd_encryption_argument},
    {"encryption_state", NULL,    COMPUTED, "Keys of encryption_at_rest, and the progress of an unfinished change; null if there was never a key.", .nested = &etcd_encryption_state},
    {"init",       NULL,          OPTIONAL, "InitConfiguration of kubeadm. Arguments of this resource win.", .nested = &kubeadm_schema_init},
    {"cluster",    NULL,          OPTIONAL, "ClusterConfiguration of kubeadm. Arguments of this resource win.", .nested = &kubeadm_schema_cluster},
    {"kubelet",    &TYPE_DYNAMIC, OPTIONAL, "KubeletConfiguration of all nodes, with the names of Kubernetes."},
    {"kube_proxy", &TYPE_DYNAMIC, OPTIONAL, "KubeProxyConfiguration of all nodes, with the names of Kubernetes."},
};
/* clang-format on */

static bool check_since(const Call *call, Value config, const char *name, KubeVersion version,
                        Diags *diags) {
    Value object = object_attribute(config, name);
    Path path = {0};
    if (!value_is_present(object) || !value_is_known(object))
        return true;
    Str problem = field_since_check(object, version, &path, call->arena);
    return !problem.len || path_error(call, kubeadm_check_below(name, path, call->arena), diags,
                                      "Argument not supported", "%.*s", STR_ARG(problem));
}

static bool check_gates(const Call *call, Value cluster, KubeVersion version, Diags *diags) {
    Value gates = object_attribute(cluster, "feature_gates");
    bool is_good = true;
    for (size_t i = 0; value_is_present(gates) && value_is_known(gates) && i < gates.count; i++) {
        Str problem = kube_release_check_gate(version, value_key_at(gates, i), call->arena);
        if (problem.len)
            is_good = path_error(call, PATH_AT(call, {"cluster"}, {"feature_gates"}), diags,
                                 "Feature gate not supported", "%.*s", STR_ARG(problem));
    }
    return is_good;
}

/* What depends on the version of Kubernetes. */
static bool check_release(const Call *call, Value config, KubeVersion version, Diags *diags) {
    bool is_good = check_since(call, config, "init", version, diags);
    is_good &= check_since(call, config, "cluster", version, diags);
    is_good &= check_gates(call, object_nested(config, "cluster", call->arena), version, diags);
    Str warning = kube_release_warning(version, call->arena);
    if (warning.len)
        path_warning(call, PATH_AT(call, {"kubernetes_version"}), diags,
                     kube_release_is_newer(version) ? "Version not tested"
                                                    : "Version without fixes",
                     "%.*s", STR_ARG(warning));
    return is_good;
}

static bool check_files(const Call *call, Value config, Diags *diags) {
    Value files = object_attribute(config, "files");
    Str key = STR_EMPTY;
    Str problem = value_is_known(files) ? control_files_check(files, &key, call->arena) : STR_EMPTY;
    return !problem.len || path_error(call, PATH_AT(call, {"files"}, {.key = key}), diags,
                                      "Path of a file not valid", "%.*s", STR_ARG(problem));
}

static bool init_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value config = request->config;
    Value cluster = object_nested(config, "cluster", call->arena);
    Value networking = object_nested(cluster, "networking", call->arena);
    NamedNetwork networks[] = {
        {"pod_subnet", object_text(networking, "pod_subnet", STR_EMPTY)},
        {"service_subnet", object_text(networking, "service_subnet", STR_EMPTY)},
    };
    Str problem = cluster_check_networks(networks, ARRAY_COUNT(networks), call->arena);
    bool is_good =
        !problem.len || path_error(call, PATH_AT(call, {"cluster"}, {"networking"}), diags,
                                   "Networks not valid", "%.*s", STR_ARG(problem));
    KubeVersion found;
    Str text = object_text(config, "kubernetes_version", STR_EMPTY);
    const KubeVersion *version = kube_version_parse(text, &found) ? &found : NULL;
    is_good &= kubeadm_check_component(call, config, "kubelet", COMPONENT_KUBELET, version, diags);
    is_good &=
        kubeadm_check_component(call, config, "kube_proxy", COMPONENT_KUBE_PROXY, version, diags);
    is_good &= kubeadm_join_command_validate(call, config, diags);
    is_good &= check_files(call, config, diags);
    kubeadm_certificates_check_schedule(call, config, diags);
    is_good &= kubeadm_encryption_validate(call, config, diags);
    is_good &= !version || kubeadm_rounds_validate(call, config, found, diags);
    return (!version || check_release(call, config, found, diags)) && is_good;
}

static bool loses_machine(const Call *call, Value prior) {
    Str host = object_text(prior, "host", STR_EMPTY);
    return call_loses(call, host) || call_loses(call, object_text(prior, "node_address", host));
}

/* Whether the machine of the cluster was replaced or is replaced by this plan, so that a new one
 * joins. */
static bool joins_again(const Call *call, Value prior, Value planned) {
    return object_differs(prior, planned, "host") || !object_bool(prior, "is_member", true) ||
           loses_machine(call, prior);
}

/* Whether the configuration asks for a restore that the state does not have. */
static bool restores_newly(Value prior, Value planned) {
    return object_has(planned, "restore") && object_differs(prior, planned, "restore");
}

/* A plan that replaces the last control plane would lose the data of the cluster, also if it
 * restores a former snapshot once more. */
static bool init_check_machine(const Call *call, const PlanRequest *request, Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    Value prior = request->prior;
    if (!call->is_planning || value_is_null(prior) || request->is_replaced ||
        !object_bool(prior, "is_member", true) || restores_newly(prior, request->proposed) ||
        !loses_machine(call, prior))
        return true;
    if (!kubeadm_node_open(call, prior, object_text(prior, "id", STR_EMPTY), &link, &node, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    return kubeadm_member_check_leave(&node, diags);
}

/* What a new machine brings. */
static void forget_machine(ObjectBuilder *builder) {
    static const char *const names[] = {"pod_cidr", "machine_id", "hostname", "mac_address"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        object_builder_set(builder, names[i], value_unknown(&TYPE_STRING));
}

static bool check_restore(const Call *call, const PlanRequest *request, Diags *diags) {
    SCOPED(EtcdSource) source = {0};
    bool is_new = value_is_null(request->prior);
    Value proposed = request->proposed;
    bool is_newly = is_new || restores_newly(request->prior, proposed);
    if (!object_has(proposed, "restore") ||
        (!is_newly && (!joins_again(call, request->prior, proposed) ||
                       kubeadm_restore_is_ignored(call, request->prior))))
        return true;
    if (!kubeadm_restore_check(call, proposed, request->config, &source, diags))
        return false;
    return is_new || joins_again(call, request->prior, proposed) || !source.head.id.len ||
           kubeadm_restore_check_lost(call, request->prior, &source, diags);
}

static bool gets_machine(const Call *call, const PlanRequest *request) {
    return !value_is_null(request->prior) && !request->is_replaced &&
           (joins_again(call, request->prior, request->proposed) ||
            restores_newly(request->prior, request->proposed));
}

static bool init_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags) {
    if (!value_is_null(request->prior) && !request->is_replaced &&
        (!kubeadm_change_plan(call, request, gets_machine(call, request), response, diags) ||
         !kubeadm_rounds_plan(call, request, response, diags)))
        return false;
    if (!value_is_null(request->prior) && !request->is_replaced)
        kubeadm_preview_plan(call, request, response, diags);
    bool responds;
    if (!check_restore(call, request, diags) || !init_check_machine(call, request, diags) ||
        !ssh_client_greet(call, request, &responds, diags) ||
        (responds && value_is_null(request->prior) &&
         !kubeadm_node_plan_cgroup(call, request->proposed, diags)))
        return false;
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    object_builder_set(&builder, "is_member", value_bool(true));
    /* Null after an import, and in states of releases without it: only an update sets it. */
    if (!value_is_null(object_builder_get(&builder, "change_unfinished")))
        object_builder_set(&builder, "change_unfinished", value_bool(false));
    if (!value_is_null(request->prior) && (joins_again(call, request->prior, request->proposed) ||
                                           restores_newly(request->prior, request->proposed))) {
        forget_machine(&builder);
        object_builder_set(&builder, "certificates_expire", value_unknown(&TYPE_STRING));
    } else if (!value_is_null(request->prior)) {
        kubeadm_certificates_plan(call, request, &builder, response);
        if (!request->is_replaced &&
            kubeadm_change_is_certified(call, request->prior, request->proposed))
            object_builder_set(&builder, "certificates_expire", value_unknown(&TYPE_STRING));
    }
    kubeadm_certificates_plan_schedule(call, request, &builder, response);
    kubeadm_serving_plan(call, request, &builder, response);
    kubeadm_join_command_plan(call, request, &builder, response, diags);
    bool is_good = kubeadm_encryption_plan(call, request, gets_machine(call, request), &builder,
                                           response, diags);
    response->planned = object_builder_value(&builder);
    return is_good;
}

/* Configurations. */

/* The token exists so that kubeadm makes none that lasts a day; it is deleted after the init. */
static Value init_fields(const KubeadmNode *node, Value init) {
    Arena *arena = node->call->arena;
    BootstrapToken token = bootstrap_token_make(node->id, arena);
    const Type *tokens = object_attribute_type(init.type, "bootstrap_tokens");
    ObjectBuilder own = object_builder_null(tokens->element, arena);
    ValueVec items = {0};
    object_builder_set_text(&own, "token", token.text, arena);
    object_builder_set(&own, "ttl", value_from_cstr(TOKEN_TTL));
    vec_push(arena, &items, object_builder_value(&own));
    for (size_t i = 0; i < nested_list_count(init, "bootstrap_tokens"); i++)
        vec_push(arena, &items, nested_list_at(init, "bootstrap_tokens", i));
    ObjectBuilder builder = object_builder_of(init, arena);
    object_builder_set(&builder, "bootstrap_tokens", nested_list_value(tokens, &items, arena));
    object_builder_set(
        &builder, "node_registration",
        kubeadm_node_registration(node, object_nested(init, "node_registration", arena)));
    object_builder_set(
        &builder, "local_api_endpoint",
        kubeadm_node_endpoint(node, object_nested(init, "local_api_endpoint", arena)));
    return kubeadm_document_fields(object_builder_value(&builder), arena);
}

/* Adds volumes for files to a component. */
static void mount_files(const KubeadmNode *node, Value cluster, const char *name,
                        ObjectBuilder *out) {
    Arena *arena = node->call->arena;
    Value component = object_nested(cluster, name, arena);
    Value added = control_files_volumes(object_attribute(node->object, "files"), component, arena);
    ValueVec items = {0};
    for (size_t i = 0; i < nested_list_count(component, "extra_volumes"); i++)
        vec_push(arena, &items, nested_list_at(component, "extra_volumes", i));
    for (size_t i = 0; i < added.count; i++)
        vec_push(arena, &items, value_at(added, i));
    if (added.count)
        object_builder_set(out, name,
                           object_with(component, "extra_volumes",
                                       nested_list_value(added.type, &items, arena), arena));
}

static Value init_cluster_fields(const KubeadmNode *node, Value cluster) {
    Arena *arena = node->call->arena;
    ObjectBuilder builder = object_builder_of(cluster, arena);
    mount_files(node, cluster, "api_server", &builder);
    mount_files(node, cluster, "controller_manager", &builder);
    mount_files(node, cluster, "scheduler", &builder);
    KubeVersion version;
    Str text = object_text(node->object, "kubernetes_version", STR_EMPTY);
    if (kube_version_parse(text, &version))
        text = str_concat(STR("v"), kube_version_text(version, arena), arena);
    object_builder_set_text(&builder, "kubernetes_version", text, arena);
    object_builder_set_text(&builder, "control_plane_endpoint", node->endpoint, arena);
    return kubeadm_document_fields(object_builder_value(&builder), arena);
}

/* `certificate_key` empty: that of the arguments. */
static Str init_config(const KubeadmNode *node, Str certificate_key) {
    Arena *arena = node->call->arena;
    Value object = node->object, init = object_nested(object, "init", arena);
    StrBuf out = strbuf_new(arena);
    if (certificate_key.len)
        init = object_with_text(init, "certificate_key", certificate_key, arena);
    kubeadm_document_add(&out, KUBEADM_API_VERSION, "InitConfiguration", init_fields(node, init),
                         arena);
    kubeadm_document_add(&out, KUBEADM_API_VERSION, "ClusterConfiguration",
                         init_cluster_fields(node, object_nested(object, "cluster", arena)), arena);
    if (object_has(object, "kubelet"))
        kubeadm_document_add(&out, KUBELET_API_VERSION, "KubeletConfiguration",
                             object_attribute(object, "kubelet"), arena);
    if (object_has(object, "kube_proxy"))
        kubeadm_document_add(&out, KUBE_PROXY_API_VERSION, "KubeProxyConfiguration",
                             object_attribute(object, "kube_proxy"), arena);
    return strbuf_str(&out);
}

/* `restore` NULL: a cluster without data. */
static bool run_init(const KubeadmNode *node, const KubeadmRestore *restore, bool *may_exist,
                     Diags *diags) {
    KubeadmNode own = *node;
    own.object = kubeadm_encryption_object(node->object, node->call->arena);
    KubeadmStep step = {.id = node->id,
                        .verb = "init",
                        .config = init_config(&own, STR_EMPTY),
                        .mark = kubeadm_node_mark(node),
                        .etcd_directory = kubeadm_node_etcd_directory(node),
                        .restore = restore};
    if (!node_pki_place(node->link, &node->pki, diags) || !kubeadm_member_place_files(node, diags))
        return false;
    KubeadmResult result = kubeadm_step_run(node->link, &step, diags);
    *may_exist = result == KUBEADM_UNREACHABLE && node->link->may_have_run;
    return result == KUBEADM_DONE;
}

static bool join_existing(const KubeadmNode *node, bool *may_exist, Diags *diags) {
    Arena *arena = node->call->arena;
    ObjectBuilder join = object_builder_empty(&kubeadm_schema_join.schema, arena);
    Value init = object_nested(node->object, "init", arena);
    object_builder_set(&join, "node_registration", object_attribute(init, "node_registration"));
    return kubeadm_member_join(node, object_builder_value(&join), may_exist, diags);
}

/* A control plane that responds shows that the cluster exists. */
static bool cluster_exists(const KubeadmNode *node, bool *out, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    return kubeadm_node_api(node, &api, diags) && cluster_api_look(node->call, &api, out, diags);
}

/* Gives the machine, which has no etcd, the data of the snapshot. `config` has its secrets; `state`
 * is the stored object of a cluster that existed before, else NULL. */
static bool init_restore(KubeadmNode *node, Value config, Value *state, bool *may_exist,
                         Diags *diags) {
    SCOPED(EtcdSource) source = {0};
    KubeadmRestore part;
    return kubeadm_restore_check(node->call, node->object, config, &source, diags) &&
           (!state || kubeadm_encryption_restore(node, &source.head.keys, state, diags)) &&
           kubeadm_restore_begin(node, &source, &part, diags) &&
           run_init(node, &part, may_exist, diags);
}

static bool report_running(const KubeadmNode *node, Diags *diags) {
    return path_error(node->call, PATH_AT(node->call, {"restore"}), diags, "The cluster still runs",
                      "A control plane responds at the endpoint %.*s, so no snapshot is restored. "
                      "Remove this argument to join the cluster.",
                      STR_ARG(node->endpoint));
}

/* Its API servers have keys that only the former state knows. */
static bool report_unknown_keys(const KubeadmNode *node, Diags *diags) {
    return path_error(node->call, PATH_AT(node->call, {"encryption_at_rest"}), diags,
                      "Keys of the cluster not known",
                      "A control plane responds at the endpoint %.*s, and the state has no key of "
                      "that cluster. Apply without this argument; if the cluster encrypts nothing, "
                      "add it then.",
                      STR_ARG(node->endpoint));
}

static bool make_or_join(KubeadmNode *node, Value config, bool *may_exist, Diags *diags) {
    bool exists = false, restores = object_has(config, "restore");
    if (!cluster_exists(node, &exists, diags))
        return false;
    if (exists && object_has(node->object, "encryption_at_rest"))
        return report_unknown_keys(node, diags);
    if (exists)
        return restores ? report_running(node, diags) : join_existing(node, may_exist, diags);
    return restores ? init_restore(node, config, NULL, may_exist, diags)
                    : run_init(node, NULL, may_exist, diags);
}

/* The machine was replaced: the cluster must have another control plane, or a snapshot. */
static bool join_again(KubeadmNode *node, const ApplyRequest *request, Value *state, Diags *diags) {
    bool exists = false, may_exist = false;
    if (!cluster_exists(node, &exists, diags))
        return false;
    if (exists && restores_newly(request->prior, request->planned))
        return report_running(node, diags);
    if (exists)
        return join_existing(node, &may_exist, diags);
    if (object_has(request->config, "restore"))
        return init_restore(node, request->config, state, &may_exist, diags);
    return path_error(
        node->call, PATH_AT(node->call, {"host"}), diags, "No control plane of the cluster is left",
        "%.*s is not a control plane any more, and none responds at the endpoint "
        "%.*s. loam does not initialize a cluster that existed before: its data would "
        "be lost. Repair a control plane, restore a snapshot with \"restore\", or make the cluster "
        "anew with \"-replace=%.*s\".",
        STR_ARG(node->link->target.host), STR_ARG(node->endpoint), STR_ARG(node->call->address));
}

/* A machine that is a node already has the data of an interrupted restore, or the cluster runs. */
static bool check_existing(const KubeadmNode *node, const ApplyRequest *request, Diags *diags) {
    SCOPED(EtcdSource) source = {0};
    if (joins_again(node->call, request->prior, request->planned))
        return true;
    return kubeadm_restore_check(node->call, node->object, request->config, &source, diags) &&
           kubeadm_restore_check_done(node, &source, diags);
}

static Value with_server(Value state, Arena *arena) {
    Str endpoint = object_text(state, "endpoint", STR_EMPTY);
    return object_with_text(state, "server", pki_kubeconfig_server(endpoint, arena), arena);
}

/* Sets *state to the planned object with the values of the Node. */
static bool init_finish(const KubeadmNode *node, Value *state, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    if (!kubeadm_node_own_api(node, &api, diags) ||
        !cluster_api_wait(node->call, &api, KUBEADM_NODE_READY_MS, diags))
        return false;
    bootstrap_token_delete(node->call, &api, node->id, diags);
    bool is_good = kubeadm_member_finish(node, &api, state, diags);
    *state = with_server(kubeadm_join_command_clear(*state, node->call->arena), node->call->arena);
    bool may_be_restored = object_has(node->object, "restore") || node->former_address.len;
    return is_good && (!may_be_restored || kubeadm_restore_finish(node, &api, diags));
}

static bool check_cgroup(const KubeadmNode *node, Diags *diags) {
    HostLook look;
    return host_look(node->link, NULL, &look, diags) &&
           kubeadm_node_check_cgroup(node, look.facts.cgroup, diags);
}

/* `prior` is null for a new cluster. */
static bool set_join_command(const KubeadmNode *node, Value prior, Value *state, Diags *diags) {
    Str key = uploaded_certs_make_key(node->call->arena);
    JoinUpload upload = {.key = key, .config = init_config(node, key)};
    return kubeadm_join_command_update(node, prior, &upload, state, diags);
}

static bool init_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    KubeadmPart part;
    if (!kubeadm_node_open(call, request->planned, request->marker, &link, &node, diags))
        return false;
    node.is_control_plane = true;
    node.contents = kubeadm_files_given(request->config, call->arena);
    if (!kubeadm_node_prepare(&node, &part, diags) ||
        !kubeadm_encryption_create(&node, part == KUBEADM_PART_NODE, diags))
        return false;
    if (part != KUBEADM_PART_NODE &&
        (!check_cgroup(&node, diags) ||
         !make_or_join(&node, request->config, &response->in_doubt, diags)))
        return false;
    Value none = value_null(request->planned.type);
    return (init_finish(&node, &response->state, diags) &&
            set_join_command(&node, none, &response->state, diags)) ||
           kubeadm_node_leave_in_doubt(response);
}

/* Goes through the versions between, and takes the snapshot before the last one. */
static bool init_upgrade(const KubeadmNode *node, const ApplyRequest *request, Diags *diags) {
    KubeVersion from, to;
    return !kubeadm_upgrade_versions(request->prior, node->object, &from, &to) ||
           kube_version_compare(from, to) == 0 ||
           (kubeadm_change_set_repository(node, request->prior, diags) &&
            kubeadm_rounds_run(node, request->prior, request->config, &from, diags) &&
            kubeadm_upgrade_snapshot(node, from, request->config, diags));
}

/* The encryption in etcd stays as it is, whatever else changes. */
static bool change_configuration(const KubeadmNode *node, Value prior, Diags *diags) {
    Arena *arena = node->call->arena;
    KubeadmNode own = *node;
    own.object = kubeadm_encryption_object(node->object, arena);
    return kubeadm_change_run(&own, kubeadm_encryption_object(prior, arena), diags);
}

static bool init_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    KubeadmPart part;
    Str id = object_text(request->prior, "id", STR_EMPTY);
    bool is_new = joins_again(call, request->prior, request->planned) ||
                  restores_newly(request->prior, request->planned);
    response->state = request->prior;
    Value encryption = object_attribute(request->prior, "encryption_state");
    if (!kubeadm_node_open(
            call, object_with(request->planned, "encryption_state", encryption, call->arena), id,
            &link, &node, diags))
        return false;
    node.is_control_plane = true;
    node.contents = kubeadm_files_given(request->config, call->arena);
    Str former_host = object_text(request->prior, "host", STR_EMPTY);
    node.former_address = object_text(request->prior, "node_address", former_host);
    SCOPED(CertificatesHold) hold = {0};
    if (!kubeadm_certificates_hold(&node, request->prior, &hold, diags))
        return false;
    if (is_new &&
        (!kubeadm_node_prepare(&node, &part, diags) ||
         !(part == KUBEADM_PART_NODE ? check_existing(&node, request, diags)
                                     : check_cgroup(&node, diags) &&
                                           join_again(&node, request, &response->state, diags)) ||
         !init_finish(&node, &response->state, diags) ||
         !kubeadm_serving_update(&node, request->prior, diags) ||
         !kubeadm_encryption_finish_restore(&node, &response->state, diags)))
        return false;
    if ((!is_new && (!kubeadm_serving_update(&node, request->prior, diags) ||
                     !change_configuration(&node, request->prior, diags) ||
                     !kubeadm_encryption_update(&node, &response->state, diags))) ||
        !init_upgrade(&node, request, diags) ||
        !kubeadm_upgrade_run(&node, request->prior, true, diags) ||
        (!is_new && !kubeadm_kubelet_update(&node, request->prior, diags)) ||
        !kubeadm_member_update(&node, request->prior, diags) ||
        !kubeadm_certificates_schedule(&node, request->prior, diags))
        return false;
    if (is_new)
        return set_join_command(&node, request->prior, &response->state, diags);
    if (kubeadm_import_is_new(request->prior) && !kubeadm_import_adopt(&node, diags))
        return false;
    /* The plan decides which former keys stay, unless the keys change. */
    Value state = request->planned;
    if (!value_is_wholly_known(object_attribute(state, "encryption_state")))
        state = object_with(state, "encryption_state",
                            object_attribute(response->state, "encryption_state"), call->arena);
    if (!kubeadm_certificates_update(&node, request->prior, &state, diags) ||
        !set_join_command(&node, request->prior, &state, diags))
        return false;
    response->state = state;
    return true;
}

static bool init_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                        Diags *diags) {
    Value state;
    bool is_control_plane;
    if (!kubeadm_import_read(call, request, &is_control_plane, &state, diags))
        return false;
    if (!is_control_plane)
        return path_error(
            call, NO_PATH, diags, "No control plane",
            "\"%.*s\" is a worker. Import it into a kubeadm_join, and a control plane "
            "into this object.",
            STR_ARG(request->id));
    response->state =
        object_with(with_server(state, call->arena), "is_member", value_bool(true), call->arena);
    return true;
}

/* The control planes of a cluster change one at a time. */
static bool init_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                        Diags *) {
    if (request->action == LIMIT_UPDATE)
        kubeadm_node_limit(call, request->object, true, response);
    return true;
}

static bool init_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    Str id = object_text(request->prior, "id", STR_EMPTY);
    return kubeadm_node_open(call, request->prior, id, &link, &node, diags) &&
           kubeadm_member_discard(&node, diags);
}

static bool init_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                      Diags *diags) {
    Value state = request->state;
    bool is_restoring = false;
    if (!kubeadm_refresh_read(call, request, true, &state, &is_restoring, diags))
        return false;
    /* The cluster may live on without this machine. */
    bool is_node = value_is_present(state);
    if (is_node && !is_restoring &&
        (!kubeadm_refresh_nodes(call, &state, diags) ||
         !kubeadm_join_command_read(call, &state, diags) ||
         !kubeadm_certificates_refresh(call, &state, diags)))
        return false;
    response->state = object_with(is_node ? state : request->state, "is_member",
                                  value_bool(is_node && !is_restoring), call->arena);
    return true;
}

static bool init_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                         Diags *diags) {
    if (!kubeadm_refresh_recover(call, request, "init", true, response, diags))
        return false;
    if (response->outcome != RECOVER_COMPLETE)
        return true;
    response->state =
        with_server(kubeadm_join_command_clear(response->state, call->arena), call->arena);
    return kubeadm_encryption_recover(call, request->marker, &response->state, diags);
}

static const Block init_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType kubeadm_init = {
    .name = "kubeadm_init",
    .schema = {SCHEMA_ATTRIBUTES(init_attributes), SCHEMA_BLOCKS(init_blocks),
               .description =
                   "A cluster, with its first control plane. If a control plane responds "
                   "at the endpoint, the machine joins it instead."},
    .recovery = RECOVERY_FINDS,
    .unique = kubeadm_node_unique,
    .unique_count = KUBEADM_NODE_UNIQUE_COUNT,
    .validate = init_validate,
    .plan = init_plan,
    .marker = object_id_marker,
    .create = init_create,
    .update = init_update,
    .delete = init_delete,
    .read = init_read,
    .import = init_import,
    .import_id = "address of the machine's SSH server: HOST, HOST:PORT or USER@HOST:PORT",
    .recover = init_recover,
    .limits = init_limits,
};
