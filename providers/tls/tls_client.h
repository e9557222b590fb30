/* tls_client: the provider's configuration: the proxy between loam and the servers whose
 * certificates it reads. */
#pragma once

#include "http.h"
#include "provider.h"

extern const Block tls_client_block;

bool tls_client_configure(const Call *call,
                          const ConfigureRequest *request,
                          ConfigureResponse *response,
                          Diags *diags);
/* `client` may be NULL. `is_direct`: no proxy is used in any case. */
void tls_client_set_proxy(const void *client, bool is_direct, HttpRequest *request);
