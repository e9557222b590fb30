/* tls: keys and certificates created with OpenSSL and stored in the state. */
#pragma once

#include "http.h"
#include "provider.h"

/* clang-format off */
#define TLS_TYPES(ROW)                            \
    ROW(ResourceType, tls_cert_request)           \
    ROW(ResourceType, tls_locally_signed_cert)    \
    ROW(ResourceType, tls_private_key)            \
    ROW(ResourceType, tls_self_signed_cert)       \
    ROW(DataSourceType, data_tls_certificate)     \
    ROW(DataSourceType, data_tls_public_key)      \
    ROW(EphemeralType, ephemeral_tls_private_key) \
    ROW(EphemeralType, ephemeral_tls_public_key)
/* clang-format on */

TLS_TYPES(TYPE_DECLARE)

extern const Provider tls_provider;

/* Sets the proxy of a request. `client` is the configured provider, or NULL. `is_direct`: use no
 * proxy. */
void tls_provider_set_proxy(const void *client, bool is_direct, HttpRequest *request);
