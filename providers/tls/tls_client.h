/* tls_client: the provider's configuration: the proxy for reading certificates of servers. */
#pragma once

#include "http.h"
#include "provider.h"

extern const Block tls_client_block;

bool tls_client_configure(const Call *call,
                          const ConfigureRequest *request,
                          ConfigureResponse *response,
                          Diags *diags);
/* Sets the proxy of a request. `client` may be NULL. `is_direct`: use no proxy. */
void tls_client_set_proxy(const void *client, bool is_direct, HttpRequest *request);
