/* network_attributes: the schema of libvirt_network. Most rows have a binding to the XML. */
#pragma once

#include "xml_map.h"

/* The number of rows. */
#define NETWORK_ATTRIBUTE_COUNT 32

extern const Attribute network_attributes[NETWORK_ATTRIBUTE_COUNT];

/* Returns the rows of the nested object of a top-level argument, such as "dns". The argument must
 * exist. */
XmlRows network_attributes_of(const char *name);
/* Returns the rows of "dhcp" in "ips". */
XmlRows network_attributes_of_dhcp(void);
