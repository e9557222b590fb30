/* gcp_exchange: requests that turn a credential of Google into an access token. */
#pragma once

#include "gcp_credential.h"
#include "gcp_token_request.h"

#define GCP_PLATFORM_SCOPE "https://www.googleapis.com/auth/cloud-platform"

/* A service account whose token is requested with another token. */
typedef struct GcpImpersonation {
    Str url;          /* of its method generateAccessToken */
    StrVec delegates; /* resource names, or e-mail addresses */
    Str scope;
    int64_t lifetime_s; /* 0: one hour */
} GcpImpersonation;

/* Obtains a token of the credential for one scope. Returns false with *problem, the end of a
 * sentence without secrets. */
MUST_USE bool gcp_exchange_credential(const GcpExchange *exchange, const GcpCredential *credential,
                                      Str scope, AccessToken *out, Str *problem, Arena *arena);
MUST_USE bool gcp_exchange_impersonate(const GcpExchange *exchange,
                                       const GcpImpersonation *impersonation, Str token,
                                       AccessToken *out, Str *problem, Arena *arena);
