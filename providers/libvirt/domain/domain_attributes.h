/* domain_attributes: the schema of libvirt_domain, each argument with its place in the XML. */
#pragma once

#include "xml_map.h"

/* The number of rows. */
#define DOMAIN_ATTRIBUTE_COUNT 76

extern const Attribute domain_attributes[DOMAIN_ATTRIBUTE_COUNT];

/* Returns the rows of the objects of an argument: "disk". */
XmlRows domain_attributes_of(const char *name);
