/* tls_locally_signed_cert: a certificate for a request, signed with a given key of a certificate
 * authority. */
#include "tls_issue.h"
#include "tls_provider.h"

/* clang-format off */
static const Attribute locally_signed_cert_attributes[] = {
    {"cert_request_pem",   &TYPE_STRING, REQUIRED, "Certificate request in PEM.", .forces_new = tls_issue_is_other_pem},
    {"ca_private_key_pem", &TYPE_STRING, REQUIRED | SENSITIVE, "Key of the certificate authority, in PEM.", .forces_new = tls_issue_is_other_pem},
    {"ca_cert_pem",        &TYPE_STRING, REQUIRED, "Certificate of the certificate authority, in PEM.", .forces_new = tls_issue_is_other_pem},
    TLS_CERTIFICATE_ATTRIBUTES,
    {"ca_key_algorithm",   &TYPE_STRING, COMPUTED, "Algorithm of the authority's key: \"RSA\", \"ECDSA\" or \"ED25519\"."},
};
/* clang-format on */

static GENERAL_NAMES *cert_names_of(X509_REQ *request) {
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(request);
    GENERAL_NAMES *names = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return names;
}

static bool cert_make(const Call *call, Value planned, TlsIssue *issue, ObjectBuilder *builder,
                      Diags *diags) {
    Str pem = object_text(planned, "cert_request_pem", STR_EMPTY);
    SCOPED(RequestRef)
    request = openssl_pem_read_request(pem, "Certificate request not readable", "cert_request_pem",
                                       diags);
    if (!request)
        return false;
    issue->key = X509_REQ_get0_pubkey(request);
    issue->subject = X509_REQ_get_subject_name(request);
    issue->names = cert_names_of(request);
    bool done = tls_issue_make(call, issue, planned, builder, diags);
    GENERAL_NAMES_free(issue->names);
    return done;
}

static bool signed_cert_create(const Call *call, const ApplyRequest *request,
                               ApplyResponse *response, Diags *diags) {
    Value planned = request->planned;
    Str key_pem = object_text(planned, "ca_private_key_pem", STR_EMPTY);
    Str pem = object_text(planned, "ca_cert_pem", STR_EMPTY);
    SCOPED(KeyRef)
    key = openssl_pem_read_key(key_pem, "Key of the authority not readable", "ca_private_key_pem",
                               diags);
    if (!key)
        return false;
    SCOPED(CertificateRef)
    issuer = openssl_pem_read_certificate(pem, "Certificate of the authority not readable",
                                          "ca_cert_pem", diags);
    ObjectBuilder builder = object_builder_of(planned, call->arena);
    TlsIssue issue = {.issuer_key = key, .issuer = issuer};
    if (!issuer || !cert_make(call, planned, &issue, &builder, diags))
        return false;
    if (X509_check_ca(issuer) != 1)
        diags_warning(diags, NO_RANGE, "Certificate authority may be invalid",
                      "The certificate in \"ca_cert_pem\" is not that of a certificate authority, "
                      "so other programs may reject the signed certificate.");
    object_builder_set(&builder, "ca_key_algorithm", value_from_str(openssl_pem_algorithm(key)));
    response->state = object_builder_value(&builder);
    return true;
}

const ResourceType tls_locally_signed_cert = {
    .name = "tls_locally_signed_cert",
    .schema = {SCHEMA_ATTRIBUTES(locally_signed_cert_attributes),
               .description = "A certificate that a certificate authority signs."},
    .effect = EFFECT_NONE,
    .validate = tls_issue_validate,
    .plan = tls_issue_plan,
    .create = signed_cert_create,
    .update = tls_issue_update,
    .read = tls_issue_read,
};
