/* address_report: what the host knows about interfaces that have no address: their MAC addresses
 * and the DHCP leases of their networks. */
#pragma once

#include "libvirt_handle.h"
#include "object_builder.h"

/* Returns a paragraph for each interface that a start of the machine waits for, as the detail of an
 * error. Each paragraph begins with a blank line. */
Str address_report(virConnectPtr connection, Value domain, Arena *arena);
