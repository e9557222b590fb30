/* data kubeadm_kubeconfig: a kubeconfig for existing credentials. */
#include "kubeadm_provider.h"
#include "pki_kubeconfig.h"

static const Attribute data_kubeconfig_attributes[] = {
    KUBECONFIG_ATTRIBUTES,
    {"client_certificate", &TYPE_STRING, OPTIONAL, "Certificate of the user in PEM."},
    {"client_key", &TYPE_STRING, OPTIONAL | SENSITIVE, "Private key of the user in PEM."},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE, "Bearer token of the user."},
};

static const ArgumentRule data_kubeconfig_rules[] = {
    {RULE_EXACTLY_ONE, {"client_certificate", "token"}},
    {RULE_REQUIRED_WITH, {"client_certificate", "client_key"}},
    {RULE_REQUIRED_WITH, {"client_key", "client_certificate"}},
};

static bool kubeconfig_read(const Call *call, const DataReadRequest *request,
                            DataReadResponse *response, Diags *) {
    PkiKubeconfig content = pki_kubeconfig_read(response->state, call->arena);
    content.client_certificate = object_text(request->config, "client_certificate", STR_EMPTY);
    content.client_key = object_text(request->config, "client_key", STR_EMPTY);
    content.token = object_text(request->config, "token", STR_EMPTY);
    response->state = object_with_text(response->state, "kubeconfig",
                                       pki_kubeconfig_text(&content, call->arena), call->arena);
    return true;
}

const DataSourceType data_kubeadm_kubeconfig = {
    .mode = MODE_DATA,
    .name = "kubeadm_kubeconfig",
    .schema = {SCHEMA_ATTRIBUTES(data_kubeconfig_attributes), SCHEMA_RULES(data_kubeconfig_rules),
               .description = "A kubeconfig for a client certificate or a token. The state "
                              "contains it; the ephemeral resource of this name stores nothing."},
    .read = kubeconfig_read,
};
