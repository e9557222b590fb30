/* network_edit: writes planned changes into the XML of a network. */
#pragma once

#include "object_builder.h"
#include "provider.h"
#include "xml.h"

/* Servers for all names; forwarders for a single domain are not managed. */
#define NETWORK_FORWARDERS "forwarder[@addr and not(@domain)]"

/* Returns whether a network of this mode uses devices of the host instead of its own bridge. */
bool network_edit_is_foreign(Str mode);
/* Applies planned changes to the inactive XML, or to that of a new network, whose `prior` has only
 * nulls. Edits only differences between `prior` and
 * `planned`: other reservations, routes, bandwidths, port groups and dnsmasq options are kept. */
void network_edit(const Call *call, Value prior, Value planned, xmlNodePtr root);
