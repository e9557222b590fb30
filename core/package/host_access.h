/* host_access: tokens and services of registry hosts, as the CLI configuration and the environment
 * give them. */
#pragma once

#include "package.h"
#include "registry_host.h"

/* Returns the token of the host: TF_TOKEN_host, `credentials`, the file of `login`, or the
 * credentials helper, in this order; empty if none has it. */
Str host_access_token(const PackageSources *sources, Str host, Arena *arena);
/* Opens a service of a host, such as providers.v1. */
MUST_USE bool host_access_open(const PackageSources *sources, Str name, const char *service,
                               RegistryHost *out, RegistryProblem *problem, Arena *arena);
/* Set *problem without the full stop, and return false. host_access_refuse says that the response
 * of `url` `what` ("lists no versions"). */
bool host_access_fail(const RegistryProblem *failure, Str *problem, Arena *arena);
bool host_access_refuse(Str url, const char *what, Str *problem, Arena *arena);
