/* port_attributes: arguments of a port on a network, shared by networks, port groups and
 * interfaces. */
#include "port_attributes.h"

/* clang-format off */
static const Attribute vlan_tag_attributes[] = {
    {"id", &TYPE_NUMBER, REQUIRED, "Number of the VLAN.",
     .binding = XML("@id")},
    {"native_mode", &TYPE_STRING, OPTIONAL, "Treatment of untagged packets.",
     .one_of = "tagged untagged", .binding = XML("@nativeMode")},
};

const Attribute vlan_attributes[] = {
    {"trunk", &TYPE_BOOL, OPTIONAL, "Whether the interface carries several VLANs.",
     .binding = XML("@trunk")},
    {"tags", NULL, OPTIONAL,
     "VLANs of the interface.",
     .nested = NESTED(NEST_LIST, vlan_tag_attributes),
     .binding = XML("tag")},
};

const Attribute virtualport_attributes[] = {
    {"type", &TYPE_STRING, OPTIONAL, "Kind of the switch.",
     .one_of = "802.1Qbg 802.1Qbh openvswitch midonet", .binding = XML("@type")},
    {"interface_id", &TYPE_STRING, OPTIONAL, "UUID of the interface.",
     .binding = XML("parameters/@interfaceid")},
    {"profile_id", &TYPE_STRING, OPTIONAL, "Port profile.",
     .binding = XML("parameters/@profileid")},
    {"manager_id", &TYPE_NUMBER, OPTIONAL, "Manager of an 802.1Qbg switch.",
     .binding = XML("parameters/@managerid")},
    {"type_id", &TYPE_NUMBER, OPTIONAL, "Type of an 802.1Qbg port.",
     .binding = XML("parameters/@typeid")},
    {"type_id_version", &TYPE_NUMBER, OPTIONAL, "Version of that type.",
     .binding = XML("parameters/@typeidversion")},
    {"instance_id", &TYPE_STRING, OPTIONAL, "UUID of an 802.1Qbg instance.",
     .binding = XML("parameters/@instanceid")},
};

static const Attribute inbound_attributes[] = {
    {"average", &TYPE_NUMBER, OPTIONAL, "Average in KiB per second.",
     .binding = XML_CHANGING("@average", XML_LIVE)},
    {"peak", &TYPE_NUMBER, OPTIONAL, "Peak in KiB per second.",
     .binding = XML_CHANGING("@peak", XML_LIVE)},
    {"burst", &TYPE_NUMBER, OPTIONAL, "Burst at the peak, in KiB.",
     .binding = XML_CHANGING("@burst", XML_LIVE)},
    {"floor", &TYPE_NUMBER, OPTIONAL, "Guaranteed rate in KiB per second.",
     .binding = XML_CHANGING("@floor", XML_LIVE)},
};

static const Attribute outbound_attributes[] = {
    {"average", &TYPE_NUMBER, OPTIONAL, "Average in KiB per second.",
     .binding = XML_CHANGING("@average", XML_LIVE)},
    {"peak", &TYPE_NUMBER, OPTIONAL, "Peak in KiB per second.",
     .binding = XML_CHANGING("@peak", XML_LIVE)},
    {"burst", &TYPE_NUMBER, OPTIONAL, "Burst at the peak, in KiB.",
     .binding = XML_CHANGING("@burst", XML_LIVE)},
};

const Attribute bandwidth_attributes[] = {
    {"inbound", NULL, OPTIONAL,
     "Traffic to the machine.",
     .nested = NESTED(NEST_SINGLE, inbound_attributes),
     .binding = XML_CHANGING("inbound", XML_LIVE)},
    {"outbound", NULL, OPTIONAL,
     "Traffic of the machine.",
     .nested = NESTED(NEST_SINGLE, outbound_attributes),
     .binding = XML_CHANGING("outbound", XML_LIVE)},
};
/* clang-format on */
