/* kubeadm_join: a machine in a cluster, as a control plane or a worker. */
#include "kubeadm_certificates.h"
#include "kubeadm_check.h"
#include "kubeadm_import.h"
#include "kubeadm_kubelet.h"
#include "kubeadm_member.h"
#include "kubeadm_provider.h"
#include "kubeadm_refresh.h"
#include "kubeadm_schema.h"
#include "kubeadm_step.h"
#include "kubeadm_upgrade.h"
#include "node_object.h"
#include "object_id.h"
#include "path_error.h"
#include "timeouts.h"

#define CLUSTER_GOES    "cluster"
#define UNAVAILABLE_MAX 1000

static Str check_max_unavailable(Value value, Arena *arena) {
    int64_t count;
    if (value_to_int(value, &count) && count >= 1 && count <= UNAVAILABLE_MAX)
        return STR_EMPTY;
    return str_format(arena, "The number of workers must be an integer from 1 to %d.",
                      UNAVAILABLE_MAX);
}

/* clang-format off */
static const Attribute join_attributes[] = {
    KUBEADM_NODE_ATTRIBUTES(FORCES_NEW),
    {"control_plane", &TYPE_BOOL, OPTIONAL | COMPUTED | FORCES_NEW, "Whether the node is a control plane.", .default_json = "false"},
    {"max_unavailable", &TYPE_NUMBER, OPTIONAL, "Workers: maximum number of workers of the cluster that are drained for a change or a removal, or restart their container runtime, at one time (default 1). An upgrade also waits as long as so many others are cordoned or not ready. Control planes always change one at a time.", .check = check_max_unavailable},
    {"kubelet_patch", &TYPE_DYNAMIC, OPTIONAL, "Fields of the KubeletConfiguration that differ on this node from \"kubelet\" of kubeadm_init, with the names of Kubernetes. A change restarts the kubelet; some fields need a drain first."},
    {"join",          NULL,       OPTIONAL, "JoinConfiguration of kubeadm. Arguments of this resource win. Only flags of the kubelet change later.", .nested = &kubeadm_schema_join},
};
/* clang-format on */

static bool kubeadm_join_is_control_plane(Value object) {
    return object_bool(object, "control_plane", false);
}

static bool check_leave(const Call *call, Value prior, Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    Str id = object_text(prior, "id", STR_EMPTY);
    if (!kubeadm_join_is_control_plane(prior))
        return true;
    if (!kubeadm_node_open(call, prior, id, &link, &node, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    return kubeadm_member_check_leave(&node, diags);
}

/* An import reads no JoinConfiguration: the first one that the configuration has changes nothing.
 */
static void keep_imported(Value prior, PlanResponse *response, Arena *arena) {
    Paths kept = {0};
    vec_each(&response->requires_replace, path) {
        if (!value_is_null(object_attribute(prior, str_to_cstr(path->steps[0].name, arena))))
            vec_push(arena, &kept, *path);
    }
    response->requires_replace = kept;
}

static bool plan_change(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *diags) {
    KubeVersion from, to;
    if (!kubeadm_upgrade_check(call, request->prior, request->proposed, diags))
        return false;
    if (kubeadm_upgrade_versions(request->prior, request->proposed, &from, &to) &&
        kube_version_compare(from, to) != 0 &&
        !kubeadm_node_plan_cgroup(call, request->proposed, diags))
        return false;
    if (kubeadm_import_is_new(request->prior))
        keep_imported(request->prior, response, call->arena);
    kubeadm_kubelet_plan_patch(call, request, response);
    if (!kubeadm_kubelet_plan_flags(call, request, response, diags))
        return false;
    if (!kubeadm_join_is_control_plane(request->proposed))
        return true;
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    kubeadm_certificates_plan(call, request, &builder, response);
    response->planned = object_builder_value(&builder);
    return true;
}

static bool plan_join(const Call *call, const PlanRequest *request, Diags *diags) {
    bool responds;
    return ssh_client_greet(call, request, &responds, diags) &&
           (!responds || kubeadm_node_plan_cgroup(call, request->proposed, diags));
}

static bool join_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return kubeadm_kubelet_validate(call, request->config, diags);
}

/* The private data of a deletion tells whether the cluster is deleted as a whole. */
static bool join_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags) {
    if (!value_is_null(request->proposed))
        return value_is_null(request->prior) ? plan_join(call, request, diags)
                                             : plan_change(call, request, response, diags);
    Str endpoint = object_text(request->prior, "endpoint", STR_EMPTY);
    if (!call_deletes(call, "kubeadm_init", "endpoint", endpoint))
        return check_leave(call, request->prior, diags);
    response->private_data = STR(CLUSTER_GOES);
    return true;
}

/* A kubelet that has its certificate registers within the wait of kubeadm_refresh_recover. A
 * machine without a Node is broken, although kubeadm has succeeded there. */
static bool reset_unregistered(KubeadmNode *node, Str id, KubeadmPart *part, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    Value found;
    if (*part != KUBEADM_PART_NODE)
        return true;
    if (!kubeadm_node_api(node, &api, diags) ||
        !cluster_api_wait(node->call, &api, KUBEADM_NODE_READY_MS, diags) ||
        !node_object_read(&api, node->name, &found, diags))
        return false;
    if (value_is_present(found))
        return true;
    *part = KUBEADM_PART_BROKEN;
    node->former = node->id;
    node->id = id;
    return kubeadm_step_reset(node->link, node->former, diags);
}

