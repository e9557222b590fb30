/* uploaded_certs: the phase upload-certs of kubeadm. */
#include "uploaded_certs.h"
#include "bootstrap_token.h"
#include "hex.h"
#include "kube_error.h"
#include "kube_object.h"
#include "random.h"
#include "remote_script.h"

#define KEY_SIZE     32
#define TOKEN_PREFIX "bootstrap-token-"

static const KubeRef certs = {
    .resource = &cluster_api_secrets,
    .namespace = STR_CONST("kube-system"),
    .name = STR_CONST("kubeadm-certs"),
};

/* A program cannot open /dev/stdin again if sshd gives a socket. */
static const char upload_script[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin\n"
    "export PATH\n"
    "cat | kubeadm init phase upload-certs --upload-certs --skip-certificate-key-print --config "
    "/dev/stdin";

Str uploaded_certs_make_key(Arena *arena) {
    unsigned char key[KEY_SIZE];
    random_fill(key, sizeof key);
    return hex_encode((Str){(const char *)key, sizeof key}, arena);
}

bool uploaded_certs_upload(SshLink *link, Str config, Diags *diags) {
    SshResult result;
    return remote_script_run(link, (RemoteScript){.text = upload_script, .input = config}, &result,
                             diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Certificates not uploaded", &result, diags));
}

/* Sets *owner to the id of the token that owns the Secret; empty if none. */
static KubeOutcome read_owner(const ClusterApi *api, Str *owner, KubeResponse *response) {
    Value found;
    *owner = STR_EMPTY;
    KubeOutcome outcome = kube_call_get(&api->call, &certs, response, NULL);
    if (outcome != KUBE_DONE)
        return outcome;
    if (!kube_client_decode(response, &found, api->call.arena))
        return KUBE_FAILED;
    Value owners = kube_object_list(found, "metadata", "ownerReferences");
    for (size_t i = 0; i < owners.count; i++) {
        Str name = value_text_at(value_at(owners, i), STR("name"));
        if (str_starts_with(name, STR(TOKEN_PREFIX)))
            *owner = str_clone(str_after(name, sizeof TOKEN_PREFIX - 1), api->call.arena);
    }
    return outcome;
}

bool uploaded_certs_end(const ClusterApi *api, Str *end) {
    KubeResponse response;
    BootstrapToken owner = {0};
    *end = STR_EMPTY;
    KubeOutcome outcome = read_owner(api, &owner.id, &response);
    if (outcome == KUBE_ABSENT || (outcome == KUBE_DONE && !owner.id.len))
        return true;
    return outcome == KUBE_DONE && bootstrap_token_end(api, &owner, end);
}

bool uploaded_certs_delete(const ClusterApi *api, Diags *diags) {
    KubeResponse response;
    Str owner;
    KubeOutcome outcome = read_owner(api, &owner, &response);
    if (outcome == KUBE_ABSENT)
        return true;
    KubeDelete request = {.ref = certs, .propagation = KUBE_PROPAGATION_BACKGROUND};
    if (outcome == KUBE_DONE)
        outcome = kube_call_delete(&api->call, &request, &response, NULL);
    if (outcome != KUBE_DONE && outcome != KUBE_ABSENT)
        return kube_error_report(&api->call, "Uploaded certificates not deleted", &certs, &response,
                                 diags);
    return !owner.len || bootstrap_token_revoke(api, owner, diags);
}
