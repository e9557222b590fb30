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

/* The slots of the type, whose payload is a NetworkEntry. The import ID is "NETWORK/KEY". Changes
 * are limited to one at a time per network, because libvirt reads and then writes the
 * definition. */
MUST_USE bool network_entry_plan(const Call *call, const PlanRequest *request,
                                 PlanResponse *response, Diags *diags);
MUST_USE bool network_entry_create(const Call *call, const ApplyRequest *request,
                                   ApplyResponse *response, Diags *diags);
MUST_USE bool network_entry_update(const Call *call, const ApplyRequest *request,
                                   ApplyResponse *response, Diags *diags);
MUST_USE bool network_entry_delete(const Call *call, const DeleteRequest *request,
                                   DeleteResponse *response, Diags *diags);
MUST_USE bool network_entry_read(const Call *call, const ReadRequest *request,
                                 ReadResponse *response, Diags *diags);
MUST_USE bool network_entry_import(const Call *call, const ImportRequest *request,
                                   ImportResponse *response, Diags *diags);
MUST_USE bool network_entry_limits(const Call *call, const LimitsRequest *request,
                                   LimitsResponse *response, Diags *diags);

/* An entry that exists already is accepted, so a creation can be repeated. */
#define NETWORK_ENTRY_SLOTS                                                                        \
    .recovery = RECOVERY_REPEATS, .plan = network_entry_plan, .create = network_entry_create,      \
    .update = network_entry_update, .delete = network_entry_delete, .read = network_entry_read,    \
    .import = network_entry_import, .limits = network_entry_limits
