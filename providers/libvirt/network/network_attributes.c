/* network_attributes: the schema of libvirt_network. xml_map handles each row that has a binding.
 */
#include "network_attributes.h"

#include "cidr.h"
#include "port_attributes.h"
#include "xml_merge.h"

static Str check_cidr(Value value, Arena *arena) {
    Cidr cidr;
    if (cidr_parse(value_text(value), &cidr))
        return STR_EMPTY;
    return str_format(arena,
                      "The value must be an address with its prefix length, such as 10.17.0.1/24.");
}

static Str attributes_check_address(Value value, Arena *arena) {
    Cidr cidr;
    if (cidr_parse_address(value_text(value), &cidr))
        return STR_EMPTY;
    return str_format(arena, "The value must be an IP address, such as 10.17.0.10.");
}

static Str attributes_check_root(Value value, Arena *) {
    return str_starts_with(value_text(value), STR("/")) ? STR_EMPTY
                                                        : STR("The path must be absolute.");
}

/* A <forwarder> without a domain belongs to the argument "forwarders". */
static bool is_plain_forwarder(xmlNodePtr node) {
    return xml_find(node, "self::*[not(@domain)]") != NULL;
}

/* clang-format off */
static const Attribute range_attributes[] = {
    {"start", &TYPE_STRING, REQUIRED, "First address of the range.", .check = attributes_check_address, .binding = XML("@start")},
    {"end", &TYPE_STRING, REQUIRED, "Last address of the range.", .check = attributes_check_address, .binding = XML("@end")},
};

static const Attribute host_attributes[] = {
    {"mac", &TYPE_STRING, OPTIONAL, "MAC address of the machine.", .binding = XML("@mac")},
    {"ip", &TYPE_STRING, REQUIRED, "Reserved IP address.", .check = attributes_check_address, .binding = XML("@ip")},
    {"name", &TYPE_STRING, OPTIONAL, "Reserved host name.", .binding = XML("@name")},
};

static const Attribute bootp_attributes[] = {
    {"file", &TYPE_STRING, REQUIRED, "Boot file that machines load over the network (PXE).",
     .binding = XML("@file")},
    {"server", &TYPE_STRING, OPTIONAL, "Address of the TFTP server that has the boot file (default: the host).",
     .binding = XML("@server")},
};

static const Attribute dhcp_attributes[] = {
    {"ranges", NULL, OPTIONAL,
     "Address ranges for leases. Changes are live.",
     .nested = NESTED(NEST_LIST, range_attributes)},
    {"bootp", NULL, OPTIONAL, "Settings for booting over the network (PXE).",
     .nested = NESTED(NEST_SINGLE, bootp_attributes), .binding = XML("bootp")},
    {"hosts", NULL, OPTIONAL,
     "DHCP reservations. Changes are live; reservations that other programs made are kept.",
     .nested = NESTED(NEST_LIST, host_attributes)},
};

static const Attribute ip_attributes[] = {
    {"address", &TYPE_STRING, REQUIRED,
     "Address of the host in the network, with the prefix length.",
     .check = check_cidr},
    {"tftp_root", &TYPE_STRING, OPTIONAL, "Directory of the host that the network's TFTP server exports.",
     .check = attributes_check_root, .binding = XML("tftp/@root")},
    {"local_ptr", &TYPE_BOOL, OPTIONAL, "Whether reverse DNS lookups (PTR) of this address range are never forwarded to other DNS servers.", .binding = XML("@localPtr")},
    {"dhcp", NULL, OPTIONAL,
     "DHCP service of the address (default: none).",
     .nested = NESTED(NEST_SINGLE, dhcp_attributes)},
};

static const Attribute network_dns_host_attributes[] = {
    {"ip", &TYPE_STRING, REQUIRED, "IP address.", .check = attributes_check_address, .binding = XML("@ip")},
    {"hostnames", &TYPE_LIST_OF_STRING, REQUIRED, "Names of the address.", .binding = XML("hostname")},
};

