/* tls_issue: arguments, creation and renewal shared by self-signed and locally signed
 * certificates. */
#pragma once

#include "object_builder.h"
#include "openssl_pem.h"
#include "provider.h"

/* clang-format off */
/* Rows of an attribute table. */
#define TLS_CERTIFICATE_ATTRIBUTES                                                                 \
    {"validity_period_hours", &TYPE_NUMBER,         REQUIRED | FORCES_NEW, "Validity of the certificate in hours.", .check = tls_issue_check_hours}, \
    {"allowed_uses",          &TYPE_LIST_OF_STRING, REQUIRED | FORCES_NEW, "Allowed key usages, such as \"server_auth\" or \"cert_signing\"."}, \
    {"early_renewal_hours",   &TYPE_NUMBER, OPTIONAL | COMPUTED, "Hours before the end of the validity at which the certificate is replaced.", .default_json = "0", .check = tls_issue_check_hours}, \
    {"is_ca_certificate",     &TYPE_BOOL,   OPTIONAL | COMPUTED | FORCES_NEW, "Whether the certificate is that of a certificate authority.", .default_json = "false"}, \
    {"max_path_length",       &TYPE_NUMBER, OPTIONAL | COMPUTED | FORCES_NEW, "Maximum number of intermediate authorities below this one; -1: no limit.", .check = tls_issue_check_path_length}, \
    {"set_subject_key_id",    &TYPE_BOOL,   OPTIONAL | COMPUTED | FORCES_NEW, "Whether the certificate contains its key ID. That of a certificate authority always does.", .default_json = "false"}, \
    {"cert_pem",              &TYPE_STRING, COMPUTED, "The certificate in PEM."}, \
    {"ready_for_renewal",     &TYPE_BOOL,   COMPUTED, "Whether the certificate has expired, or will within early_renewal_hours."}, \
    {"validity_start_time",   &TYPE_STRING, COMPUTED, "Start of the validity, in RFC 3339."}, \
    {"validity_end_time",     &TYPE_STRING, COMPUTED, "End of the validity, in RFC 3339."}, \
    {"id",                    &TYPE_STRING, COMPUTED, "Serial number of the certificate."}
/* clang-format on */

Str tls_issue_check_hours(Value value, Arena *arena);
Str tls_issue_check_path_length(Value value, Arena *arena);
/* For `forces_new`: compares PEM texts. An older state may hold a digest instead, which counts as
 * equal. */
bool tls_issue_is_other_pem(Value prior, Value planned);

/* Inputs of a certificate besides its arguments; all borrowed. */
typedef struct TlsIssue {
    EVP_PKEY *key; /* of the certificate's subject */
    const X509_NAME *subject;
    GENERAL_NAMES *names; /* NULL: none */
    EVP_PKEY *issuer_key;
    X509 *issuer;               /* NULL: self-signed */
    bool sets_authority_key_id; /* self-signed only; else set if the issuer has a key ID */
} TlsIssue;

/* Creates a certificate from the arguments in `planned` and sets its attributes in `builder`. */
MUST_USE bool tls_issue_make(const Call *call, const TlsIssue *issue, Value planned,
                             ObjectBuilder *builder, Diags *diags);

/* Slots shared by the two types. */
bool tls_issue_validate(const Call *call, const ValidateRequest *request, Diags *diags);
bool tls_issue_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                    Diags *diags);
bool tls_issue_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                      Diags *diags);
bool tls_issue_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                    Diags *diags);
