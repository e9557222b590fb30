/* fetch_web: HTTP requests of module sources, and their error messages. */
#pragma once

#include "http.h"
#include "module_source.h"

typedef struct WebQuestion {
    const SourceRequest *request;
    Str url;
    Str token_variable; /* X if LOAM_X or TF_X may hold the bearer token; empty: no token */
    Str file;           /* file for the response body; empty: the body is in the response */
    const char *asker;  /* server name in messages: "the registry", "the server" */
} WebQuestion;

/* Sends the request. Any status other than 2xx is an error. TF_REGISTRY_DISCOVERY_RETRY sets the
 * retries; TF_REGISTRY_CLIENT_TIMEOUT sets the timeout, except of downloads to a file. The prefix
 * LOAM_ works too, and wins. */
MUST_USE bool fetch_web_get(const WebQuestion *question,
                            HttpResponse *out,
                            Arena *arena,
                            Diags *diags);
/* Returns the module location from the response, resolved against its URL: header X-Terraform-Get
 * or <meta name="terraform-get">. Empty if there is none. */
Str fetch_web_location(const HttpResponse *response, Arena *arena);
