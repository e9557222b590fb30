/* domain_read: reads a machine from the host into a state. Compares the inactive XML, which holds
 * the intended configuration; the live XML only describes the current run. */
#pragma once

#include "libvirt_handle.h"
#include "object_builder.h"
#include "provider.h"

MUST_USE bool domain_read(
    const Call *call, virConnectPtr connection, virDomainPtr domain, Value *state, Diags *diags);