static const Attribute domain_forwarder_attributes[] = {
    {"domain", &TYPE_STRING, REQUIRED, "Domain whose DNS queries are forwarded.",
     .binding = XML("@domain")},
    {"addr", &TYPE_STRING, OPTIONAL, "Address of the DNS server (default: none; queries for the domain are answered locally).",
     .binding = XML("@addr")},
};

static const Attribute srv_attributes[] = {
    {"service", &TYPE_STRING, REQUIRED, "Name of the service.",
     .binding = XML("@service")},
    {"protocol", &TYPE_STRING, REQUIRED, "Protocol: tcp or udp.",
     .one_of = "tcp udp", .binding = XML("@protocol")},
    {"domain", &TYPE_STRING, OPTIONAL, "Domain of the service record.",
     .binding = XML("@domain")},
    {"target", &TYPE_STRING, OPTIONAL, "Host name of the server that offers the service.",
     .binding = XML("@target")},
    {"port", &TYPE_NUMBER, OPTIONAL, "Port of the service on the target.",
     .binding = XML("@port")},
    {"priority", &TYPE_NUMBER, OPTIONAL, "Priority of the target; clients try the lowest value first.",
     .binding = XML("@priority")},
    {"weight", &TYPE_NUMBER, OPTIONAL, "Weight among targets of equal priority.",
     .binding = XML("@weight")},
};

static const Attribute txt_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the record.",
     .binding = XML("@name")},
    {"value", &TYPE_STRING, OPTIONAL, "Text of the record.",
     .binding = XML("@value")},
};

static const Attribute route_attributes[] = {
    {"family", &TYPE_STRING, OPTIONAL, "Address family: ipv4 or ipv6.",
     .one_of = "ipv4 ipv6", .binding = XML("@family")},
    {"address", &TYPE_STRING, REQUIRED, "Address of the destination network.",
     .check = attributes_check_address, .binding = XML("@address")},
    {"prefix", &TYPE_NUMBER, REQUIRED, "Prefix length of the destination network.",
     .binding = XML("@prefix")},
    {"gateway", &TYPE_STRING, REQUIRED, "IP address of the gateway, a machine in this network.",
     .check = attributes_check_address, .binding = XML("@gateway")},
    {"metric", &TYPE_NUMBER, OPTIONAL, "Metric of the route.",
     .binding = XML("@metric")},
};

static const Attribute nat_attributes[] = {
    {"address_start", &TYPE_STRING, OPTIONAL, "First host address for translated packets.",
     .check = attributes_check_address, .binding = XML("forward/nat/address/@start")},
    {"address_end", &TYPE_STRING, OPTIONAL, "Last host address for translated packets.",
     .check = attributes_check_address, .binding = XML("forward/nat/address/@end")},
    {"port_start", &TYPE_NUMBER, OPTIONAL, "First host port for translated packets.",
     .binding = XML("forward/nat/port/@start")},
    {"port_end", &TYPE_NUMBER, OPTIONAL, "Last host port for translated packets.",
     .binding = XML("forward/nat/port/@end")},
    {"ipv6", &TYPE_BOOL, OPTIONAL, "Whether NAT also applies to IPv6.",
     .binding = XML("forward/nat/@ipv6")},
};

static const Attribute pci_address_attributes[] = {
    {"domain", &TYPE_NUMBER, REQUIRED, "PCI domain.",
     .binding = XML("@domain")},
    {"bus", &TYPE_NUMBER, REQUIRED, "PCI bus.",
     .binding = XML("@bus")},
    {"slot", &TYPE_NUMBER, REQUIRED, "PCI slot.",
     .binding = XML("@slot")},
    {"function", &TYPE_NUMBER, REQUIRED, "PCI function.",
     .binding = XML("@function")},
};

