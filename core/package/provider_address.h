/* provider_address: addresses of providers, host/namespace/type, as text. */
#pragma once

#include "str.h"

#define PROVIDER_DEFAULT_HOST "registry.opentofu.org"

/* Returns the address with host and namespace, in lower case: random → HOST/hashicorp/random.
 * `host` is that of the run; empty: PROVIDER_DEFAULT_HOST. */
Str provider_address_complete(Str name, Str host, Arena *arena);
/* Same with an asterisk for a missing namespace, for patterns. */
Str provider_address_pattern(Str name, Str host, Arena *arena);
/* Returns whether the text is an address of three valid parts. No part can leave a directory, or
 * has letters beyond ASCII, which may look like others. */
bool provider_address_is_complete(Str text);
/* Splits a complete address. */
void provider_address_split(Str address, Str *host, Str *namespace, Str *type);
/* Returns the address without the default host `host`, for messages: hashicorp/random. */
Str provider_address_shown(Str address, Str host);
/* Returns the operating system and architecture in the names of packages: linux_amd64. */
Str provider_address_platform(void);
