/* domain_xml: the description of a machine: made for a new one; patched for one that is there, from
 * its own inactive description, so that what loam does not manage (addresses of devices above all)
 * stays as it is. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* NULL with an error added. */
const char *domain_xml_describe(
    const Call *call, virConnectPtr connection, Value domain, Str uuid, Diags *diags);
/* `prior` is what the description says now: devices that are the same in both are not touched.
 * Takes `current`, which libvirt allocated. */
const char *domain_xml_patch(const Call *call,
                             virConnectPtr connection,
                             Value prior,
                             Value domain,
                             char *current,
                             Diags *diags);
