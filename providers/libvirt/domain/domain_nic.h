/* domain_nic: the network interfaces of a machine, as values and as XML. The MAC address identifies
 * an interface. */
#pragma once

#include "domain_schema.h"
#include "provider.h"
#include "xml.h"

#include "libvirt_handle.h"

/* Adds an element <interface>; returns false, with an error, if the network does not exist. */
MUST_USE bool domain_nic_add(const Call *call,
                             xmlNodePtr devices,
                             virConnectPtr connection,
                             Value domain,
                             Value nic,
                             xmlNodePtr *out,
                             Diags *diags);
/* Edits the differences between `before`, the current content of the element, and `nic`. Returns
 * false, with an error, if the network does not exist. */
MUST_USE bool domain_nic_edit(const Call *call,
                              xmlNodePtr node,
                              virConnectPtr connection,
                              Value before,
                              Value nic,
                              Diags *diags);
/* Returns the interface of the domain with this MAC address; null if none. */
Value domain_nic_find(Value domain, Str mac);
/* Returns whether both interfaces use the same network or bridge. */
bool domain_nic_same_source(Value a, Value b);
Value domain_nic_read(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena);
/* Collects the addresses declared in the configuration, without prefix lengths. Returns false if an
 * interface declares none, or if some are unknown. */
MUST_USE bool domain_nic_declared(Value domain, StrVec *out, Arena *arena);
