/* data libvirt_network: a network of the host. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "nested_list.h"

static const Attribute data_network_ip_attributes[] = {
    {"family", &TYPE_STRING, COMPUTED, "Address family: ipv4 or ipv6; null means ipv4.",
     .binding = XML("@family")},
    {"address", &TYPE_STRING, COMPUTED, "IP address.", .binding = XML("@address")},
    {"prefix", &TYPE_NUMBER, COMPUTED, "Prefix length.", .binding = XML("@prefix")},
    {"netmask", &TYPE_STRING, COMPUTED,
     "Netmask; null if the definition has a prefix length instead.", .binding = XML("@netmask")},
};

static const Attribute data_network_attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the network."},
    {"id", &TYPE_STRING, OPTIONAL | COMPUTED, "UUID of the network; set it instead of the name."},
    DATA_SOURCE_OPTIONAL,
    {"mode", &TYPE_STRING, COMPUTED, "Forward mode of the network; null for an isolated network.",
     .binding = XML("forward/@mode")},
    {"bridge", &TYPE_STRING, COMPUTED, "Name of the bridge device on the host.",
     .binding = XML("bridge/@name")},
    {"domain", &TYPE_STRING, COMPUTED, "DNS domain of the network.",
     .binding = XML("domain/@name")},
    {"mtu", &TYPE_NUMBER, COMPUTED, "Maximum packet size in bytes.", .binding = XML("mtu/@size")},
    {"ips", NULL, COMPUTED, "IP addresses of the host in the network.",
     .nested = NESTED(NEST_LIST, data_network_ip_attributes), .binding = XML("ip")},
    {"running", &TYPE_BOOL, COMPUTED, "Whether the network is active."},
    {"autostart", &TYPE_BOOL, COMPUTED, "Whether the network starts with the host."},
    {"xml", &TYPE_STRING, COMPUTED, "The definition of the network as XML."},
};

static const ArgumentRule data_network_rules[] = {{RULE_EXACTLY_ONE, {"name", "id"}}};

static void data_libvirt_network_fill(void *found, ObjectBuilder *builder, Arena *) {
    int autostart = 0;
    (void)virNetworkGetAutostart(found, &autostart);
    object_builder_set(builder, "running", value_bool(virNetworkIsActive(found) == 1));
    object_builder_set(builder, "autostart", value_bool(autostart != 0));
}

static const DataObject data_network_payload = {
    .kind = &libvirt_kind_network,
    .rows = {data_network_attributes, ARRAY_COUNT(data_network_attributes)},
    .fill = data_libvirt_network_fill,
};

const DataSourceType data_libvirt_network = {
    .mode = MODE_DATA,
    .name = "libvirt_network",
    .schema = {SCHEMA_ATTRIBUTES(data_network_attributes), SCHEMA_RULES(data_network_rules),
               .description = "A network of the host."},
    .payload = &data_network_payload,
    .read = data_source_object,
};
