/* azure_signature: signs requests for Azure Storage with the key of the account (Shared Key), an
 * HMAC-SHA256 of the request.
 *
 * The signature covers the method, the path and the query as they are in the URL, the standard
 * headers of the service's documentation, and all headers x-ms-*. Headers must be complete before
 * the call. The service accepts a signature for 15 minutes, so a request may be repeated as it is.
 */
#pragma once

#include "http.h"

typedef struct AzureAccount {
    Str name;
    Str key; /* base64 */
} AzureAccount;

/* Adds x-ms-date and authorization. Returns false if the key is not base64. */
MUST_USE bool azure_signature_sign(const AzureAccount *account, int64_t now_ms,
                                   HttpRequest *request, Arena *arena);
/* Formats "Fri, 24 May 2013 00:00:00 GMT", the form of HTTP headers. */
Str azure_signature_date(int64_t now_ms, Arena *arena);
