/* domain_attributes_interface: network interfaces. */
#include "domain_attributes_nested.h"

#include "port_attributes.h"

static Str check_mac(Value value, Arena *arena) {
    Str text = value_text(value);
    bool is_mac = text.len == 17;
    for (size_t i = 0; is_mac && i < text.len; i++)
        is_mac = i % 3 == 2 ? text.ptr[i] == ':' : isxdigit((unsigned char)text.ptr[i]) != 0;
    if (is_mac)
        return STR_EMPTY;
    return str_format(arena, "The value must be a MAC address, such as 52:54:00:12:34:56.");
}

/* clang-format off */
static const Attribute direct_attributes[] = {
    {"dev", &TYPE_STRING, REQUIRED, "Network device of the host.",
     .binding = XML("source/@dev")},
    {"mode", &TYPE_STRING, REQUIRED, "bridge, private, vepa or passthrough.",
     .one_of = "bridge private vepa passthrough", .binding = XML("source/@mode")},
};

static const Attribute port_range_attributes[] = {
    {"start", &TYPE_NUMBER, REQUIRED, "First port of the host.",
     .binding = XML("@start")},
    {"end", &TYPE_NUMBER, OPTIONAL, "Last port of the host (default: start).",
     .binding = XML("@end")},
    {"to", &TYPE_NUMBER, OPTIONAL, "First port of the guest (default: start).",
     .binding = XML("@to")},
};

static const Attribute port_forward_attributes[] = {
    {"proto", &TYPE_STRING, REQUIRED, "tcp or udp.",
     .one_of = "tcp udp", .binding = XML("@proto")},
    {"address", &TYPE_STRING, OPTIONAL, "Address of the host (default: all).",
     .binding = XML("@address")},
    {"dev", &TYPE_STRING, OPTIONAL, "Network device of the host (default: all).",
     .binding = XML("@dev")},
    {"ranges", NULL, OPTIONAL,
     "Forwarded ports.",
     .nested = NESTED(NEST_LIST, port_range_attributes),
     .binding = XML("range")},
};

static const Attribute user_attributes[] = {
    {"backend", &TYPE_STRING, OPTIONAL, "passt (default: the built-in network of QEMU).",
     .one_of = "passt", .binding = XML("backend/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "Log of passt.",
     .binding = XML("backend/@logFile")},
    {"dev", &TYPE_STRING, OPTIONAL, "Device whose addresses passt gives to the guest.",
     .binding = XML("source/@dev")},
    {"port_forwards", NULL, OPTIONAL,
     "Ports of the host that passt forwards to the guest.",
     .nested = NESTED(NEST_LIST, port_forward_attributes),
     .binding = XML("portForward")},
};

static const Attribute vhostuser_attributes[] = {
    {"path", &TYPE_STRING, REQUIRED, "Path of the socket.",
     .binding = XML("source/@path")},
    {"mode", &TYPE_STRING, REQUIRED, "Whether the machine listens (server) or connects (client).",
     .one_of = "server client", .binding = XML("source/@mode")},
};

static const Attribute rom_attributes[] = {
    {"bar", &TYPE_BOOL, OPTIONAL, "Whether the guest sees the ROM.",
     .binding = XML_AS("@bar", XML_ON_OFF)},
    {"file", &TYPE_STRING, OPTIONAL, "Path of the ROM on the host.",
     .binding = XML("@file")},
};

static const Attribute filter_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of a libvirt_nwfilter."},
    {"parameters", &TYPE_MAP_OF_STRING_LISTS, OPTIONAL, "Values of the filter's variables, as lists."},
};

static const Attribute interface_attributes[] = {
    {"network_id", &TYPE_STRING, OPTIONAL, "The `id` of a libvirt_network."},
    {"network", &TYPE_STRING, OPTIONAL, "Name of a network, instead of network_id."},
    {"bridge", &TYPE_STRING, OPTIONAL, "Bridge of the host, instead of a network."},
    {"direct", NULL, OPTIONAL, "Network device of the host, instead of a network (macvtap).",
     .nested = NESTED(NEST_SINGLE, direct_attributes)},
    {"user", NULL, OPTIONAL, "Network of the user without rights on the host, instead of a network.",
     .nested = NESTED(NEST_SINGLE, user_attributes)},
    {"vhostuser", NULL, OPTIONAL, "Socket of a switch in user space, instead of a network.",
     .nested = NESTED(NEST_SINGLE, vhostuser_attributes)},
    {"mac", &TYPE_STRING, OPTIONAL | COMPUTED,
     "MAC address (default: a stable address derived from the configuration).",
     .check = check_mac},
    {"model", &TYPE_STRING, OPTIONAL | COMPUTED, "Model of the card.", .default_json = "\"virtio\""},
    {"addresses", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Addresses that the machine configures itself (with its seed); they are known before it exists."},
    {"filter", NULL, OPTIONAL,
     "Packet filter of the interface. Changes are live.",
     .nested = NESTED(NEST_SINGLE, filter_attributes)},
    {"wait_for_ip", &TYPE_BOOL, OPTIONAL, "Whether creation waits until the interface has an address."},
    {"portgroup", &TYPE_STRING, OPTIONAL, "Port group of the network.", .binding = XML("source/@portgroup")},
    {"target_dev", &TYPE_STRING, OPTIONAL, "Name of the device on the host (default: chosen by the host).",
     .binding = XML("target/@dev")},
    {"mtu", &TYPE_NUMBER, OPTIONAL, "Maximum packet size (MTU) in bytes.", .binding = XML("mtu/@size")},
    {"driver", &TYPE_STRING, OPTIONAL, "Part of the host that moves the packets.",
     .one_of = "qemu vhost", .binding = XML("driver/@name")},
    {"queues", &TYPE_NUMBER, OPTIONAL, "Number of queues of a virtio card.", .binding = XML("driver/@queues")},
    {"link", &TYPE_STRING, OPTIONAL, "State of the link. Changes are live.",
     .one_of = "up down", .binding = XML_CHANGING("link/@state", XML_LIVE)},
    {"boot_order", &TYPE_NUMBER, OPTIONAL, "Position of the card in the boot order, from 1.", .binding = XML("boot/@order")},
    {"port_isolated", &TYPE_BOOL, OPTIONAL, "Whether the interface cannot reach other isolated ones of its bridge.",
     .binding = XML("port/@isolated")},
    {"vlan", NULL, OPTIONAL, "VLANs of the interface, on Open vSwitch and SR-IOV.",
     .nested = NESTED(NEST_SINGLE, vlan_attributes), .binding = XML("vlan")},
    {"virtualport", NULL, OPTIONAL, "Port on Open vSwitch or a switch with IEEE 802.1Qbg or Qbh.",
     .nested = NESTED(NEST_SINGLE, virtualport_attributes), .binding = XML("virtualport")},
    {"bandwidth", NULL, OPTIONAL, "Limits of traffic. Changes are live.",
     .nested = NESTED(NEST_SINGLE, bandwidth_attributes), .binding = XML_CHANGING("bandwidth", XML_LIVE)},
    {"rom", NULL, OPTIONAL, "Boot ROM of the card.",
     .nested = NESTED(NEST_SINGLE, rom_attributes), .binding = XML("rom")},
};

static const ArgumentRule interface_rules[] = {
    {RULE_EXACTLY_ONE, {"network_id", "network", "bridge", "direct", "user", "vhostuser"}},
};
/* clang-format on */

const NestedObject domain_attributes_network_interface = {
    NESTED_TABLE(NEST_LIST, interface_attributes),
    .rules = interface_rules,
    .rule_count = ARRAY_COUNT(interface_rules),
};