static bool join_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    SCOPED(ClusterApi) api = {0};
    KubeadmNode node;
    KubeadmPart part;
    if (!kubeadm_node_open(call, request->planned, request->marker, &link, &node, diags))
        return false;
    node.is_control_plane = kubeadm_join_is_control_plane(request->planned);
    if (!kubeadm_node_prepare(&node, &part, diags))
        return false;
    if (!reset_unregistered(&node, request->marker, &part, diags))
        return part == KUBEADM_PART_NODE && kubeadm_node_leave_in_doubt(response);
    SCOPED(CertificatesHold) hold = {0};
    if (node.is_control_plane && !kubeadm_certificates_hold(&node, request->planned, &hold, diags))
        return part == KUBEADM_PART_NODE && kubeadm_node_leave_in_doubt(response);
    if (part != KUBEADM_PART_NODE && !kubeadm_node_check_cgroup(&node, node.cgroup, diags))
        return false;
    Value join = object_nested(request->planned, "join", call->arena);
    if (part != KUBEADM_PART_NODE && !kubeadm_member_join(&node, join, &response->in_doubt, diags))
        return false;
    bool is_good = kubeadm_node_api(&node, &api, diags) &&
                   kubeadm_member_finish(&node, &api, &response->state, diags);
    return is_good || kubeadm_node_leave_in_doubt(response);
}

static bool join_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    Str id = object_text(request->prior, "id", STR_EMPTY);
    response->state = request->prior;
    if (!kubeadm_node_open(call, request->planned, id, &link, &node, diags))
        return false;
    node.is_control_plane = kubeadm_join_is_control_plane(request->planned);
    SCOPED(CertificatesHold) hold = {0};
    if (node.is_control_plane && !kubeadm_certificates_hold(&node, request->prior, &hold, diags))
        return false;
    if (!kubeadm_upgrade_run(&node, request->prior, false, diags) ||
        !kubeadm_kubelet_update(&node, request->prior, diags) ||
        !kubeadm_member_update(&node, request->prior, diags))
        return false;
    if (kubeadm_import_is_new(request->prior) && !kubeadm_import_adopt(&node, diags))
        return false;
    Value state = request->planned;
    if (!kubeadm_certificates_update(&node, request->prior, &state, diags))
        return false;
    response->state = state;
    return true;
}

static bool join_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    Str id = object_text(request->prior, "id", STR_EMPTY);
    if (!kubeadm_node_open(call, request->prior, id, &link, &node, diags))
        return false;
    node.is_control_plane = kubeadm_join_is_control_plane(request->prior);
    if (str_equal(request->private_data, STR(CLUSTER_GOES)))
        return kubeadm_member_discard(&node, diags);
    return kubeadm_member_leave(&node, diags);
}

static bool join_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                      Diags *diags) {
    bool is_restoring;
    return kubeadm_refresh_read(call, request, kubeadm_join_is_control_plane(request->state),
                                &response->state, &is_restoring, diags);
}

static bool join_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                        Diags *diags) {
    Value state;
    bool is_member;
    if (!kubeadm_import_read(call, request, &is_member, &state, diags))
        return false;
    response->state = object_with(state, "control_plane", value_bool(is_member), call->arena);
    return true;
}

static bool join_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                         Diags *diags) {
    return kubeadm_refresh_recover(
        call, request, "join", kubeadm_join_is_control_plane(request->planned), response, diags);
}

/* Each new member of etcd changes its quorum, so control planes change one at a time. Workers that
 * are drained leave their pods to the others, unless the whole cluster is deleted. */
static bool join_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                        Diags *) {
    bool is_member = kubeadm_join_is_control_plane(request->object);
    Str endpoint = object_text(request->object, "endpoint", STR_EMPTY);
    bool is_deleted = request->action == LIMIT_DELETE;
    if (!is_member && !is_deleted && request->action != LIMIT_UPDATE)
        return true;
    if (is_deleted && call_deletes(call, "kubeadm_init", "endpoint", endpoint))
        return true;
    kubeadm_node_limit(call, request->object, is_member, response);
    return true;
}

static const Block join_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType kubeadm_join = {
    .name = "kubeadm_join",
    .schema = {SCHEMA_ATTRIBUTES(join_attributes), SCHEMA_BLOCKS(join_blocks),
               .description = "A machine that joins a cluster, as a control plane or a worker. Its "
                              "deletion drains the node, removes its member of etcd, resets the "
                              "machine and deletes the Node."},
    .recovery = RECOVERY_FINDS,
    .member_of = "kubeadm_init",
    .unique = kubeadm_node_unique,
    .unique_count = KUBEADM_NODE_UNIQUE_COUNT,
    .plans_destroy = true,
    .validate = join_validate,
    .plan = join_plan,
    .marker = object_id_marker,
    .create = join_create,
    .update = join_update,
    .delete = join_delete,
    .read = join_read,
    .import = join_import,
    .import_id = "address of the machine's SSH server: HOST, HOST:PORT or USER@HOST:PORT",
    .recover = join_recover,
    .limits = join_limits,
};
