/* domain_nic: the network interfaces of a machine, as values and as XML. The MAC address identifies
 * an interface. */
#pragma once

#include "domain_schema.h"
#include "provider.h"
#include "xml.h"

#include "libvirt_handle.h"

/* Edits the elements of interfaces that differ between `prior`, the current content of `root`, and
 * `planned`; adds new interfaces and removes those that left the list. Without prior ones, adds
 * all. Returns false, with an error, if a network does not exist. */
MUST_USE bool domain_nic_edit(const Call *call, xmlNodePtr root, virConnectPtr connection,
                              Value prior, Value planned, Diags *diags);
/* Return the index of the interface with this MAC address, SIZE_MAX if none; and the interface,
 * null if none. */
size_t domain_nic_index(Value domain, Str mac);
Value domain_nic_find(Value domain, Str mac);
/* Returns "direct", "user" or "vhostuser", if the interface has that argument; NULL if the
 * interface is on a network or bridge. */
const char *domain_nic_kind(Value nic);
/* Returns whether both interfaces have the same source: network, bridge, device or socket. */
bool domain_nic_same_source(Value a, Value b);
Value domain_nic_read(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena);
