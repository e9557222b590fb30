/* fetch_web: HTTP requests to registries and mirrors, and their error messages. */
#pragma once

#include "http.h"
#include "module_source.h"

typedef struct WebQuestion {
    const Io *io;
    const CancelToken *cancel;
    Str url;
    Str token;             /* bearer token; empty: none */
    Str authorization;     /* value of that header, instead of `token`; empty: none */
    const char *accept;    /* value of that header; NULL: none */
    Str file;              /* file for the response body; empty: the body is in the response */
    Str body;              /* of a POST request; ptr NULL: GET */
    const char *body_type; /* of `body`; NULL: application/x-www-form-urlencoded */
    uint64_t offset;       /* with `file`: the first byte to request; the server may ignore it */
    const char *asker;     /* server name in messages: "the registry", "the server" */
    bool needs_https;      /* reject other URLs */
} WebQuestion;

/* Returns the environment variable LOAM_X, else TF_X; empty if neither is set. */
Str fetch_web_variable(const Io *io, Str name, Arena *arena);
/* Sends the request. A status other than 2xx is a failure. TF_REGISTRY_DISCOVERY_RETRY sets the
 * retries; TF_REGISTRY_CLIENT_TIMEOUT sets the timeout, except of downloads to a file. The prefix
 * LOAM_ works too, and wins. On failure, *problem is full sentences without credentials, and
 * out->code is 0 if no response arrived. */
MUST_USE bool fetch_web_send(const WebQuestion *question, HttpResponse *out, Str *problem,
                             Arena *arena);
/* Same for the source of a module: adds an error. */
MUST_USE bool fetch_web_get(const WebQuestion *question, SourceRange range, HttpResponse *out,
                            Arena *arena, Diags *diags);
/* Returns the module location from the response, resolved against its URL: header X-Terraform-Get
 * or <meta name="terraform-get">. Empty if there is none. */
Str fetch_web_location(const HttpResponse *response, Arena *arena);
