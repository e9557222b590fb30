/* domain_edit: planned changes of a machine, written into its own inactive description.
 *
 * Only what differs between `prior` and `planned` is edited. Everything else stays as it is:
 * devices that the schema cannot express, addresses on buses, elements of other tools. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* `prior` is what `root` says now. False with an error added. */
MUST_USE bool domain_edit(const Call *call,
                          virConnectPtr connection,
                          Value prior,
                          Value planned,
                          xmlNodePtr root,
                          Diags *diags);
