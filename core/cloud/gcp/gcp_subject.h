/* gcp_subject: the subject token of an external account, which another service has issued. */
#pragma once

#include "gcp_credential.h"
#include "gcp_token_request.h"

/* Obtains the token that `credential_source` of the file describes: the content of a file, the
 * answer of a URL, the output of a program (only if GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES is
 * 1), or a signed request to AWS. */
MUST_USE bool gcp_subject_token(const GcpExchange *exchange, const GcpCredential *credential,
                                Str *out, Str *problem, Arena *arena);
