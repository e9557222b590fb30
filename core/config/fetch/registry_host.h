/* registry_host: a host with registry services: service discovery, tokens, JSON responses. */
#pragma once

#include "fetch_web.h"
#include "json.h"

typedef struct RegistryHost {
    const Io *io;
    const CancelToken *cancel;
    Str name;  /* with its port, if any */
    Str token; /* bearer token; empty: none */
    Str base;  /* URL of the service, with a trailing slash */
} RegistryHost;

typedef struct RegistryProblem {
    Str text;       /* full sentences */
    int code;       /* HTTP status; 0: no response */
    bool is_answer; /* a response arrived, but its content is invalid */
} RegistryProblem;

/* Returns the token of TF_TOKEN_example_com (dots become underscores, dashes two underscores), or
 * of LOAM_TOKEN_…; empty if neither is set. */
Str registry_host_token(const Io *io, Str host, Arena *arena);
/* Sets `base` to the URL of the service from https://HOST/.well-known/terraform.json. */
MUST_USE bool registry_host_discover(RegistryHost *host, const char *service,
                                     RegistryProblem *problem, Arena *arena);
/* Gets an address, with the token if it is on this host. */
MUST_USE bool registry_host_get(const RegistryHost *host, Str url, HttpResponse *out,
                                RegistryProblem *problem, Arena *arena);
/* Parses the body of the response from `url`, which must be a JSON object. */
MUST_USE bool registry_host_parse(Str url, Str body, Value *out, RegistryProblem *problem,
                                  Arena *arena);
/* Sets *problem: the response of `url` `what` ("lists no versions"). Returns false. */
bool registry_host_refuse(Str url, const char *what, RegistryProblem *problem, Arena *arena);
