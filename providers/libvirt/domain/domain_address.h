/* domain_address: the IP addresses of a machine, declared in its configuration or found by the
 * host.
 *
 * Only interfaces in the machine's description count, since an agent also reports those of
 * containers inside the guest. Link-local addresses are ignored. */
#pragma once

#include "libvirt_handle.h"
#include "object_builder.h"
#include "provider.h"

/* Addresses of a machine: all, and those of each interface. */
typedef struct DomainAddresses {
    StrVec all;
    StrVec macs;
    ValueVec lists; /* of strings, one for each MAC address */
} DomainAddresses;

/* Sets ip_addresses and interface_addresses. */
void domain_address_set(ObjectBuilder *builder, const DomainAddresses *found, Arena *arena);
/* Sets the declared addresses, by interface if the MAC addresses are known. Returns false if an
 * interface declares none, or if some are unknown. */
bool domain_address_plan(Value planned, ObjectBuilder *builder, Arena *arena);
/* Sets the addresses that the host knows now. Keeps those of `state` while the machine is off or
 * its lease has expired. */
void domain_address_read(
    const Call *call, virDomainPtr domain, bool is_active, Value state, ObjectBuilder *builder);
/* Waits for addresses as `wait` of the value demands. An error contains the end of the machine's
 * console. */
MUST_USE bool domain_address_wait(
    const Call *call, virDomainPtr domain, Value value, DomainAddresses *out, Diags *diags);
