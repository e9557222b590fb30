/* domain_live: live changes of arguments that have a binding: attaches, detaches and updates
 * devices, and sets limits. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* Returns the text of the plan that names the libvirt call for a live change of this argument. */
const char *domain_live_how(const char *attribute);
/* Applies the live changes of all arguments with a binding. `described` is the edited definition,
 * whose elements are attached. On failure adds an error and returns false; earlier changes remain.
 */
MUST_USE bool domain_live_apply(const Call *call,
                                virDomainPtr domain,
                                Value prior,
                                Value planned,
                                xmlNodePtr described,
                                Diags *diags);
/* Sets the I/O limits of a disk that differ between `old` and `disk`. On failure returns false and
 * adds no diagnostic: the caller reports libvirt's error. */
MUST_USE bool domain_live_set_iotune(const Call *call, virDomainPtr domain, Value old, Value disk);
