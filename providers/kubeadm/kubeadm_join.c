/* kubeadm_join: a machine in a cluster, as a control plane or a worker. */
#include "kubeadm_certificates.h"
#include "kubeadm_check.h"
#include "kubeadm_member.h"
#include "kubeadm_provider.h"
#include "kubeadm_refresh.h"
#include "kubeadm_schema.h"
#include "kubeadm_upgrade.h"
#include "object_id.h"
#include "path_error.h"
#include "timeouts.h"

#define CLUSTER_GOES "cluster"

/* clang-format off */
static const Attribute attributes[] = {
    KUBEADM_NODE_ATTRIBUTES(FORCES_NEW),
    {"control_plane", &TYPE_BOOL, OPTIONAL | COMPUTED | FORCES_NEW, "Whether the node is a control plane.", .default_json = "false"},
    {"join",          NULL,       OPTIONAL | FORCES_NEW, "JoinConfiguration of kubeadm. Arguments of this resource win.", .nested = &kubeadm_schema_join},
};
/* clang-format on */

static bool is_control_plane(Value object) {
    return object_bool(object, "control_plane", false);
}

static bool check_leave(const Call *call, Value prior, Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    Str id = object_text(prior, "id", STR_EMPTY);
    if (!is_control_plane(prior))
        return true;
    if (!kubeadm_node_open(call, prior, id, &link, &node, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    return kubeadm_member_check_leave(&node, diags);
}

static bool plan_change(const Call *call,
                        const PlanRequest *request,
                        PlanResponse *response,
                        Diags *diags) {
    if (!kubeadm_upgrade_check(call, request->prior, request->proposed, diags))
        return false;
    if (!is_control_plane(request->proposed))
        return true;
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    kubeadm_certificates_plan(call, request, &builder, response);
    response->planned = object_builder_value(&builder);
    return true;
}

/* The private data of a deletion tells whether the cluster is deleted as a whole. */
static bool join_plan(const Call *call,
                      const PlanRequest *request,
                      PlanResponse *response,
                      Diags *diags) {
    if (!value_is_null(request->proposed))
        return value_is_null(request->prior) || plan_change(call, request, response, diags);
    Str endpoint = object_text(request->prior, "endpoint", STR_EMPTY);
    if (!call_deletes(call, "kubeadm_init", "endpoint", endpoint))
        return check_leave(call, request->prior, diags);
    response->private_data = STR(CLUSTER_GOES);
    return true;
}

static bool join_create(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    SCOPED(ClusterApi) api = {0};
    KubeadmNode node;
    KubeadmPart part;
    if (!kubeadm_node_open(call, request->planned, request->marker, &link, &node, diags))
        return false;
    node.is_control_plane = is_control_plane(request->planned);
    if (!kubeadm_node_prepare(&node, &part, diags))
        return false;
    Value join = object_nested(request->planned, "join", call->arena);
    if (part != KUBEADM_PART_NODE && !kubeadm_member_join(&node, join, &response->in_doubt, diags))
        return false;
    return kubeadm_node_api(&node, &api, diags) &&
           kubeadm_member_finish(&node, &api, &response->state, diags);
}

static bool join_update(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    Str id = object_text(request->prior, "id", STR_EMPTY);
    response->state = request->prior;
    if (!kubeadm_node_open(call, request->planned, id, &link, &node, diags))
        return false;
    node.is_control_plane = is_control_plane(request->planned);
    if (!kubeadm_upgrade_run(&node, request->prior, false, diags) ||
        !kubeadm_member_update(&node, request->prior, diags))
        return false;
    Value state = request->planned;
    if (!kubeadm_certificates_update(&node, request->prior, &state, diags))
        return false;
    response->state = state;
    return true;
}

static bool join_delete(const Call *call,
                        const DeleteRequest *request,
                        DeleteResponse *response,
                        Diags *diags) {
    (void)response;
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    Str id = object_text(request->prior, "id", STR_EMPTY);
    if (!kubeadm_node_open(call, request->prior, id, &link, &node, diags))
        return false;
    node.is_control_plane = is_control_plane(request->prior);
    if (str_equal(request->private_data, STR(CLUSTER_GOES)))
        return kubeadm_member_discard(&node, diags);
    return kubeadm_member_leave(&node, diags);
}

static bool join_read(const Call *call,
                      const ReadRequest *request,
                      ReadResponse *response,
                      Diags *diags) {
    bool is_restoring;
    return kubeadm_refresh_read(call, is_control_plane(request->state), &response->state,
                                &is_restoring, diags);
}

static bool join_recover(const Call *call,
                         const RecoverRequest *request,
                         RecoverResponse *response,
                         Diags *diags) {
    return kubeadm_refresh_recover(call, request, "join", is_control_plane(request->planned),
                                   response, diags);
}

/* Each new member of etcd changes its quorum, so control planes change one at a time. Workers are
 * upgraded one at a time, so that the others run their pods. */
static bool join_limits(const Call *call,
                        const LimitsRequest *request,
                        LimitsResponse *response,
                        Diags *diags) {
    (void)diags;
    bool is_member = is_control_plane(request->object);
    if (!is_member && request->action != LIMIT_UPDATE)
        return true;
    kubeadm_node_limit(call, request->object, is_member, response);
    return true;
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType kubeadm_join = {
    .name = "kubeadm_join",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks),
               .description = "A machine that joins a cluster, as a control plane or a worker. Its "
                              "deletion drains the node, removes its member of etcd, resets the "
                              "machine and deletes the Node."},
    .recovery = RECOVERY_FINDS,
    .unique = kubeadm_node_unique,
    .unique_count = KUBEADM_NODE_UNIQUE_COUNT,
    .plans_destroy = true,
    .plan = join_plan,
    .marker = object_id_marker,
    .create = join_create,
    .update = join_update,
    .delete = join_delete,
    .read = join_read,
    .recover = join_recover,
    .limits = join_limits,
};
