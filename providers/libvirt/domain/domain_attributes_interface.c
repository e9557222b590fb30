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
    {"mode", &TYPE_STRING, REQUIRED, "macvtap mode: bridge, private, vepa or passthrough.",
     .one_of = "bridge private vepa passthrough", .binding = XML("source/@mode")},
};

static const Attribute port_range_attributes[] = {
    {"start", &TYPE_NUMBER, REQUIRED, "First forwarded port of the host.",
     .binding = XML("@start")},
    {"end", &TYPE_NUMBER, OPTIONAL, "Last forwarded port of the host (default: start).",
     .binding = XML("@end")},
    {"to", &TYPE_NUMBER, OPTIONAL, "First port of the guest (default: start).",
     .binding = XML("@to")},
};

static const Attribute port_forward_attributes[] = {
    {"proto", &TYPE_STRING, REQUIRED, "Protocol: tcp or udp.",
     .one_of = "tcp udp", .binding = XML("@proto")},
    {"address", &TYPE_STRING, OPTIONAL, "IP address of the host to forward from (default: all).",
     .binding = XML("@address")},
    {"dev", &TYPE_STRING, OPTIONAL, "Network device of the host to forward from (default: all).",
     .binding = XML("@dev")},
    {"ranges", NULL, OPTIONAL,
     "Ranges of forwarded ports.",
     .nested = NESTED(NEST_LIST, port_range_attributes),
     .binding = XML("range")},
};

static const Attribute user_attributes[] = {
    {"backend", &TYPE_STRING, OPTIONAL, "Backend of the user network: passt (default: the built-in backend of QEMU).",
     .one_of = "passt", .binding = XML("backend/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "Path of passt's log file on the host.",
     .binding = XML("backend/@logFile")},
    {"dev", &TYPE_STRING, OPTIONAL, "Network device of the host whose addresses passt gives to the guest.",
     .binding = XML("source/@dev")},
    {"port_forwards", NULL, OPTIONAL,
     "Ports of the host that passt forwards to the guest.",
     .nested = NESTED(NEST_LIST, port_forward_attributes),
     .binding = XML("portForward")},
};

static const Attribute vhostuser_attributes[] = {
    {"path", &TYPE_STRING, REQUIRED, "Path of the Unix socket on the host.",
     .binding = XML("source/@path")},
    {"mode", &TYPE_STRING, REQUIRED, "Whether the machine listens on the socket (server) or connects to it (client).",
     .one_of = "server client", .binding = XML("source/@mode")},
};

static const Attribute rom_attributes[] = {
    {"bar", &TYPE_BOOL, OPTIONAL, "Whether the device's ROM is visible to the guest.",
     .binding = XML_AS("@bar", XML_ON_OFF)},
    {"file", &TYPE_STRING, OPTIONAL, "Path of the ROM file on the host.",
     .binding = XML("@file")},
};

static const Attribute filter_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of a libvirt_nwfilter."},
    {"parameters", &TYPE_MAP_OF_STRING_LISTS, OPTIONAL, "Values of the filter's variables. Each value is a list."},
};

static const Attribute interface_attributes[] = {
    {"network_id", &TYPE_STRING, OPTIONAL, "The `id` of a libvirt_network."},
    {"network", &TYPE_STRING, OPTIONAL, "Name of a network; set it instead of network_id."},
    {"bridge", &TYPE_STRING, OPTIONAL, "Name of a bridge on the host; set it instead of network_id."},
    {"direct", NULL, OPTIONAL, "Direct attachment to a network device of the host (macvtap); set it instead of network_id.",
     .nested = NESTED(NEST_SINGLE, direct_attributes)},
    {"user", NULL, OPTIONAL, "User-mode network, which needs no privileges on the host; set it instead of network_id.",
     .nested = NESTED(NEST_SINGLE, user_attributes)},
    {"vhostuser", NULL, OPTIONAL, "vhost-user socket of a virtual switch in user space; set it instead of network_id.",
     .nested = NESTED(NEST_SINGLE, vhostuser_attributes)},
    {"mac", &TYPE_STRING, OPTIONAL | COMPUTED,
     "MAC address (default: a stable address derived from the configuration).",
     .check = check_mac},
    {"model", &TYPE_STRING, OPTIONAL | COMPUTED, "Model of the device.", .default_json = "\"virtio\""},
    {"addresses", &TYPE_LIST_OF_STRING, OPTIONAL,
     "IP addresses that the guest configures itself, for example by its cloud-init seed. A plan knows them before the machine exists."},
    {"filter", NULL, OPTIONAL,
     "Packet filter of the interface. Changes are live.",
     .nested = NESTED(NEST_SINGLE, filter_attributes)},
    {"wait_for_ip", &TYPE_BOOL, OPTIONAL, "Whether a start of the machine waits until the interface has an IP address. With `addresses`, it waits until a DHCP lease, the guest agent or the host's ARP table shows one of them."},
    {"portgroup", &TYPE_STRING, OPTIONAL, "Port group of the network.", .binding = XML("source/@portgroup")},
    {"target_dev", &TYPE_STRING, OPTIONAL, "Name of the interface on the host (default: chosen by libvirt).",
     .binding = XML("target/@dev")},
    {"mtu", &TYPE_NUMBER, OPTIONAL, "Maximum packet size (MTU) in bytes.", .binding = XML("mtu/@size")},
    {"driver", &TYPE_STRING, OPTIONAL, "Backend driver of a virtio interface: qemu or vhost (in the kernel).",
     .one_of = "qemu vhost", .binding = XML("driver/@name")},
    {"queues", &TYPE_NUMBER, OPTIONAL, "Number of queues of a virtio interface.", .binding = XML("driver/@queues")},
    {"link", &TYPE_STRING, OPTIONAL, "Link state: up or down. Changes are live.",
     .one_of = "up down", .binding = XML_CHANGING("link/@state", XML_LIVE)},
    {"boot_order", &TYPE_NUMBER, OPTIONAL, "Position of the interface in the boot order, from 1.", .binding = XML("boot/@order")},
    {"port_isolated", &TYPE_BOOL, OPTIONAL, "Whether the interface is isolated from other isolated interfaces of its bridge.",
     .binding = XML("port/@isolated")},
    {"vlan", NULL, OPTIONAL, "VLAN tags of the interface, on Open vSwitch and SR-IOV devices.",
     .nested = NESTED(NEST_SINGLE, vlan_attributes), .binding = XML("vlan")},
    {"virtualport", NULL, OPTIONAL, "Parameters of the port on Open vSwitch, Midonet, or a switch with IEEE 802.1Qbg or 802.1Qbh.",
     .nested = NESTED(NEST_SINGLE, virtualport_attributes), .binding = XML("virtualport")},
    {"bandwidth", NULL, OPTIONAL, "Bandwidth limits of the interface. Changes are live.",
     .nested = NESTED(NEST_SINGLE, bandwidth_attributes), .binding = XML_CHANGING("bandwidth", XML_LIVE)},
    {"rom", NULL, OPTIONAL, "Boot ROM of the interface.",
     .nested = NESTED(NEST_SINGLE, rom_attributes), .binding = XML("rom")},
};

static const ArgumentRule interface_rules[] = {
    {RULE_EXACTLY_ONE, {"network_id", "network", "bridge", "direct", "user", "vhostuser"}},
};
/* clang-format on */

const NestedObject domain_attributes_network_interface = {
    NESTED_OBJECT(NEST_LIST, interface_attributes, SCHEMA_RULES(interface_rules))};
