/* network_edit: planned changes of a network, written into its own inactive description.
 *
 * Only what differs between `prior` and `planned` is edited: reservations of others, routes,
 * bandwidths, port groups and dnsmasq's options stay as they are. */
#pragma once

#include "provider.h"
#include "xml.h"

void network_edit(const Call *call, Value prior, Value planned, xmlNodePtr root);
