/* gcp_subject_aws: a signed request to AWS, which proves an identity of AWS to Google. loam does
 * not send it; Google does. */
#pragma once

#include "gcp_credential.h"
#include "gcp_token_request.h"

/* `source` is `credential_source` of the file. */
MUST_USE bool gcp_subject_aws_token(const GcpExchange *exchange, const GcpCredential *credential,
                                    Value source, Str *out, Str *problem, Arena *arena);
