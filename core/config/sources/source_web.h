/* source_web: what module sources ask of web servers, and what is said when that fails. */
#pragma once

#include "http.h"
#include "module_source.h"

typedef struct WebQuestion {
    const SourceRequest *request;
    Str url;
    Str token;         /* bearer token; empty: none */
    Str file;          /* the body goes there; empty: into the answer */
    const char *asker; /* for messages: "the registry", "the server" */
} WebQuestion;

/* An answer other than 2xx is an error. Retries and patience as the environment says
 * (TF_REGISTRY_DISCOVERY_RETRY, TF_REGISTRY_CLIENT_TIMEOUT). */
MUST_USE bool source_web_get(const WebQuestion *question,
                             HttpResponse *out,
                             Arena *arena,
                             Diags *diags);
/* LOAM_X or TF_X; NULL: neither is set. */
const char *source_web_environment(const Io *io, Str name, Arena *arena);
/* "/x", "./x" and "../x" are meant from the page; all else is an address of its own. */
Str source_web_resolve(Str page, Str location, Arena *arena);
/* Where an answer says that a module is: the header or the page's <meta name="terraform-get">;
 * empty: nowhere. */
Str source_web_location(const HttpResponse *response, Arena *arena);
