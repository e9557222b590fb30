/* ephemeral kubeadm_kubeconfig: a kubeconfig with a client certificate that is signed in every run.
 */
#include "duration.h"
#include "kubeadm_provider.h"
#include "nested_list.h"
#include "path_error.h"
#include "pki_client.h"
#include "pki_kubeconfig.h"
#include "timestamp.h"

#define HOUR_MS INT64_C(3600000)

/* clang-format off */
static const Attribute ephemeral_kubeconfig_attributes[] = {
    KUBECONFIG_ATTRIBUTES,
    {"ca_key",             &TYPE_STRING, REQUIRED | SENSITIVE, "Private key of the cluster's certificate authority in PEM."},
    {"groups",             &TYPE_LIST_OF_STRING, OPTIONAL | COMPUTED, "Groups of the user. The group \"system:masters\" bypasses RBAC.", .default_json = "[\"kubeadm:cluster-admins\"]"},
    {"validity",           &TYPE_STRING, OPTIONAL | COMPUTED, "Validity period of the certificate, such as \"30m\".", .default_json = "\"1h\"", .check = duration_check},
    {"client_certificate", &TYPE_STRING, COMPUTED,             "Certificate of the user in PEM."},
    {"client_key",         &TYPE_STRING, COMPUTED | SENSITIVE, "Private key of the user in PEM."},
    {"valid_until",        &TYPE_STRING, COMPUTED,             "End of the certificate's validity, in RFC 3339."},
};
/* clang-format on */

static bool kubeconfig_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value groups = object_attribute(request->config, "groups");
    Value user = object_attribute(request->config, "user");
    StrVec known = {0};
    for (size_t i = 0; value_is_present(groups) && i < groups.count; i++) {
        if (value_is_present(value_at(groups, i)))
            vec_push(call->arena, &known, value_text(value_at(groups, i)));
    }
    Str problem =
        pki_client_check(value_is_present(user) ? value_text(user) : STR("-"), &known, call->arena);
    const char *argument = str_starts_with(problem, STR("The user")) ? "user" : "groups";
    return !problem.len ||
           path_error(call, PATH_AT(call, {argument}), diags, "Invalid subject of a certificate",
                      "%.*s.", STR_ARG(problem));
}

static bool ephemeral_kubeadm_kubeconfig_make(const Call *call, Value config, PkiPair *out,
                                              int64_t *end, Diags *diags) {
    const Clock *clock = call->io->clock;
    int64_t now = clock->now_ms(clock->self) / 1000;
    *end = now + duration_of(config, "validity", HOUR_MS) / 1000;
    PkiPair ca = {object_text(config, "ca_certificate", STR_EMPTY),
                  object_text(config, "ca_key", STR_EMPTY)};
    PkiClient client = {.user = object_text(config, "user", STR_EMPTY),
                        .groups = nested_list_texts(config, "groups", call->arena),
                        .start = now - PKI_BACKDATE_SECONDS,
                        .end = *end};
    Str problem;
    return pki_client_make(&client, &ca, out, &problem, call->arena) ||
           path_error(call, PATH_AT(call, {"ca_key"}), diags, "Certificate not created", "%.*s.",
                      STR_ARG(problem));
}

static bool kubeconfig_open(const Call *call, const OpenRequest *, OpenResponse *response,
                            Diags *diags) {
    PkiPair pair;
    int64_t end;
    if (!ephemeral_kubeadm_kubeconfig_make(call, response->result, &pair, &end, diags))
        return false;
    PkiKubeconfig content = pki_kubeconfig_read(response->result, call->arena);
    content.client_certificate = pair.certificate;
    content.client_key = pair.key;
    ObjectBuilder builder = object_builder_of(response->result, call->arena);
    object_builder_set_text(&builder, "client_certificate", pair.certificate, call->arena);
    object_builder_set_text(&builder, "client_key", pair.key, call->arena);
    object_builder_set_text(&builder, "kubeconfig", pki_kubeconfig_text(&content, call->arena),
                            call->arena);
    object_builder_set_text(&builder, "valid_until",
                            timestamp_to_str((Timestamp){.seconds = end}, call->arena),
                            call->arena);
    response->result = object_builder_value(&builder);
    return true;
}

const EphemeralType ephemeral_kubeadm_kubeconfig = {
    .mode = MODE_EPHEMERAL,
    .name = "kubeadm_kubeconfig",
    .schema = {SCHEMA_ATTRIBUTES(ephemeral_kubeconfig_attributes),
               .description = "A kubeconfig with a short-lived client certificate, which the "
                              "cluster's certificate authority signs in every run. Neither plan "
                              "nor state contains it."},
    .validate = kubeconfig_validate,
    .open = kubeconfig_open,
};
