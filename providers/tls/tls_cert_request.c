/* tls_cert_request: a certificate signing request for a certificate authority. */
#include "tls_issue.h"
#include "tls_provider.h"
#include "tls_subject.h"

/* clang-format off */
static const Attribute cert_request_attributes[] = {
    {"private_key_pem",  &TYPE_STRING, REQUIRED | SENSITIVE, "Key for the certificate, in PEM.", .forces_new = tls_issue_is_other_pem},
    TLS_NAME_ATTRIBUTES,
    {"key_algorithm",    &TYPE_STRING, COMPUTED, "Algorithm of the key: \"RSA\", \"ECDSA\" or \"ED25519\"."},
    {"cert_request_pem", &TYPE_STRING, COMPUTED, "Certificate request in PEM."},
    {"id",               &TYPE_STRING, COMPUTED, "SHA-1 of the request in DER, in hex."},
};
/* clang-format on */

static bool request_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                         Diags *) {
    tls_subject_replace(call, request, response);
    return true;
}

static bool request_add_names(X509_REQ *request, Value planned, bool has_subject, Arena *arena,
                              Diags *diags) {
    GENERAL_NAMES *names;
    if (!tls_subject_names(planned, &names, arena, diags))
        return false;
    if (!names)
        return true;
    STACK_OF(X509_EXTENSION) *extensions = NULL;
    CHECK(X509V3_add1_i2d(&extensions, NID_subject_alt_name, names, !has_subject,
                          X509V3_ADD_DEFAULT) == 1);
    CHECK(X509_REQ_add_extensions(request, extensions) == 1);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    GENERAL_NAMES_free(names);
    return true;
}

static bool request_fill_in(X509_REQ *request, Value planned, Arena *arena, Diags *diags) {
    X509_NAME *subject = tls_subject_name(planned, diags);
    bool done = subject && request_add_names(request, planned, X509_NAME_entry_count(subject) > 0,
                                             arena, diags);
    if (done)
        CHECK(X509_REQ_set_subject_name(request, subject) == 1);
    X509_NAME_free(subject);
    return done;
}

static bool request_create(const Call *call, const ApplyRequest *apply, ApplyResponse *response,
                           Diags *diags) {
    Str pem = object_text(apply->planned, "private_key_pem", STR_EMPTY);
    SCOPED(KeyRef)
    key = openssl_pem_read_key(pem, "Private key not readable", "private_key_pem", diags);
    SCOPED(RequestRef) request = X509_REQ_new();
    SCOPED(BioRef) bio = BIO_new(BIO_s_mem());
    CHECK(request && bio);
    if (!key || !request_fill_in(request, apply->planned, call->arena, diags))
        return false;
    CHECK(X509_REQ_set_version(request, X509_REQ_VERSION_1) == 1);
    CHECK(X509_REQ_set_pubkey(request, key) == 1);
    if (X509_REQ_sign(request, key, openssl_pem_signature_digest(key)) == 0) {
        Str reason = openssl_pem_reason(call->arena);
        return diags_fail(diags, NO_RANGE, "Certificate request not created",
                          "OpenSSL cannot sign it: %.*s.", STR_ARG(reason));
    }
    CHECK(PEM_write_bio_X509_REQ(bio, request) == 1);
    unsigned char *der = NULL;
    int size = i2d_X509_REQ(request, &der);
    ObjectBuilder builder = object_builder_of(apply->planned, call->arena);
    object_builder_set(&builder, "key_algorithm", value_from_str(openssl_pem_algorithm(key)));
    object_builder_set(&builder, "cert_request_pem",
                       value_from_str(openssl_pem_text(bio, call->arena)));
    object_builder_set(&builder, "id",
                       value_from_str(openssl_pem_der_sha1(der, size, call->arena)));
    response->state = object_builder_value(&builder);
    return true;
}

const ResourceType tls_cert_request = {
    .name = "tls_cert_request",
    .schema = {SCHEMA_ATTRIBUTES(cert_request_attributes), .blocks = &tls_subject_block,
               .block_count = 1, .description = "A certificate signing request."},
    .effect = EFFECT_NONE,
    .validate = tls_subject_validate,
    .plan = request_plan,
    .create = request_create,
};
