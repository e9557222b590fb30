/* domain_power: whether a machine runs; its start and stop. */
#pragma once

#include "provider.h"

#include <libvirt/libvirt.h>

/* Returns 1 if the machine runs, 0 if it is off, -1 with libvirt's error. If libvirt is still
 * starting it, for another client or for a run that was killed, waits for the end of the start,
 * which may fail; for at most a minute. */
int domain_power_read(const Call *call, virDomainPtr domain);
/* Adds a warning if a machine that runs does not proceed: a user or an error has paused it, or its
 * guest has crashed or sleeps. */
void domain_power_warn(const Call *call, virDomainPtr domain, Diags *diags);
/* Succeeds also if the machine runs. */
MUST_USE bool domain_power_start(const Call *call, virDomainPtr domain, Value value, Diags *diags);
/* If the value has `shutdown`, shuts the guest down first; powers the machine off if that fails.
 * Succeeds also if the machine is off or does not exist. */
MUST_USE bool domain_power_stop(const Call *call, virDomainPtr domain, Value value, Diags *diags);
