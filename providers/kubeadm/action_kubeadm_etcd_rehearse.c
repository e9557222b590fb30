/* action kubeadm_etcd_rehearse: restores a snapshot beside the etcd of a control plane, and
 * compares both. */
#include "etcd_rehearsal.h"
#include "kubeadm_provider.h"
#include "pki.h"

#define PERCENT 5

static Str rehearse_check_percent(Value value, Arena *) {
    int64_t percent;
    return value_to_int(value, &percent) && percent >= 0 && percent <= 100
               ? STR_EMPTY
               : STR("The difference must be an integer from 0 to 100.");
}

static Str rehearse_check_certificate(Value value, Arena *arena) {
    return pki_discovery_hash(value_text(value), arena).len
               ? STR_EMPTY
               : STR("The value must be a certificate in PEM.");
}

/* clang-format off */
static const Attribute etcd_rehearse_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
    {"ca_certificate", &TYPE_STRING, REQUIRED, "Certificate of the cluster's authority, kubeadm_pki.NAME.ca.certificate: it names the cluster in a bucket.", .check = rehearse_check_certificate},
    {"snapshot",  NULL,         OPTIONAL, "Snapshot to rehearse (default: one that the machine takes).", .nested = &etcd_source_of_action},
    {"tolerance", &TYPE_NUMBER, OPTIONAL, "Greatest difference in the number of keys of a resource, in percent (default 5). A difference of five keys always passes.", .check = rehearse_check_percent},
};
/* clang-format on */

static bool rehearse_invoke(const Call *call, const ActionRequest *request, Diags *diags) {
    SCOPED(SshLink) link = {0};
    SCOPED(EtcdSource) source = {0};
    Value config = request->config;
    bool has = object_has(config, "snapshot");
    Str ca = object_text(config, "ca_certificate", STR_EMPTY);
    return (!has || etcd_source_open(call, "snapshot", config, pki_discovery_hash(ca, call->arena),
                                     &source, diags)) &&
           ssh_client_link(call, config, &link, diags) &&
           etcd_rehearsal_run(&link, has ? &source : NULL, object_int(config, "tolerance", PERCENT),
                              diags);
}

const ActionType action_kubeadm_etcd_rehearse = {
    .mode = MODE_ACTION,
    .name = "kubeadm_etcd_rehearse",
    .schema = {SCHEMA_ATTRIBUTES(etcd_rehearse_attributes),
               .description =
                   "Rehearses the restore of a snapshot of etcd on a control plane: restores it in "
                   "a temporary directory, starts an etcd that only a socket reaches, compares the "
                   "number of keys of each resource with the cluster, and removes all."},
    .invoke = rehearse_invoke,
};
