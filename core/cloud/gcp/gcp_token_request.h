/* gcp_token_request: one request to a server that issues tokens, and its answer. */
#pragma once

#include "io.h"
#include "token_source.h"

typedef struct GcpExchange {
    const Io *io;
    const CancelToken *cancel; /* NULL: none */
} GcpExchange;

/* The fields of a form, encoded. */
void gcp_token_request_add(StrBuf *form, const char *name, Str value);
/* Sends the request. Returns false with *problem unless the status is 2xx; *problem has the error
 * of the answer, in which `secrets` are hidden. `secrets` may be NULL. */
MUST_USE bool gcp_token_request_send(const GcpExchange *exchange, HttpRequest *request,
                                     const StrVec *secrets, HttpResponse *response, Str *problem,
                                     Arena *arena);
/* Sends a form. Reads `access_token` and `expires_in`. */
MUST_USE bool gcp_token_request_form(const GcpExchange *exchange, HttpRequest *request,
                                     const StrVec *secrets, AccessToken *out, Str *problem,
                                     Arena *arena);
/* Reads an answer with `access_token` and `expires_in`. */
MUST_USE bool gcp_token_request_read(const GcpExchange *exchange, const HttpResponse *response,
                                     AccessToken *out, Str *problem, Arena *arena);
