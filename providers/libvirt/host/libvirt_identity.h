/* libvirt_identity: who an object is, chosen before it is made.
 *
 * UUIDs and MAC addresses are functions of the state's lineage, the resource's address and, for
 * UUIDs, the generation: a create that a crash cut short finds its object again, and a machine that
 * is replaced keeps its network identity. */
#pragma once

#include "provider.h"
#include "xml.h"

Str libvirt_identity_uuid(const Call *call);
/* What the intent holds, else the same by computing. */
Str libvirt_identity_of(const Call *call, const ApplyRequest *request);
/* "52:54:00:…" of the n-th network interface. */
Str libvirt_identity_mac(const Call *call, size_t index);
/* <metadata><loam:owner lineage= address=/></metadata> */
void libvirt_identity_add_owner(const Call *call, xmlNodePtr parent);
/* The `identity` slot of those that have a UUID. */
bool libvirt_identity_choose(const Call *call,
                             const MarkerRequest *request,
                             MarkerResponse *response,
                             Diags *diags);
/* Limit of one key. */
void libvirt_identity_limit(
    const Call *call, const char *kind, Str key, uint32_t capacity, Limits *out);
