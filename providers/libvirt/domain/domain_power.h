/* domain_power: starts and stops machines. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

MUST_USE bool domain_power_start(const Call *call, virDomainPtr domain, Value value, Diags *diags);
/* If the value has `shutdown`, shuts the guest down first; powers the machine off if that fails.
 * Succeeds if the machine is off or does not exist. */
MUST_USE bool domain_power_stop(const Call *call, virDomainPtr domain, Value value, Diags *diags);
