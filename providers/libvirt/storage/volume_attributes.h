/* volume_attributes: the schema of libvirt_volume. Settings of the image have a binding to the XML.
 */
#pragma once

#include "xml_map.h"

/* The numbers of rows. */
#define VOLUME_ATTRIBUTE_COUNT 18
#define VOLUME_RULE_COUNT      3

extern const Attribute volume_attributes[VOLUME_ATTRIBUTE_COUNT];
extern const ArgumentRule volume_rules[VOLUME_RULE_COUNT];
