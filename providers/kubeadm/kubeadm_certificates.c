/* kubeadm_certificates: kubeadm certs renew. */
#include "kubeadm_certificates.h"
#include "base64.h"
#include "etcd_members.h"
#include "kubeadm_step.h"
#include "path_error.h"
#include "timestamp.h"
#include "wait_until.h"

#define DAY_SECONDS INT64_C(86400)
#define DAYS        90
#define DAYS_MAX    36500
#define ETCD_MS     INT64_C(120000)
#define EXPIRE      "certificates_expire"

Str kubeadm_certificates_check_days(Value value, Arena *arena) {
    int64_t days;
    if (value_to_int(value, &days) && days >= 1 && days <= DAYS_MAX)
        return STR_EMPTY;
    return str_format(arena, "The number of days must be an integer from 1 to %d.", DAYS_MAX);
}

Str kubeadm_certificates_end(const HostFacts *facts, Arena *arena) {
    int64_t first = INT64_MAX, start, end;
    vec_each(&facts->certificates, found) {
        Str text;
        if (base64_decode(found->text, &text, arena) && pki_validity(text, &start, &end) &&
            end < first)
            first = end;
    }
    return first == INT64_MAX ? STR_EMPTY : timestamp_to_str((Timestamp){.seconds = first}, arena);
}

/* Whole days that are left; INT64_MAX if the end is unknown. */
static int64_t days_left(const Call *call, Value prior) {
    Timestamp end;
    Str error, text = object_text(prior, EXPIRE, STR_EMPTY);
    if (!text.len || !timestamp_parse(text, &end, &error, call->arena))
        return INT64_MAX;
    int64_t seconds = end.seconds - call_planned_ms(call) / 1000;
    return seconds < 0 ? -1 : seconds / DAY_SECONDS;
}

static bool are_due(const Call *call, Value prior, Value planned) {
    return days_left(call, prior) < object_int(planned, "renew_before_days", DAYS);
}

void kubeadm_certificates_plan(const Call *call, const PlanRequest *request, ObjectBuilder *planned,
                               PlanResponse *response) {
    if (!are_due(call, request->prior, request->proposed))
        return;
    int64_t left = days_left(call, request->prior);
    object_builder_set(planned, EXPIRE, value_unknown(&TYPE_STRING));
    plan_note(response, PATH_AT(call, {EXPIRE}),
              left < 0 ? STR("expired: the certificates are renewed")
                       : str_format(call->arena, "%lld days left: the certificates are renewed",
                                    (long long)left),
              call->arena);
}

/* Renewals. */

typedef struct EtcdLook {
    const KubeadmNode *node;
    const EtcdGateway *etcd;
} EtcdLook;

static WaitLook look_etcd(void *payload, Wait *wait) {
    EtcdLook *look = payload;
    if (etcd_members_is_healthy(look->etcd, look->node->address))
        return WAIT_LOOK_DONE;
    wait->reason = STR("it is not healthy yet");
    return WAIT_LOOK_AGAIN;
}

static bool wait_etcd(const KubeadmNode *node, Diags *diags) {
    EtcdGateway etcd;
    EtcdLook look = {node, &etcd};
    WaitUntil until = {.what = "etcd", .look = look_etcd, .payload = &look, .timeout_ms = ETCD_MS};
    return etcd_gateway_open(node->call, node->link, node->address, &node->pki.etcd_ca, &etcd,
                             diags) &&
           wait_until_done(node->call, &until, diags);
}

static bool wait_api(const KubeadmNode *node, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    return cluster_api_open(node->call, node->link, kubeadm_node_own_endpoint(node), &node->pki.ca,
                            &api, diags) &&
           cluster_api_wait(node->call, &api, KUBEADM_NODE_READY_MS, diags);
}

bool kubeadm_certificates_read(const KubeadmNode *node, ObjectBuilder *state, Diags *diags) {
    HostFacts facts;
    Str end = STR_EMPTY;
    if (node->is_control_plane) {
        if (!host_look_certificates(node->link, &facts, diags))
            return false;
        end = kubeadm_certificates_end(&facts, node->call->arena);
    }
    object_builder_set_optional(state, EXPIRE, end, node->call->arena);
    return true;
}

static bool certificates_check_effect(const KubeadmNode *node, Value state, Diags *diags) {
    if (!are_due(node->call, state, node->object))
        return true;
    path_warning(
        node->call, PATH_AT(node->call, {"renew_before_days"}), diags, "Certificates expire soon",
        "The renewed certificates of \"%.*s\" expire on %.*s, so the next plan renews them "
        "again. Set renew_before_days below their validity.",
        STR_ARG(node->name), STR_ARG(object_text(state, EXPIRE, STR_EMPTY)));
    return true;
}

bool kubeadm_certificates_update(const KubeadmNode *node, Value prior, Value *state, Diags *diags) {
    bool is_due = node->is_control_plane && are_due(node->call, prior, node->object);
    if (value_is_known(object_attribute(*state, EXPIRE)))
        return true;
    if (is_due && (!kubeadm_step_renew(node->link, node->id, diags) || !wait_etcd(node, diags) ||
                   !wait_api(node, diags)))
        return false;
    ObjectBuilder builder = object_builder_of(*state, node->call->arena);
    if (!kubeadm_certificates_read(node, &builder, diags))
        return false;
    *state = object_builder_value(&builder);
    return !is_due || certificates_check_effect(node, *state, diags);
}
