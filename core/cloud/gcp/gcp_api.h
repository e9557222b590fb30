/* GcpApi: requests to the JSON interfaces of Google's services. Thread-safe. */
#pragma once

#include "gcp_access.h"

typedef struct GcpApi {
    const Io *io;
    GcpAccess *access;          /* NULL: requests carry no token (an emulator) */
    const CancelToken **cancel; /* address of the token that aborts requests; NULL: none */
    int64_t timeout_ms;         /* of each attempt; 0: none */
    bool is_single;             /* true: a failed request is not repeated */
} GcpApi;

/* Sends the request with a token, follows no redirect, and retries after 408, 429, 5xx and lost
 * connections. After 401, sends it once more with a new token. response->attempts counts all
 * attempts. Returns false with *problem, the end of a sentence, if no response arrived. */
MUST_USE bool gcp_api_send(const GcpApi *api, HttpRequest *request, HttpResponse *response,
                           Str *problem, Arena *arena);
/* Returns the end of a sentence about a response that is an error: its status, and the status,
 * message and remedy of the service, if any. */
Str gcp_api_reason(const HttpResponse *response, Arena *arena);
