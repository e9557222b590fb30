/* served_provider: a provider of loam behind the calls of plugin protocol 6.
 *
 * A server has one configuration of the provider: ConfigureProvider is called once. If it contains
 * unknown values, the provider is deferred: plans follow from the schema alone, and reads return
 * the stored object. */
#pragma once

#include "rpc_service.h"
#include "served_call.h"

ServedProvider *served_provider_open(const Provider *provider, const Io *io);
void served_provider_close(ServedProvider *served);
/* Returns the service for rpc_server_run. It lives as long as `served`. */
RpcService served_provider_service(ServedProvider *served);
