/* domain_attributes_channel: serial and parallel ports, consoles, and channels between guest and
 * host. */
#include "domain_attributes_nested.h"

/* clang-format off */
static const Attribute serial_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "pty, file, dev, pipe, tcp, udp, unix, null, stdio, vc or spicevmc.",
     .one_of = "pty file dev pipe tcp udp unix null stdio vc spicevmc spiceport", .binding = XML("@type")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the file, device or socket.",
     .binding = XML("source/@path")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"protocol", &TYPE_STRING, OPTIONAL, "raw, telnet, telnets or tls.",
     .one_of = "raw telnet telnets tls", .binding = XML("protocol/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "File on the host that records the output.",
     .binding = XML("log/@file")},
    {"log_append", &TYPE_BOOL, OPTIONAL, "Whether a start keeps the recorded output.",
     .binding = XML_AS("log/@append", XML_ON_OFF)},
    {"target_type", &TYPE_STRING, OPTIONAL, "Kind of the port.",
     .one_of = "isa-serial usb-serial pci-serial spapr-vio-serial system-serial sclp-serial isa-debug", .binding = XML_RESETTING("target/@type", "target/model address")},
    {"target_port", &TYPE_NUMBER, OPTIONAL, "Number of the port.",
     .binding = XML("target/@port")},
};

static const Attribute parallel_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "pty, file, dev, pipe, tcp, udp, unix, null, stdio, vc or spicevmc.",
     .one_of = "pty file dev pipe tcp udp unix null stdio vc spicevmc spiceport", .binding = XML("@type")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the file, device or socket.",
     .binding = XML("source/@path")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"protocol", &TYPE_STRING, OPTIONAL, "raw, telnet, telnets or tls.",
     .one_of = "raw telnet telnets tls", .binding = XML("protocol/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "File on the host that records the output.",
     .binding = XML("log/@file")},
    {"log_append", &TYPE_BOOL, OPTIONAL, "Whether a start keeps the recorded output.",
     .binding = XML_AS("log/@append", XML_ON_OFF)},
    {"target_port", &TYPE_NUMBER, OPTIONAL, "Number of the port.",
     .binding = XML("target/@port")},
};

static const Attribute consoles_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "pty, file, dev, pipe, tcp, udp, unix, null, stdio, vc or spicevmc.",
     .one_of = "pty file dev pipe tcp udp unix null stdio vc spicevmc spiceport", .binding = XML("@type")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the file, device or socket.",
     .binding = XML("source/@path")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"protocol", &TYPE_STRING, OPTIONAL, "raw, telnet, telnets or tls.",
     .one_of = "raw telnet telnets tls", .binding = XML("protocol/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "File on the host that records the output.",
     .binding = XML("log/@file")},
    {"log_append", &TYPE_BOOL, OPTIONAL, "Whether a start keeps the recorded output.",
     .binding = XML_AS("log/@append", XML_ON_OFF)},
    {"target_type", &TYPE_STRING, OPTIONAL, "Kind of the console.",
     .one_of = "virtio sclp sclplm xen lxc", .binding = XML("target/@type")},
};

static const Attribute channel_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "pty, file, dev, pipe, tcp, udp, unix, null, stdio, vc or spicevmc.",
     .one_of = "pty file dev pipe tcp udp unix null stdio vc spicevmc spiceport", .binding = XML("@type")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the file, device or socket.",
     .binding = XML("source/@path")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"protocol", &TYPE_STRING, OPTIONAL, "raw, telnet, telnets or tls.",
     .one_of = "raw telnet telnets tls", .binding = XML("protocol/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "File on the host that records the output.",
     .binding = XML("log/@file")},
    {"log_append", &TYPE_BOOL, OPTIONAL, "Whether a start keeps the recorded output.",
     .binding = XML_AS("log/@append", XML_ON_OFF)},
    {"target_type", &TYPE_STRING, OPTIONAL, "virtio, guestfwd or xen.",
     .one_of = "virtio guestfwd xen", .binding = XML_RESETTING("target/@type", "target/model address")},
    {"target_name", &TYPE_STRING, OPTIONAL, "Name of the channel in the guest.",
     .binding = XML("target/@name")},
    {"target_address", &TYPE_STRING, OPTIONAL, "Address of guestfwd in the guest.",
     .binding = XML("target/@address")},
    {"target_port", &TYPE_NUMBER, OPTIONAL, "Port of guestfwd in the guest.",
     .binding = XML("target/@port")},
};

static const Attribute vsock_attributes[] = {
    {"model", &TYPE_STRING, OPTIONAL, "virtio.",
     .one_of = "virtio virtio-transitional virtio-non-transitional", .binding = XML_KIND("@model")},
    {"cid_auto", &TYPE_BOOL, OPTIONAL, "Whether the host chooses the address.",
     .binding = XML("cid/@auto")},
    {"cid", &TYPE_NUMBER, OPTIONAL, "Address of the guest, from 3.",
     .binding = XML("cid/@address")},
};
/* clang-format on */

const NestedObject domain_attributes_serial = {
    NESTED_TABLE(NEST_LIST, serial_attributes),
};

const NestedObject domain_attributes_parallel = {
    NESTED_TABLE(NEST_LIST, parallel_attributes),
};

const NestedObject domain_attributes_consoles = {
    NESTED_TABLE(NEST_LIST, consoles_attributes),
};

const NestedObject domain_attributes_channel = {
    NESTED_TABLE(NEST_LIST, channel_attributes),
};

const NestedObject domain_attributes_vsock = {
    NESTED_TABLE(NEST_SINGLE, vsock_attributes),
};
