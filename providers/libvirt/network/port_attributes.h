/* port_attributes: arguments of a port (VLAN, virtual port, bandwidth) that networks, port groups
 * and interfaces of machines share. */
#pragma once

#include "xml_map.h"

extern const Attribute vlan_attributes[2];
extern const Attribute virtualport_attributes[7];
extern const Attribute bandwidth_attributes[2];
