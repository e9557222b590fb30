/* domain_xml: the description of a new machine, and parts of it that a change may add to an old
 * one. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* NULL with an error added. */
const char *domain_xml_describe(
    const Call *call, virConnectPtr connection, Value domain, Str uuid, Diags *diags);
/* Mode of the CPU that the machine shall have; `model` is empty unless the mode is custom. */
Str domain_xml_cpu(Value domain, Str *model);

#define DOMAIN_AGENT_CHANNEL "channel[target/@name='org.qemu.guest_agent.0']"

void domain_xml_add_agent(xmlNodePtr devices);
void domain_xml_add_filesystem(xmlNodePtr devices, Value domain, Value item);
