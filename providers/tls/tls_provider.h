/* tls: keys and certificates created with OpenSSL and stored in the state. */
#pragma once

#include "http.h"
#include "provider.h"

/* clang-format off */
#define TLS_RESOURCES(ROW)       \
    ROW(tls_cert_request)        \
    ROW(tls_locally_signed_cert) \
    ROW(tls_private_key)         \
    ROW(tls_self_signed_cert)

#define TLS_DATA_SOURCES(ROW) \
    ROW(data_tls_certificate) \
    ROW(data_tls_public_key)

#define TLS_EPHEMERALS(ROW)        \
    ROW(ephemeral_tls_private_key) \
    ROW(ephemeral_tls_public_key)
/* clang-format on */

TLS_RESOURCES(RESOURCE_DECLARE)
TLS_DATA_SOURCES(DATA_SOURCE_DECLARE)
TLS_EPHEMERALS(EPHEMERAL_DECLARE)

extern const Provider tls_provider;

/* Sets the proxy of a request. `client` is the configured provider, or NULL. `is_direct`: use no
 * proxy. */
void tls_provider_set_proxy(const void *client, bool is_direct, HttpRequest *request);
