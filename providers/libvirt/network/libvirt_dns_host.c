/* libvirt_dns_host: DNS host names of an IP address in a network, identified by the address. */
#include "libvirt_types.h"
#include "network_entry.h"
#include "timeouts.h"
#include "xml_text.h"

/* clang-format off */
static const Attribute dns_host_attributes[] = {
    {"network_id", &TYPE_STRING, REQUIRED | FORCES_NEW, "The `id` of a libvirt_network, or the name of a network."},
    {"ip", &TYPE_STRING, REQUIRED | FORCES_NEW, "IP address.", .binding = XML("@ip")},
    {"hostnames", &TYPE_LIST_OF_STRING, REQUIRED, "Names of the address. Changes are live.", .binding = XML("hostname")},
    {"id", &TYPE_STRING, COMPUTED, "Network UUID and IP address, separated by a slash."},
};
/* clang-format on */

static const NetworkEntry dns_host_entry = {
    .noun = "DNS entry",
    .section = VIR_NETWORK_SECTION_DNS_HOST,
    .list = "dns",
    .element = "host",
    .key = "ip",
    .rows = {dns_host_attributes, ARRAY_COUNT(dns_host_attributes)},
};

static const Block dns_host_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_dns_host = {
    .name = "libvirt_dns_host",
    .schema = {SCHEMA_ATTRIBUTES(dns_host_attributes), SCHEMA_BLOCKS(dns_host_blocks),
               .text_check = xml_text_check,
               .description = "DNS host names of an IP address in a network, in addition to the "
                              "hosts of its libvirt_network."},
    .payload = &dns_host_entry,
    NETWORK_ENTRY_SLOTS,
    .import_id = "NETWORK/IP, with the UUID or name of the network",
};
