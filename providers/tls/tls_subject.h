/* tls_subject: the arguments for the subject of a certificate or request: the block `subject` and
 * the alternative names. */
#pragma once

#include "provider.h"

#include <openssl/x509v3.h>

/* clang-format off */
/* Rows of an attribute table: alternative names. */
#define TLS_NAME_ATTRIBUTES                                                                        \
    {"dns_names",    &TYPE_LIST_OF_STRING, OPTIONAL | FORCES_NEW, "Host names."},              \
    {"ip_addresses", &TYPE_LIST_OF_STRING, OPTIONAL | FORCES_NEW, "IP addresses.", .check = tls_subject_check_texts}, \
    {"uris",         &TYPE_LIST_OF_STRING, OPTIONAL | FORCES_NEW, "URIs.", .check = tls_subject_check_texts}
/* clang-format on */

extern const Block tls_subject_block;

/* Attribute check: no text of the list is empty. */
Str tls_subject_check_texts(Value value, Arena *arena);
/* Rejects texts that a name of X.509 cannot hold. */
MUST_USE bool tls_subject_validate(const Call *call, const ValidateRequest *request, Diags *diags);
/* Adds the path of the block to requires_replace if the block changed. */
void tls_subject_replace(const Call *call, const PlanRequest *request, PlanResponse *response);
/* Returns the name in the block, owned by the caller; empty without a block. NULL, with an error,
 * on failure. */
X509_NAME *tls_subject_name(Value object, Diags *diags);
/* Sets *out to the alternative names, NULL if none. Returns false, with an error, on failure. */
MUST_USE bool tls_subject_names(Value object, GENERAL_NAMES **out, Arena *arena, Diags *diags);
