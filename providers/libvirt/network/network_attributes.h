/* network_attributes: the schema of libvirt_network, most arguments with their place in the XML. */
#pragma once

#include "xml_map.h"

/* The number of rows. */
#define NETWORK_ATTRIBUTE_COUNT 32

extern const Attribute network_attributes[NETWORK_ATTRIBUTE_COUNT];

/* Returns the rows of the objects of an argument: "dns". */
XmlRows network_attributes_of(const char *name);
/* Returns the rows of a DHCP service. */
XmlRows network_attributes_of_dhcp(void);
