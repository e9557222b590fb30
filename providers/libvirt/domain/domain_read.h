/* domain_read: a machine as the host has it, over what the state says. The inactive description is
 * what was asked for; the live one only tells of this run. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

MUST_USE bool domain_read(
    const Call *call, virConnectPtr connection, virDomainPtr domain, Value *state, Diags *diags);
/* "q35" stays "q35" although the host says pc-q35-7.2. */
bool domain_read_is_alias(Str alias, Str machine);
