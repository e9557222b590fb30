/* port_attributes: VLAN, virtual port and bandwidth. */
#include "port_attributes.h"

static const Attribute vlan_tag_attributes[] = {
    {"id", &TYPE_NUMBER, REQUIRED, "VLAN ID.", .binding = XML("@id")},
    {"native_mode", &TYPE_STRING, OPTIONAL,
     "Native mode of the VLAN: whether its packets are tagged or untagged.",
     .one_of = "tagged untagged", .binding = XML("@nativeMode")},
};

const Attribute vlan_attributes[] = {
    {"trunk", &TYPE_BOOL, OPTIONAL, "Whether the port is a VLAN trunk that carries several VLANs.",
     .binding = XML_AS("@trunk", XML_YES)},
    {"tags", NULL, OPTIONAL, "VLAN tags of the port.",
     .nested = NESTED(NEST_LIST, vlan_tag_attributes), .binding = XML("tag")},
};

const Attribute virtualport_attributes[] = {
    {"type", &TYPE_STRING, OPTIONAL,
     "Type of the virtual port: 802.1Qbg, 802.1Qbh, openvswitch or midonet.",
     .one_of = "802.1Qbg 802.1Qbh openvswitch midonet", .binding = XML("@type")},
    {"interface_id", &TYPE_STRING, OPTIONAL,
     "Interface ID of the port, a UUID (openvswitch and midonet).",
     .binding = XML("parameters/@interfaceid")},
    {"profile_id", &TYPE_STRING, OPTIONAL, "Name of the port profile (802.1Qbh and openvswitch).",
     .binding = XML("parameters/@profileid")},
    {"manager_id", &TYPE_NUMBER, OPTIONAL, "VSI manager ID (802.1Qbg).",
     .binding = XML("parameters/@managerid")},
    {"type_id", &TYPE_NUMBER, OPTIONAL, "VSI type ID (802.1Qbg).",
     .binding = XML("parameters/@typeid")},
    {"type_id_version", &TYPE_NUMBER, OPTIONAL, "Version of the VSI type (802.1Qbg).",
     .binding = XML("parameters/@typeidversion")},
    {"instance_id", &TYPE_STRING, OPTIONAL, "VSI instance ID, a UUID (802.1Qbg).",
     .binding = XML("parameters/@instanceid")},
};

static const Attribute inbound_attributes[] = {
    {"average", &TYPE_NUMBER, OPTIONAL, "Average rate in KiB per second.",
     .binding = XML_CHANGING("@average", XML_LIVE)},
    {"peak", &TYPE_NUMBER, OPTIONAL, "Peak rate in KiB per second.",
     .binding = XML_CHANGING("@peak", XML_LIVE)},
    {"burst", &TYPE_NUMBER, OPTIONAL,
     "Amount of data that one burst may send at the peak rate, in KiB.",
     .binding = XML_CHANGING("@burst", XML_LIVE)},
    {"floor", &TYPE_NUMBER, OPTIONAL, "Guaranteed minimum rate in KiB per second.",
     .binding = XML_CHANGING("@floor", XML_LIVE)},
};

static const Attribute outbound_attributes[] = {
    {"average", &TYPE_NUMBER, OPTIONAL, "Average rate in KiB per second.",
     .binding = XML_CHANGING("@average", XML_LIVE)},
    {"peak", &TYPE_NUMBER, OPTIONAL, "Peak rate in KiB per second.",
     .binding = XML_CHANGING("@peak", XML_LIVE)},
    {"burst", &TYPE_NUMBER, OPTIONAL,
     "Amount of data that one burst may send at the peak rate, in KiB.",
     .binding = XML_CHANGING("@burst", XML_LIVE)},
};

const Attribute bandwidth_attributes[] = {
    {"inbound", NULL, OPTIONAL, "Limits of the traffic to the guest.",
     .nested = NESTED(NEST_SINGLE, inbound_attributes),
     .binding = XML_CHANGING("inbound", XML_LIVE)},
    {"outbound", NULL, OPTIONAL, "Limits of the traffic from the guest.",
     .nested = NESTED(NEST_SINGLE, outbound_attributes),
     .binding = XML_CHANGING("outbound", XML_LIVE)},
};
