/* network_entry: an entry of a network as a separate resource: a DHCP reservation or a DNS host.
 *
 * The resource of the network ignores such entries in its own lists. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml_map.h"

/* A type of entry. */
typedef struct NetworkEntry {
    const char *noun;    /* for messages: "DHCP reservation" */
    unsigned section;    /* virNetworkUpdateSection */
    const char *list;    /* element that contains the entries: "ip/dhcp" or "dns" */
    const char *element; /* name of an entry's element: "host" */
    const char *key; /* name of the attribute that identifies an entry, in XML and schema: "mac" */
    XmlRows rows;    /* the attributes of an entry */
} NetworkEntry;

/* Implementations of slots of ResourceType. The import ID is "NETWORK/KEY". */
MUST_USE bool network_entry_create(const NetworkEntry *entry, const Call *call,
                                   const ApplyRequest *request, ApplyResponse *response,
                                   Diags *diags);
MUST_USE bool network_entry_update(const NetworkEntry *entry, const Call *call,
                                   const ApplyRequest *request, ApplyResponse *response,
                                   Diags *diags);
MUST_USE bool network_entry_delete(const NetworkEntry *entry, const Call *call,
                                   const DeleteRequest *request, Diags *diags);
MUST_USE bool network_entry_read(const NetworkEntry *entry, const Call *call, Value *state,
                                 Diags *diags);
MUST_USE bool network_entry_import(const NetworkEntry *entry, const Call *call, Str id,
                                   Value *state, Diags *diags);
/* Limits changes to one at a time per network, because libvirt reads and then writes the
 * definition. */
void network_entry_limits(const Call *call, Value object, Limits *out);
