/* domain_attributes: the schema of libvirt_domain. Most rows have a binding to the XML. */
#pragma once

#include "xml_map.h"

/* The number of rows. */
#define DOMAIN_ATTRIBUTE_COUNT 76

extern const Attribute domain_attributes[DOMAIN_ATTRIBUTE_COUNT];

/* Returns the rows of the nested object of a top-level argument, such as "disk". The argument must
 * exist. */
XmlRows domain_attributes_of(const char *name);
