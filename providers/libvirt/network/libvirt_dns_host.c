/* libvirt_dns_host: names of an address in the DNS of a network. */
#include "libvirt_types.h"
#include "network_entry.h"
#include "timeouts.h"

/* clang-format off */
static const Attribute attributes[] = {
    {"network_id", &TYPE_STRING, REQUIRED | FORCES_NEW, "The `id` of a libvirt_network, or the name of a network."},
    {"ip", &TYPE_STRING, REQUIRED | FORCES_NEW, "Address.", .binding = XML("@ip")},
    {"hostnames", &TYPE_LIST_OF_STRING, REQUIRED, "Names of the address. Changes are live.", .binding = XML("hostname")},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the network and ip."},
};
/* clang-format on */

static const NetworkEntry entry = {
    .noun = "DNS entry",
    .section = VIR_NETWORK_SECTION_DNS_HOST,
    .list = "dns",
    .element = "host",
    .key = "ip",
    .rows = {attributes, ARRAY_COUNT(attributes)},
};

static bool create(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags) {
    return network_entry_create(&entry, call, request, response, diags);
}

static bool update(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags) {
    return network_entry_update(&entry, call, request, response, diags);
}

static bool delete_entry(const Call *call,
                         const DeleteRequest *request,
                         DeleteResponse *response,
                         Diags *diags) {
    (void)response;
    return network_entry_delete(&entry, call, request, diags);
}

static bool read_entry(const Call *call,
                       const ReadRequest *request,
                       ReadResponse *response,
                       Diags *diags) {
    (void)request;
    return network_entry_read(&entry, call, &response->state, diags);
}

static bool import(const Call *call,
                   const ImportRequest *request,
                   ImportResponse *response,
                   Diags *diags) {
    return network_entry_import(&entry, call, request->id, &response->state, diags);
}

static bool limits(const Call *call,
                   const LimitsRequest *request,
                   LimitsResponse *response,
                   Diags *diags) {
    (void)diags;
    network_entry_limits(call, request->object, &response->limits);
    return true;
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_dns_host = {
    .name = "libvirt_dns_host",
    .schema =
        {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks),
                 .description =
             "Names of an address in the DNS of a network, beside those of the network itself."},
    .create = create,
    .update = update,
    .delete = delete_entry,
    .read = read_entry,
    .import = import,
 /* To add an entry that exists is no error. */
    .recovery = RECOVERY_REPEATS,
    .limits = limits,
};
