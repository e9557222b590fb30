/* libvirt_dns_host: DNS host names of an IP address in a network, identified by the address. */
#include "libvirt_types.h"
#include "network_entry.h"
#include "plan_check.h"
#include "timeouts.h"
#include "xml_text.h"

/* clang-format off */
static const Attribute attributes[] = {
    {"network_id", &TYPE_STRING, REQUIRED | FORCES_NEW, "The `id` of a libvirt_network, or the name of a network."},
    {"ip", &TYPE_STRING, REQUIRED | FORCES_NEW, "IP address.", .binding = XML("@ip")},
    {"hostnames", &TYPE_LIST_OF_STRING, REQUIRED, "Names of the address. Changes are live.", .binding = XML("hostname")},
    {"id", &TYPE_STRING, COMPUTED, "Network UUID and IP address, separated by a slash."},
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

static bool dns_host_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *diags) {
    return network_entry_create(&entry, call, request, response, diags);
}

static bool dns_host_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *diags) {
    return network_entry_update(&entry, call, request, response, diags);
}

static bool dns_host_delete_entry(const Call *call, const DeleteRequest *request, DeleteResponse *,
                                  Diags *diags) {
    return network_entry_delete(&entry, call, request, diags);
}

static bool dns_host_read_entry(const Call *call, const ReadRequest *, ReadResponse *response,
                                Diags *diags) {
    return network_entry_read(&entry, call, &response->state, diags);
}

static bool dns_host_import(const Call *call, const ImportRequest *request,
                            ImportResponse *response, Diags *diags) {
    return network_entry_import(&entry, call, request->id, &response->state, diags);
}

static bool dns_host_limits(const Call *call, const LimitsRequest *request,
                            LimitsResponse *response, Diags *) {
    network_entry_limits(call, request->object, &response->limits);
    return true;
}

static bool dns_host_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                          Diags *diags) {
    return plan_check_one(call, request, response, "network", "network_id", diags);
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_dns_host = {
    .name = "libvirt_dns_host",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), .text_check = xml_text_check,
               .description = "DNS host names of an IP address in a network, in addition to the "
                              "hosts of its libvirt_network."},
    .plan = dns_host_plan,
    .create = dns_host_create,
    .update = dns_host_update,
    .delete = dns_host_delete_entry,
    .read = dns_host_read_entry,
    .import = dns_host_import,
    .import_id = "NETWORK/IP, with the UUID or name of the network",
    /* An entry that exists already is accepted, so a creation can be repeated. */
    .recovery = RECOVERY_REPEATS,
    .limits = dns_host_limits,
};
