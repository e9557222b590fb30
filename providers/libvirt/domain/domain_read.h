/* domain_read: reads a machine from the host into a state. Compares the inactive XML, which holds
 * the intended configuration; the live XML only describes the
 * current run.
 *
 * Addresses: only interfaces in the machine's description count, since an agent also reports those
 * of containers inside the guest. Link-local addresses are ignored. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

MUST_USE bool domain_read(
    const Call *call, virConnectPtr connection, virDomainPtr domain, Value *state, Diags *diags);
/* Waits for addresses as `wait` of the value demands. */
MUST_USE bool domain_read_wait_for_address(
    const Call *call, virDomainPtr domain, Value value, StrVec *out, Diags *diags);
