/* network_entry: one entry of a network as a resource of its own: a DHCP reservation or a DNS name.
 * It belongs to the network of its "network_id"; the network's own lists ignore it. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml_map.h"

/* A kind of entry. */
typedef struct NetworkEntry {
    const char *noun; /* for messages: "DHCP reservation" */
    unsigned section; /* of virNetworkUpdate */
    const char *list; /* element that contains the entries: "ip/dhcp" or "dns" */
    const char *element;
    const char *key; /* attribute that identifies an entry, in the XML and in the schema: "mac" */
    XmlRows rows;
} NetworkEntry;

/* Implementations of slots of ResourceType. The import ID is "NETWORK/KEY". */
MUST_USE bool network_entry_create(const NetworkEntry *entry,
                                   const Call *call,
                                   const ApplyRequest *request,
                                   ApplyResponse *response,
                                   Diags *diags);
MUST_USE bool network_entry_update(const NetworkEntry *entry,
                                   const Call *call,
                                   const ApplyRequest *request,
                                   ApplyResponse *response,
                                   Diags *diags);
MUST_USE bool network_entry_delete(const NetworkEntry *entry,
                                   const Call *call,
                                   const DeleteRequest *request,
                                   Diags *diags);
MUST_USE bool network_entry_read(const NetworkEntry *entry,
                                 const Call *call,
                                 Value *state,
                                 Diags *diags);
MUST_USE bool network_entry_import(
    const NetworkEntry *entry, const Call *call, Str id, Value *state, Diags *diags);
/* One update of a network at a time: libvirt reads and writes its description. */
void network_entry_limits(const Call *call, Value object, Limits *out);
