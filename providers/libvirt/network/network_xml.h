/* network_xml: the XML of a new network, and reading of any network's XML. */
#pragma once

#include "object_builder.h"
#include "xml.h"

#include "provider.h"

/* Servers for all names; forwarders for a single domain are not managed. */
#define NETWORK_FORWARDERS "forwarder[@addr and not(@domain)]"

/* Returns whether a network of this mode uses devices of the host instead of its own bridge. */
bool network_xml_is_foreign(Str mode);
const char *network_xml_describe(const Call *call, Value planned, Str uuid);
/* Reads the XML into the builder. Lists keep the order of `state`. Reservations that it does not
 * declare are ignored, except on import. */
void network_xml_read(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena);
/* Applies planned changes to the inactive XML, or to that of a new network, whose `prior` has only
 * nulls. Edits only differences between `prior` and
 * `planned`: other reservations, routes, bandwidths, port groups and dnsmasq options are kept. */
void network_edit(const Call *call, Value prior, Value planned, xmlNodePtr root);
