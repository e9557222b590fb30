/* tls: keys made with OpenSSL and kept in the state. */
#pragma once

#include "provider.h"

extern const ResourceType tls_private_key;
extern const ResourceType ephemeral_tls_private_key;

extern const Provider tls_provider;
