/* domain_live: live changes of arguments that have a binding: attaches, detaches and updates
 * devices, and sets limits. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* Calls that change devices of a running machine, as flags. */
typedef enum LiveCall {
    LIVE_ATTACH = 1,
    LIVE_DETACH = 2,
    LIVE_UPDATE = 4,
    LIVE_IOTUNE = 8,
} LiveCall;

/* Returns the text of the plan that names these calls: LiveCall flags. */
Str domain_live_text(unsigned calls, Arena *arena);
/* Returns the text of the plan that names the libvirt calls of this change of an argument with a
 * binding. `planned` may contain unknowns. */
Str domain_live_how(const Attribute *attribute, Value prior, Value planned, Arena *arena);
/* Applies the live change of one argument with a binding. `prior` and `planned` are machines;
 * `described` is the edited definition, whose elements are attached. On failure adds an error and
 * returns false; earlier changes remain. */
MUST_USE bool domain_live_apply(const Call *call, virDomainPtr domain, const Attribute *attribute,
                                Value prior, Value planned, xmlNodePtr described, Diags *diags);
/* Sets the I/O limits of a disk that differ between `old` and `disk`. On failure returns false and
 * adds no diagnostic: the caller reports libvirt's error. */
MUST_USE bool domain_live_set_iotune(const Call *call, virDomainPtr domain, Value old, Value disk);
