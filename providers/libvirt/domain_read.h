/* domain_read: a machine as the host has it, over what the state says. The inactive description is
 * what was asked for; the live one only tells of this run. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

MUST_USE bool domain_read(
    const Call *call, virConnectPtr connection, virDomainPtr domain, Value *state, Diags *diags);
