/* libvirt_dhcp_host: a DHCP reservation in a network, identified by its MAC address. */
#include "libvirt_types.h"
#include "network_entry.h"
#include "plan_check.h"
#include "timeouts.h"
#include "xml_text.h"

/* clang-format off */
static const Attribute attributes[] = {
    {"network_id", &TYPE_STRING, REQUIRED | FORCES_NEW, "The `id` of a libvirt_network, or the name of a network."},
    {"mac", &TYPE_STRING, REQUIRED | FORCES_NEW, "MAC address of the machine.", .binding = XML("@mac")},
    {"ip", &TYPE_STRING, REQUIRED, "Reserved IP address. Changes are live.", .binding = XML("@ip")},
    {"name", &TYPE_STRING, OPTIONAL, "Reserved host name. Changes are live.", .binding = XML("@name")},
    {"id", &TYPE_STRING, COMPUTED, "Network UUID and MAC address, separated by a slash."},
};
/* clang-format on */

static const NetworkEntry entry = {
    .noun = "DHCP reservation",
    .section = VIR_NETWORK_SECTION_IP_DHCP_HOST,
    .list = "ip/dhcp",
    .element = "host",
    .key = "mac",
    .rows = {attributes, ARRAY_COUNT(attributes)},
};

static bool host_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    return network_entry_create(&entry, call, request, response, diags);
}

static bool host_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    return network_entry_update(&entry, call, request, response, diags);
}

static bool host_delete_entry(const Call *call, const DeleteRequest *request, DeleteResponse *,
                              Diags *diags) {
    return network_entry_delete(&entry, call, request, diags);
}

static bool host_read_entry(const Call *call, const ReadRequest *, ReadResponse *response,
                            Diags *diags) {
    return network_entry_read(&entry, call, &response->state, diags);
}

static bool host_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                        Diags *diags) {
    return network_entry_import(&entry, call, request->id, &response->state, diags);
}

static bool host_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                        Diags *) {
    network_entry_limits(call, request->object, &response->limits);
    return true;
}

static bool dhcp_host_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                           Diags *diags) {
    return plan_check_one(call, request, response, "network", "network_id", diags);
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_dhcp_host = {
    .name = "libvirt_dhcp_host",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), .text_check = xml_text_check,
               .description = "A DHCP reservation in a network, in addition to the reservations of "
                              "its libvirt_network."},
    .plan = dhcp_host_plan,
    .create = host_create,
    .update = host_update,
    .delete = host_delete_entry,
    .read = host_read_entry,
    .import = host_import,
    .import_id = "NETWORK/MAC, with the UUID or name of the network",
    /* An entry that exists already is accepted, so a creation can be repeated. */
    .recovery = RECOVERY_REPEATS,
    .limits = host_limits,
};
