/* libvirt_dhcp_host: a DHCP reservation in a network, identified by its MAC address. */
#include "libvirt_types.h"
#include "network_entry.h"
#include "timeouts.h"
#include "xml_text.h"

/* clang-format off */
static const Attribute dhcp_host_attributes[] = {
    {"network_id", &TYPE_STRING, REQUIRED | FORCES_NEW, "The `id` of a libvirt_network, or the name of a network."},
    {"mac", &TYPE_STRING, REQUIRED | FORCES_NEW, "MAC address of the machine.", .binding = XML("@mac")},
    {"ip", &TYPE_STRING, REQUIRED, "Reserved IP address. Changes are live.", .binding = XML("@ip")},
    {"name", &TYPE_STRING, OPTIONAL, "Reserved host name. Changes are live.", .binding = XML("@name")},
    {"id", &TYPE_STRING, COMPUTED, "Network UUID and MAC address, separated by a slash."},
};
/* clang-format on */

static const NetworkEntry dhcp_host_entry = {
    .noun = "DHCP reservation",
    .section = VIR_NETWORK_SECTION_IP_DHCP_HOST,
    .list = "ip/dhcp",
    .element = "host",
    .key = "mac",
    .rows = {dhcp_host_attributes, ARRAY_COUNT(dhcp_host_attributes)},
};

static const Block dhcp_host_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_dhcp_host = {
    .name = "libvirt_dhcp_host",
    .schema = {SCHEMA_ATTRIBUTES(dhcp_host_attributes), SCHEMA_BLOCKS(dhcp_host_blocks),
               .text_check = xml_text_check,
               .description = "A DHCP reservation in a network, in addition to the reservations of "
                              "its libvirt_network."},
    .payload = &dhcp_host_entry,
    NETWORK_ENTRY_SLOTS,
    .import_id = "NETWORK/MAC, with the UUID or name of the network",
};
