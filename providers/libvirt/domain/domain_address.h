/* domain_address: the IP addresses of a machine, as seen by the host.
 *
 * Only interfaces in the machine's description count, since an agent also reports those of
 * containers inside the guest. Link-local addresses are ignored. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

/* Returns addresses by interface, in the order of the value: the declared ones, else those from
 * source `ip` (lease, agent, arp, any). *missing is the number of interfaces that should have an
 * address but have none: those with wait_for_ip, or all without a declared address. */
StrVec domain_address_collect(
    const Call *call, virDomainPtr domain, Value value, Str ip, size_t *missing);
/* Waits for addresses as `wait` of the value demands. */
MUST_USE bool domain_address_wait(
    const Call *call, virDomainPtr domain, Value value, StrVec *out, Diags *diags);
