/* tls_self_signed_cert: a certificate signed with its own key. */
#include "tls_issue.h"
#include "tls_provider.h"
#include "tls_subject.h"

/* clang-format off */
static const Attribute self_signed_cert_attributes[] = {
    {"private_key_pem",      &TYPE_STRING, REQUIRED | SENSITIVE, "Key of the certificate, in PEM.", .forces_new = tls_issue_is_other_pem},
    TLS_NAME_ATTRIBUTES,
    TLS_CERTIFICATE_ATTRIBUTES,
    {"set_authority_key_id", &TYPE_BOOL,   OPTIONAL | COMPUTED | FORCES_NEW, "Whether the certificate contains the ID of its issuer's key, which is its own.", .default_json = "false"},
    {"key_algorithm",        &TYPE_STRING, COMPUTED, "Algorithm of the key: \"RSA\", \"ECDSA\" or \"ED25519\"."},
};
/* clang-format on */

static bool cert_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags) {
    tls_subject_replace(call, request, response);
    return tls_issue_plan(call, request, response, diags);
}

static bool cert_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    bool is_good = tls_subject_validate(call, request, diags);
    return tls_issue_validate(call, request, diags) && is_good;
}

static bool signed_cert_make(const Call *call, Value planned, EVP_PKEY *key, ObjectBuilder *builder,
                             Diags *diags) {
    TlsIssue issue = {
        .key = key,
        .issuer_key = key,
        .sets_authority_key_id = object_bool(planned, "set_authority_key_id", false),
    };
    X509_NAME *subject = tls_subject_name(planned, diags);
    issue.subject = subject;
    bool done = subject && tls_subject_names(planned, &issue.names, call->arena, diags) &&
                tls_issue_make(call, &issue, planned, builder, diags);
    GENERAL_NAMES_free(issue.names);
    X509_NAME_free(subject);
    return done;
}

static bool self_signed_cert_create(const Call *call, const ApplyRequest *request,
                                    ApplyResponse *response, Diags *diags) {
    Str pem = object_text(request->planned, "private_key_pem", STR_EMPTY);
    SCOPED(KeyRef)
    key = openssl_pem_read_key(pem, "Private key not readable", "private_key_pem", diags);
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    if (!key || !signed_cert_make(call, request->planned, key, &builder, diags))
        return false;
    object_builder_set(&builder, "key_algorithm", value_from_str(openssl_pem_algorithm(key)));
    response->state = object_builder_value(&builder);
    return true;
}

const ResourceType tls_self_signed_cert = {
    .name = "tls_self_signed_cert",
    .schema = {SCHEMA_ATTRIBUTES(self_signed_cert_attributes), .blocks = &tls_subject_block,
               .block_count = 1, .description = "A certificate signed with its own key."},
    .effect = EFFECT_NONE,
    .validate = cert_validate,
    .plan = cert_plan,
    .create = self_signed_cert_create,
    .update = tls_issue_update,
    .read = tls_issue_read,
};
