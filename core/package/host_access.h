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
/* Returns the text of a problem as the end of a sentence, without a full stop. */
Str host_access_reason(const RegistryProblem *problem, Arena *arena);