static const Attribute portgroup_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the port group.",
     .binding = XML("@name")},
    {"default", &TYPE_BOOL, OPTIONAL, "Whether the port group applies to interfaces that name no port group.",
     .binding = XML("@default")},
    {"trust_guest_rx_filters", &TYPE_BOOL, OPTIONAL, "Whether the host applies changes that guests make to their MAC address and receive filters (trustGuestRxFilters).",
     .binding = XML("@trustGuestRxFilters")},
    {"vlan", NULL, OPTIONAL,
     "VLAN tags of the ports.",
     .nested = NESTED(NEST_SINGLE, vlan_attributes),
     .binding = XML("vlan")},
    {"virtualport", NULL, OPTIONAL,
     "Parameters of the port on a virtual switch.",
     .nested = NESTED(NEST_SINGLE, virtualport_attributes),
     .binding = XML("virtualport")},
    {"bandwidth", NULL, OPTIONAL,
     "Bandwidth limits of each port.",
     .nested = NESTED(NEST_SINGLE, bandwidth_attributes),
     .binding = XML("bandwidth")},
};

static const Attribute dns_attributes[] = {
    {"enabled", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the network has a DNS server.",
     .default_json = "true"},
    {"forwarders", &TYPE_LIST_OF_STRING, OPTIONAL, "Addresses of DNS servers for names outside the network."},
    {"forward_plain_names", &TYPE_BOOL, OPTIONAL, "Whether DNS queries for names without a domain are forwarded.",
     .binding = XML("@forwardPlainNames")},
    {"domain_forwarders", NULL, OPTIONAL,
     "DNS servers for the names of single domains.",
     .nested = NESTED(NEST_LIST, domain_forwarder_attributes),
     .binding = &(const XmlBinding){.path = "forwarder", .change = XML_AT_START, .skips = is_plain_forwarder}},
    {"srvs", NULL, OPTIONAL,
     "DNS service records (SRV). Changes are live.",
     .nested = NESTED(NEST_LIST, srv_attributes),
     .binding = XML_CHANGING("srv", XML_LIVE)},
    {"txts", NULL, OPTIONAL,
     "DNS text records (TXT). Changes are live.",
     .nested = NESTED(NEST_LIST, txt_attributes),
     .binding = XML_CHANGING("txt", XML_LIVE)},
    {"hosts", NULL, OPTIONAL,
     "DNS host names. Changes are live.",
     .nested = NESTED(NEST_LIST, network_dns_host_attributes)},
};

