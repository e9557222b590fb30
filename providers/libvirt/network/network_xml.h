/* network_xml: the description of a new network, written from a value, and that of any network,
 * read into one. */
#pragma once

#include "object_builder.h"
#include "xml.h"

#include "provider.h"

/* Servers for all names; a forwarder for a single domain is not ours. */
#define NETWORK_FORWARDERS "forwarder[@addr and not(@domain)]"

const char *network_xml_describe(const Call *call, Value planned, Str uuid);
/* Elements of a description, at the end of their parent. */
void network_xml_add_ip(xmlNodePtr root, Value ip, Arena *arena);
void network_xml_add_range(xmlNodePtr parent, Value range, Arena *arena);
void network_xml_add_dhcp_host(xmlNodePtr parent, Value host, Arena *arena);
void network_xml_add_dns_host(xmlNodePtr parent, Value host, Arena *arena);
/* Fills what stands in the description into the builder. Lists keep the order that `state` has;
 * reservations that it does not declare are not ours, unless all is wanted (import). */
void network_xml_read(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena);
/* <host mac= name= ip=/>, <range start= end=/>, <host ip=><hostname/></host> */
const char *network_xml_dhcp_host(Value host, Arena *arena);
const char *network_xml_range(Value range, Arena *arena);
const char *network_xml_dns_host(Value host, Arena *arena);
