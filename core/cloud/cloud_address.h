/* cloud_address: the addresses to which a secret may be sent. */
#pragma once

#include "http.h"
#include "url.h"

/* Returns false with *problem, the end of a sentence, unless the address is https, http to this
 * machine, or http to a metadata service. */
MUST_USE bool cloud_address_check(Str address, Str *problem, Arena *arena);
/* Limits a request for a credential: no redirects, 1 MiB, 30 s; no proxy to a metadata service. */
void cloud_address_limit(HttpRequest *request);
