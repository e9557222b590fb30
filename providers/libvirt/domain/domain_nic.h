/* domain_nic: the network interfaces of a machine, as values and as XML. An interface is who its
 * MAC address is. */
#pragma once

#include "domain_schema.h"
#include "provider.h"
#include "xml.h"

#include "libvirt_handle.h"

/* MAC addresses where `config` leaves them out: an interface on the network that one of `prior` was
 * on keeps its address; the others are unknown until domain_nic_resolve. */
Value domain_nic_plan(Value prior, Value config, Value planned, Arena *arena);
/* MAC addresses of all, by the identity of the resource. */
void domain_nic_resolve(const Call *call, Value *domain);
/* One element <interface>; false: the network is not there. */
MUST_USE bool domain_nic_add(const Call *call,
                             xmlNodePtr devices,
                             virConnectPtr connection,
                             Value domain,
                             Value nic,
                             xmlNodePtr *out,
                             Diags *diags);
/* Writes into the element of an interface what differs between `before`, which the element says
 * now, and `nic`. False: its network is not there. */
MUST_USE bool domain_nic_edit(const Call *call,
                              xmlNodePtr node,
                              virConnectPtr connection,
                              Value before,
                              Value nic,
                              Diags *diags);
/* The interface of `prior` that interface i of `planned` was: by its MAC address, else by its place
 * in the list. Null if it is a new one. */
Value domain_nic_before(Value prior, Value planned, size_t i);
/* Whether the schema can express the element: an interface of a network or a bridge. Others are
 * left alone. */
bool domain_nic_is_known(xmlNodePtr node, Arena *arena);
/* Item of the list with that address; null when there is none. */
Value domain_nic_find(Value domain, Str mac);
/* The interface is on the same network, bridge in both. */
bool domain_nic_same_source(Value a, Value b);
/* The same interfaces on the same networks with the same declared addresses: those they get stay.
 */
bool domain_nic_same_networks(Value prior, Value planned);
Value domain_nic_read(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena);
/* Addresses that the configuration declares, without prefix lengths; false when some interface
 * declares none, or some are unknown. */
MUST_USE bool domain_nic_declared(Value domain, StrVec *out, Arena *arena);
