/* domain_edit: applies planned changes to the inactive XML of a machine.
 *
 * Edits only differences between `prior` and `planned`. Everything else is kept: devices that the
 * schema cannot express, bus addresses, elements of other tools. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* `prior` must match the content of `root`. Returns false, with an error, on failure. */
MUST_USE bool domain_edit(const Call *call,
                          virConnectPtr connection,
                          Value prior,
                          Value planned,
                          xmlNodePtr root,
                          Diags *diags);
