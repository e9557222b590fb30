/* port_attributes: arguments of a port on a network, shared by networks, port groups and
 * interfaces. */
#pragma once

#include "xml_map.h"

extern const Attribute vlan_attributes[2];
extern const Attribute virtualport_attributes[7];
extern const Attribute bandwidth_attributes[2];
