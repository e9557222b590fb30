/* libvirt_identity: an object's identity, chosen before its creation.
 *
 * UUIDs and MAC addresses derive from the state's lineage, the resource's address and, for UUIDs,
 * the generation. So an interrupted creation finds its object again, and a replaced machine keeps
 * its MAC addresses. */
#pragma once

#include "provider.h"
#include "xml.h"

/* Returns the UUID in the intent, else computes it. */
Str libvirt_identity_of(const Call *call, const ApplyRequest *request);
/* Adds <metadata><loam:owner lineage= address=/></metadata>. */
void libvirt_identity_add_owner(const Call *call, xmlNodePtr parent);
/* Adds a limit with one key. */
void libvirt_identity_limit(const Call *call, const char *kind, Str key, uint32_t capacity,
                            Limits *out);
