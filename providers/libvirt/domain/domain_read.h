/* domain_read: reads a machine into a state, from the inactive XML: the persistent definition. The
 * live XML also has values of the current run only. */
#pragma once

#include "libvirt_handle.h"
#include "object_builder.h"
#include "provider.h"

MUST_USE bool domain_read(const Call *call, virConnectPtr connection, virDomainPtr domain,
                          Value *state, Diags *diags);
