/* domain_address: the addresses that a machine has, as the host sees them.
 *
 * Only interfaces of the machine's own description count: an agent also tells of what containers
 * within the guest have. Link-local addresses are none. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

/* Per interface of the value, in its order: declared addresses, else what `ip` (lease, agent, arp,
 * any) tells. *missing counts interfaces that want one (all that declare none, or those that
 * wait_for_ip) and have none. */
StrVec domain_address_collect(
    const Call *call, virDomainPtr domain, Value value, Str ip, size_t *missing);
/* Waits as `wait` of the value says. */
MUST_USE bool domain_address_wait(
    const Call *call, virDomainPtr domain, Value value, StrVec *out, Diags *diags);
