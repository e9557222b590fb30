/* domain_power: machines switched on and off. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

MUST_USE bool domain_power_start(const Call *call, virDomainPtr domain, Value value, Diags *diags);
/* Asks first when the value has `shutdown`, and switches off what does not listen. Fine when it is
 * off or gone. */
MUST_USE bool domain_power_stop(const Call *call, virDomainPtr domain, Value value, Diags *diags);
