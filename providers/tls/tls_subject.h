/* tls_subject: the arguments that say whom a certificate or a request is for: the block `subject`
 * and the alternative names. */
#pragma once

#include "provider.h"

#include <openssl/x509v3.h>

/* clang-format off */
/* Alternative names, as rows of an attribute table. */
#define TLS_NAME_ATTRIBUTES                                                                        \
    {"dns_names",    &TYPE_LIST_OF_STRING, OPTIONAL | FORCES_NEW, "Names of hosts."},              \
    {"ip_addresses", &TYPE_LIST_OF_STRING, OPTIONAL | FORCES_NEW, "Addresses of hosts.", .check = tls_subject_check_texts}, \
    {"uris",         &TYPE_LIST_OF_STRING, OPTIONAL | FORCES_NEW, "URIs.", .check = tls_subject_check_texts}
/* clang-format on */

extern const Block tls_subject_block;

/* No text of the list is empty. */
Str tls_subject_check_texts(Value value, Arena *arena);
/* Adds the path of the block if a change of it makes a new object. */
void tls_subject_replace(const Call *call, const PlanRequest *request, PlanResponse *response);
/* The name of the block, freed by the caller; empty without a block. NULL: an error was added. */
X509_NAME *tls_subject_name(Value object, Diags *diags);
/* The alternative names, NULL if there are none. False: an error was added. */
MUST_USE bool tls_subject_names(Value object, GENERAL_NAMES **out, Arena *arena, Diags *diags);
