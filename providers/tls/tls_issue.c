#include "tls_issue.h"

#include "certificate.h"
#include "nested_list.h"
#include "path_error.h"
#include "timestamp.h"

#define HOUR_SECONDS INT64_C(3600)
#define HOURS_MAX    INT64_C(87600000) /* ten thousand years */

typedef struct KeyUse {
    Str name;
    unsigned bits;       /* of the key usage */
    const char *purpose; /* of the extended key usage, as OpenSSL names it */
} KeyUse;

static const KeyUse uses[] = {
    {STR_CONST("any_extended"), 0, "anyExtendedKeyUsage"},
    {STR_CONST("cert_signing"), KU_KEY_CERT_SIGN, NULL},
    {STR_CONST("client_auth"), 0, "clientAuth"},
    {STR_CONST("code_signing"), 0, "codeSigning"},
    {STR_CONST("content_commitment"), KU_NON_REPUDIATION, NULL},
    {STR_CONST("crl_signing"), KU_CRL_SIGN, NULL},
    {STR_CONST("data_encipherment"), KU_DATA_ENCIPHERMENT, NULL},
    {STR_CONST("decipher_only"), KU_DECIPHER_ONLY, NULL},
    {STR_CONST("digital_signature"), KU_DIGITAL_SIGNATURE, NULL},
    {STR_CONST("email_protection"), 0, "emailProtection"},
    {STR_CONST("encipher_only"), KU_ENCIPHER_ONLY, NULL},
    {STR_CONST("ipsec_end_system"), 0, "1.3.6.1.5.5.7.3.5"},
    {STR_CONST("ipsec_tunnel"), 0, "1.3.6.1.5.5.7.3.6"},
    {STR_CONST("ipsec_user"), 0, "1.3.6.1.5.5.7.3.7"},
    {STR_CONST("key_agreement"), KU_KEY_AGREEMENT, NULL},
    {STR_CONST("key_encipherment"), KU_KEY_ENCIPHERMENT, NULL},
    {STR_CONST("microsoft_commercial_code_signing"), 0, "1.3.6.1.4.1.311.2.1.22"},
    {STR_CONST("microsoft_kernel_code_signing"), 0, "1.3.6.1.4.1.311.61.1.1"},
    {STR_CONST("microsoft_server_gated_crypto"), 0, "1.3.6.1.4.1.311.10.3.3"},
    {STR_CONST("netscape_server_gated_crypto"), 0, "2.16.840.1.113730.4.1"},
    {STR_CONST("ocsp_signing"), 0, "OCSPSigning"},
    {STR_CONST("server_auth"), 0, "serverAuth"},
    {STR_CONST("timestamping"), 0, "timeStamping"},
};

static const KeyUse *find_use(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(uses); i++) {
        if (str_equal(name, uses[i].name))
            return &uses[i];
    }
    return NULL;
}

Str tls_issue_check_hours(Value value, Arena *arena) {
    int64_t hours;
    if (value_to_int(value, &hours) && hours >= 0 && hours <= HOURS_MAX)
        return STR_EMPTY;
    return str_format(arena, "The number of hours must be an integer from 0 to %lld.",
                      (long long)HOURS_MAX);
}

Str tls_issue_check_path_length(Value value, Arena *arena) {
    int64_t length;
    if (value_to_int(value, &length) && length >= -1 && length <= INT32_MAX)
        return STR_EMPTY;
    return str_format(arena, "The length must be an integer of at least -1.");
}

bool tls_issue_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Str names[ARRAY_COUNT(uses)];
    Value list = object_attribute(request->config, "allowed_uses");
    size_t before = diags->error_count;
    for (size_t i = 0; i < ARRAY_COUNT(uses); i++)
        names[i] = uses[i].name;
    Str all = str_join(names, ARRAY_COUNT(names), STR(", "), call->arena);
    for (size_t i = 0; value_is_present(list) && i < list.count; i++) {
        Value use = value_at(list, i);
        if (!value_is_present(use) || find_use(value_text(use)))
            continue;
        (void)path_error(call, PATH_AT(call, {"allowed_uses"}, {.index = i}), diags,
                         "Invalid attribute value",
                         "\"%.*s\" is not a key usage. The usages are: %.*s.",
                         STR_ARG(value_text(use)), STR_ARG(all));
    }
    return diags->error_count == before;
}

bool tls_issue_is_other_pem(Value prior, Value planned) {
    if (value_is_present(prior) && str_find(value_text(prior), STR("-----BEGIN"), 0) == SIZE_MAX)
        return false;
    return !value_is_known(planned) || !value_equal(prior, planned);
}

static Timestamp now_of(const Call *call) {
    const Clock *clock = call->io->clock;
    return (Timestamp){.seconds = clock->now_ms(clock->self) / 1000};
}

/* Plans. */

static bool issue_is_ready(const Call *call, Value object) {
    Timestamp end;
    Str ignored;
    Value text = object_attribute(object, "validity_end_time");
    if (!value_is_present(text) || !timestamp_parse(value_text(text), &end, &ignored, call->arena))
        return false;
    int64_t early = object_int(object, "early_renewal_hours", 0) * HOUR_SECONDS;
    return end.seconds - early <= now_of(call).seconds;
}

