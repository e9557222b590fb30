/* network_xml: the description of a network, written from a value and read into one. */
#pragma once

#include "draft.h"
#include "xml.h"

#include "provider.h"

/* `current` is the description that the host has, NULL for a new network: what loam does not manage
 * in it (reservations of others, the bridge's MAC address) is taken over. */
const char *network_xml_describe(
    const Call *call, Value planned, Value prior, Str uuid, const XmlDoc *current);
/* Fills what stands in the description into the draft. Lists keep the order that `state` has;
 * reservations that it does not declare are not ours, unless all is wanted (import). */
void network_xml_read(Draft *draft, Value state, xmlNodePtr root, Arena *arena);
/* <host mac= name= ip=/>, <range start= end=/>, <host ip=><hostname/></host> */
const char *network_xml_dhcp_host(Value host, Arena *arena);
const char *network_xml_range(Value range, Arena *arena);
const char *network_xml_dns_host(Value host, Arena *arena);
