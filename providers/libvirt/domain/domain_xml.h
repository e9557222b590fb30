/* domain_xml: the XML of a machine.
 *
 * A new machine gets a complete description. An edit changes only the differences between `prior`
 * and `planned`. Everything else is kept: devices that the schema cannot express, bus addresses,
 * elements of other tools. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* Returns the XML of a new machine, or NULL with an error. */
const char *domain_xml_describe(const Call *call, virConnectPtr connection, Value domain, Str uuid,
                                Diags *diags);
/* Applies planned changes to the inactive XML; `prior` must match the content of `root`. Returns
 * false, with an error, on failure. */
MUST_USE bool domain_xml_edit(const Call *call, virConnectPtr connection, Value prior,
                              Value planned, xmlNodePtr root, Diags *diags);
/* Reads a machine into a state, from the inactive XML: the persistent definition. The live XML also
 * has values of the current run only. */
MUST_USE bool domain_read(const Call *call, virConnectPtr connection, virDomainPtr domain,
                          Value *state, Diags *diags);
