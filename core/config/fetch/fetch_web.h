/* fetch_web: HTTP requests of module sources, and their error messages. */
#pragma once

#include "http.h"
#include "module_source.h"

typedef struct WebQuestion {
    const SourceRequest *request;
    Str url;
    Str token_variable; /* holds the bearer token, in LOAM_X or TF_X; empty: none */
    Str file;           /* file for the response body; empty: the body is in the response */
    const char *asker;  /* server name in messages: "the registry", "the server" */
} WebQuestion;

/* Sends the request. Any status other than 2xx is an error. TF_REGISTRY_DISCOVERY_RETRY and
 * TF_REGISTRY_CLIENT_TIMEOUT set retries and timeout. */
MUST_USE bool fetch_web_get(const WebQuestion *question,
                            HttpResponse *out,
                            Arena *arena,
                            Diags *diags);
/* Returns the module location from the response: header X-Terraform-Get or <meta
 * name="terraform-get">. Empty if there is none. */
Str fetch_web_location(const HttpResponse *response, Arena *arena);
