/* domain_address: the IP addresses of a machine, declared in its configuration or found by the
 * host.
 *
 * Only interfaces in the machine's description count, since an agent also reports those of
 * containers inside the guest. Link-local addresses are ignored. */
#pragma once

#include "libvirt_handle.h"
#include "object_builder.h"
#include "provider.h"

/* Addresses of a machine. `macs` and `lists` have one item for each interface. */
typedef struct DomainAddresses {
    StrVec all;
    StrVec macs;
    ValueVec lists; /* the addresses of the interface, as a list of strings */
} DomainAddresses;

/* Sets the attributes ip_addresses and interface_addresses. */
void domain_address_set(ObjectBuilder *builder, const DomainAddresses *found, Arena *arena);
/* If every interface declares known addresses, plans ip_addresses and interface_addresses and
 * returns true; interface_addresses is unknown if a MAC address is. Otherwise changes nothing and
 * returns false. */
bool domain_address_plan(Value planned, ObjectBuilder *builder, Arena *arena);
/* Sets the declared addresses, or those that the DHCP leases have now. If no address is found,
 * keeps those of `state`, for example while the machine is off. */
void domain_address_read(const Call *call, virDomainPtr domain, bool is_active, Value state,
                         ObjectBuilder *builder);
/* Waits until the interfaces have the addresses that `wait` or wait_for_ip require, and sets *out.
 * Without such an argument reads the leases once. On a timeout, adds an error with the end of the
 * machine's console and returns false. */
MUST_USE bool domain_address_wait(const Call *call, virDomainPtr domain, Value value,
                                  DomainAddresses *out, Diags *diags);
