/* domain_live: changes of a running machine that follow from the table of its arguments: lists of
 * devices are plugged in and out, limits are set by their calls. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* Returns how a live change of this argument reaches the machine, for the plan. */
const char *domain_live_how(const char *attribute);
/* Applies the live changes of all rows. `described` is the edited XML. */
MUST_USE bool domain_live_apply(const Call *call,
                                virDomainPtr domain,
                                Value prior,
                                Value planned,
                                xmlNodePtr described,
                                Diags *diags);
/* Sets the limits of a disk that differ. Returns false with libvirt's error. */
MUST_USE bool domain_live_set_iotune(const Call *call, virDomainPtr domain, Value old, Value disk);
