/* AzureCloud: the addresses of the services of one Azure cloud. */
#pragma once

#include "io.h"
#include "value.h"

typedef struct AzureCloud {
    Str login;          /* "https://login.microsoftonline.com"; no slash at its end */
    Str manager;        /* the resource manager: "https://management.azure.com" */
    Str storage_suffix; /* "core.windows.net" */
} AzureCloud;

/* The names of all clouds, with blanks between. */
#define AZURE_CLOUD_NAMES                                                                          \
    "public global canary usgovernment usgovernmentl4 usgovernmentl5 dod china"

/* Returns false if no cloud has the name; empty: the public one. */
MUST_USE bool azure_cloud_find(Str name, AzureCloud *out);
/* Asks https://`host`/metadata/endpoints. Returns false with *problem, the end of a sentence. */
MUST_USE bool azure_cloud_fetch(const Io *io, Str host, AzureCloud *out, Str *problem,
                                Arena *arena);

/* Sends the request, whose reply must be JSON with status 200. Follows no redirect. On failure
 * returns false with *problem: the host, the status and the code of the error, but not the text of
 * the reply. */
MUST_USE bool azure_cloud_ask(const Io *io, HttpRequest *request, Value *out, Str *problem,
                              Arena *arena);