const Attribute network_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
    {"mode", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Forward mode. nat and route connect guests through the host; open routes without firewall rules; isolated has no forwarding; bridge uses an existing bridge or network devices of the host; private, vepa and passthrough use network devices of the host (macvtap); hostdev assigns PCI virtual functions.",
     .default_json = "\"nat\"",
     .one_of = "nat route open isolated bridge private vepa passthrough hostdev",
     .binding = XML_BY_HAND(XML_AT_START)},
    {"bridge", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Name of the bridge device on the host (default: chosen by libvirt).",
     .binding = XML_BY_HAND(XML_AT_START)},
    {"stp", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether to use the spanning tree protocol. It prevents loops through guests, but delays new ports for some seconds.",
     .default_json = "true",
     .binding = XML_BY_HAND(XML_AT_START)},
    {"domain", &TYPE_STRING, OPTIONAL, "DNS domain of the network.", .binding = XML_BY_HAND(XML_AT_START)},
    {"mtu", &TYPE_NUMBER, OPTIONAL, "Maximum packet size (MTU) in bytes.", .binding = XML_BY_HAND(XML_AT_START)},
    {"mac", &TYPE_STRING, OPTIONAL, "MAC address of the bridge device (default: chosen by libvirt).",
     .binding = XML("mac/@address")},
    {"delay", &TYPE_NUMBER, OPTIONAL, "Forward delay of the bridge in seconds: the time before a new port forwards packets.",
     .binding = XML("bridge/@delay")},
    {"zone", &TYPE_STRING, OPTIONAL, "firewalld zone of the bridge.",
     .binding = XML("bridge/@zone")},
    {"domain_local_only", &TYPE_BOOL, OPTIONAL, "Whether DNS queries for the domain are never forwarded.",
     .binding = XML("domain/@localOnly")},
    {"ipv6", &TYPE_BOOL, OPTIONAL, "Whether machines may use IPv6 between each other if the host has no IPv6 address in the network.",
     .binding = XML("@ipv6")},
    {"trust_guest_rx_filters", &TYPE_BOOL, OPTIONAL, "Whether the host applies changes that guests make to their MAC address and receive filters (trustGuestRxFilters).",
     .binding = XML("@trustGuestRxFilters")},
    {"forward_dev", &TYPE_STRING, OPTIONAL, "Network device of the host that forwarded packets must use (default: any).",
     .binding = XML("forward/@dev")},
    {"forward_interfaces", &TYPE_LIST_OF_STRING, OPTIONAL, "Pool of network devices of the host, for the modes bridge, private, vepa and passthrough.",
     .binding = XML("forward/interface/@dev")},
    {"forward_pf", &TYPE_STRING, OPTIONAL, "Network device of the host (physical function) whose virtual functions form the pool.",
     .binding = XML("forward/pf/@dev")},
    {"forward_managed", &TYPE_BOOL, OPTIONAL, "Whether libvirt detaches a virtual function from its host driver before it assigns it to a guest, for the mode hostdev.",
     .binding = XML("forward/@managed")},
    {"forward_addresses", NULL, OPTIONAL,
     "PCI addresses of virtual functions, for the mode hostdev.",
     .nested = NESTED(NEST_LIST, pci_address_attributes),
     .binding = XML("forward/address[@type='pci']")},
    {"nat", NULL, OPTIONAL,
     "Host addresses and ports that the mode nat uses.",
     .nested = NESTED(NEST_SINGLE, nat_attributes),
     .binding = XML(".")},
    {"routes", NULL, OPTIONAL,
     "Static routes of the host through this network.",
     .nested = NESTED(NEST_LIST, route_attributes),
     .binding = XML("route")},
    {"vlan", NULL, OPTIONAL,
     "VLAN tags of the network, on Open vSwitch and SR-IOV devices.",
     .nested = NESTED(NEST_SINGLE, vlan_attributes),
     .binding = XML("vlan")},
    {"virtualport", NULL, OPTIONAL,
     "Parameters of the port on a virtual switch.",
     .nested = NESTED(NEST_SINGLE, virtualport_attributes),
     .binding = XML("virtualport")},
    {"port_isolated", &TYPE_BOOL, OPTIONAL, "Whether the guest interfaces of this network are isolated from each other.",
     .binding = XML("port/@isolated")},
    {"bandwidth", NULL, OPTIONAL,
     "Bandwidth limits of the whole network.",
     .nested = NESTED(NEST_SINGLE, bandwidth_attributes),
     .binding = XML("bandwidth")},
    {"portgroups", NULL, OPTIONAL,
     "Port groups. Changes are live.",
     .nested = NESTED(NEST_LIST, portgroup_attributes),
     .binding = XML_KEYED("portgroup", "name", XML_LIVE)},
    {"dnsmasq_options", &TYPE_LIST_OF_STRING, OPTIONAL, "Additional dnsmasq options. libvirt passes them on unchecked and does not support them.",
     .binding = XML("dnsmasq:options/dnsmasq:option/@value")},
    {"ips", NULL, OPTIONAL,
     "IP addresses of the host in the network, with their DHCP service.",
     .nested = NESTED(NEST_LIST, ip_attributes),
     .binding = XML_BY_HAND(XML_LIVE)},
    {"dns", NULL, OPTIONAL,
     "DNS service of the network.",
     .nested = NESTED(NEST_SINGLE, dns_attributes),
     .binding = XML_BY_HAND(XML_LIVE)},
    {"autostart", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the network starts with the host.",
     .default_json = "true"},
    {"running", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the network is active.",
     .default_json = "true"},
    XML_MERGE_ROW,
    {"adopt_existing", &TYPE_BOOL, OPTIONAL,
     "Whether to adopt an existing object of this name instead of failing. The plan lists the changes to the adopted object."},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the network."},
};
/* clang-format on */

XmlRows network_attributes_of(const char *name) {
    return xml_map_nested((XmlRows){network_attributes, NETWORK_ATTRIBUTE_COUNT}, name);
}

XmlRows network_attributes_of_dhcp(void) {
    return (XmlRows){dhcp_attributes, ARRAY_COUNT(dhcp_attributes)};
}
