/* tls: keys and certificates made with OpenSSL and kept in the state. */
#pragma once

#include "provider.h"

extern const ResourceType tls_cert_request;
extern const ResourceType tls_locally_signed_cert;
extern const ResourceType tls_private_key;
extern const ResourceType tls_self_signed_cert;
extern const DataSourceType data_tls_certificate;
extern const DataSourceType data_tls_public_key;
extern const EphemeralType ephemeral_tls_private_key;
extern const EphemeralType ephemeral_tls_public_key;

extern const Provider tls_provider;
