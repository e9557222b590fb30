/* domain_xml: the XML of a new machine, and elements that an update may add. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* Returns the XML, or NULL with an error. */
const char *domain_xml_describe(
    const Call *call, virConnectPtr connection, Value domain, Str uuid, Diags *diags);
/* Returns the mode of the planned CPU; `model` is empty unless the mode is custom. */
Str domain_xml_cpu(Value domain, Str *model);

#define DOMAIN_AGENT_CHANNEL "channel[target/@name='org.qemu.guest_agent.0']"

void domain_xml_add_agent(xmlNodePtr devices);
void domain_xml_add_filesystem(xmlNodePtr devices, Value domain, Value item);
