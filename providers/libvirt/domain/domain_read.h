/* domain_read: reads a machine from the host into a state. Compares the inactive XML, which holds
 * the intended configuration; the live XML only describes the
 * current run.
 *
 * Addresses: only interfaces in the machine's description count, since an agent also reports those
 * of containers inside the guest. Link-local addresses are ignored. */
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

void domain_read_add_addresses(DomainAddresses *out, Value nic, const StrVec *texts, Arena *arena);
/* Sets ip_addresses and interface_addresses. */
void domain_read_set_addresses(ObjectBuilder *builder, const DomainAddresses *found, Arena *arena);
MUST_USE bool domain_read(
    const Call *call, virConnectPtr connection, virDomainPtr domain, Value *state, Diags *diags);
/* Waits for addresses as `wait` of the value demands. */
MUST_USE bool domain_read_wait_for_address(
    const Call *call, virDomainPtr domain, Value value, DomainAddresses *out, Diags *diags);