/* A validity period of 0 hours, or not longer than the early renewal, is due for renewal at once.
 */
static bool is_ready_when_new(Value planned) {
    int64_t hours = object_int(planned, "validity_period_hours", -1);
    int64_t early = object_int(planned, "early_renewal_hours", -1);
    return hours == 0 || (hours > 0 && early >= hours);
}

bool tls_issue_plan(const Call *call, const PlanRequest *request, PlanResponse *response, Diags *) {
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    bool is_new = value_is_null(request->prior);
    Value ready = value_bool(is_ready_when_new(response->planned));
    if (!is_new && issue_is_ready(call, response->planned)) {
        Path path = path_attribute((Path){0}, STR("ready_for_renewal"), call->arena);
        vec_push(call->arena, &response->requires_replace, path);
        ready = value_unknown(&TYPE_BOOL);
    }
    object_builder_set(&builder, "ready_for_renewal", ready);
    response->planned = object_builder_value(&builder);
    return true;
}

bool tls_issue_update(const Call *, const ApplyRequest *request, ApplyResponse *response, Diags *) {
    response->state = request->planned;
    return true;
}

bool tls_issue_read(const Call *call, const ReadRequest *request, ReadResponse *response, Diags *) {
    if (!issue_is_ready(call, request->state))
        return true;
    response->state =
        object_with(request->state, "ready_for_renewal", value_bool(true), call->arena);
    return true;
}

/* Creation. */

/* Sets the bits of the key usage and, if there are any, the extended purposes. */
static void set_uses(CertificateContent *content, Value planned, Arena *arena) {
    StrVec names = nested_list_texts(planned, "allowed_uses", arena);
    vec_each(&names, name) {
        const KeyUse *use = find_use(*name);
        if (!use)
            continue;
        content->usage |= use->bits;
        if (use->purpose && !content->purposes)
            content->purposes = sk_ASN1_OBJECT_new_null();
        if (use->purpose)
            CHECK(sk_ASN1_OBJECT_push(content->purposes, OBJ_txt2obj(use->purpose, 0)) > 0);
    }
}

static bool check_issuer(const TlsIssue *issue, Value planned, Diags *diags) {
    if (issue->issuer && X509_check_private_key(issue->issuer, issue->issuer_key) != 1)
        return diags_fail(
            diags, NO_RANGE, "Certificate not created",
            "The key in \"ca_private_key_pem\" does not match the certificate in \"ca_cert_pem\".");
    if (object_bool(planned, "is_ca_certificate", false) &&
        X509_NAME_entry_count(issue->subject) == 0)
        return diags_fail(diags, NO_RANGE, "Invalid certificate subject",
                          "The certificate of a certificate authority requires a subject with at "
                          "least one attribute.");
    return true;
}

static CertificateContent issue_content_of(const TlsIssue *issue, Value planned, Timestamp start) {
    bool is_ca = object_bool(planned, "is_ca_certificate", false);
    return (CertificateContent){
        .key = issue->key,
        .subject = issue->subject,
        .names = issue->names,
        .is_ca = is_ca,
        .path_length = object_int(planned, "max_path_length", -1),
        .sets_subject_key_id = is_ca || object_bool(planned, "set_subject_key_id", false),
        .sets_authority_key_id = issue->sets_authority_key_id,
        .start = start.seconds,
        .end = start.seconds + object_int(planned, "validity_period_hours", 0) * HOUR_SECONDS,
    };
}

static void issue_describe(X509 *certificate, Timestamp start, Timestamp end,
                           ObjectBuilder *builder, Arena *arena) {
    object_builder_set(builder, "cert_pem",
                       value_from_str(openssl_pem_certificate_pem(certificate, arena)));
    object_builder_set(builder, "id", value_from_str(certificate_serial(certificate, arena)));
    object_builder_set(builder, "validity_start_time",
                       value_from_str(timestamp_to_str(start, arena)));
    object_builder_set(builder, "validity_end_time", value_from_str(timestamp_to_str(end, arena)));
    if (!value_is_known(object_builder_get(builder, "max_path_length")))
        object_builder_set(builder, "max_path_length", value_null(&TYPE_NUMBER));
}

bool tls_issue_make(const Call *call, const TlsIssue *issue, Value planned, ObjectBuilder *builder,
                    Diags *diags) {
    Timestamp start = now_of(call);
    Str problem;
    if (!check_issuer(issue, planned, diags))
        return false;
    CertificateContent content = issue_content_of(issue, planned, start);
    if (content.sets_authority_key_id && !issue->issuer && !content.sets_subject_key_id)
        return diags_fail(diags, NO_RANGE, "Invalid certificate authority",
                          "\"set_authority_key_id\" requires the certificate's own key ID: also "
                          "set \"set_subject_key_id\".");
    set_uses(&content, planned, call->arena);
    SCOPED(CertificateRef)
    certificate =
        certificate_sign(&content, issue->issuer_key, issue->issuer, &problem, call->arena);
    sk_ASN1_OBJECT_pop_free(content.purposes, ASN1_OBJECT_free);
    if (!certificate)
        return diags_fail(diags, NO_RANGE, "Certificate not created", "%.*s.", STR_ARG(problem));
    issue_describe(certificate, start, (Timestamp){.seconds = content.end}, builder, call->arena);
    return true;
}
