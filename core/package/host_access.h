/* host_access: tokens and services of registry hosts, as the CLI configuration and the environment
 * give them, and their responses. */
#pragma once

#include "package.h"
#include "registry_host.h"

/* Returns the host with its token: TF_TOKEN_host, `credentials`, the file of `login`, or the
 * credentials helper, in this order; empty if none has it. */
RegistryHost host_access_open(const PackageQuery *query, Str name);
/* Sets `base` to the address of a service of the host, such as providers.v1. */
MUST_USE bool host_access_discover(const PackageQuery *query, RegistryHost *host,
                                   const char *service);
/* Gets an address. On failure out->code is the HTTP status, or 0. */
MUST_USE bool host_access_get(const PackageQuery *query, const RegistryHost *host, Str url,
                              HttpResponse *out);
/* Gets a JSON object. */
MUST_USE bool host_access_read(const PackageQuery *query, const RegistryHost *host, Str url,
                               HttpResponse *response, Value *out);
/* Parses the body of the response from `url`, which must be a JSON object. */
MUST_USE bool host_access_parse(const PackageQuery *query, Str url, Str body, Value *out);
/* Fails: the response of `url` does what `format` says ("lists no versions"). Returns false. */
bool host_access_refuse(const PackageQuery *query, Str url, const char *format, ...)
    PRINTF_LIKE(3, 4);
