/* domain_attributes_channel: serial and parallel ports, consoles, and channels between guest and
 * host. */
#include "domain_attributes_nested.h"

/* clang-format off */
/* The host side of a character device. */
#define HOST_SIDE_ATTRIBUTES \
    {"type", &TYPE_STRING, REQUIRED, "Type of the host side: pty, file, dev, pipe, tcp, udp, unix, null, stdio, vc, spicevmc or spiceport.", \
     .one_of = "pty file dev pipe tcp udp unix null stdio vc spicevmc spiceport", .binding = XML("@type")}, \
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the file, device or socket on the host.", \
     .binding = XML("source/@path")}, \
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether the host side listens (bind) or connects (connect).", \
     .one_of = "bind connect", .binding = XML("source/@mode")}, \
    {"source_host", &TYPE_STRING, OPTIONAL, "Host name or address to listen on or to connect to.", \
     .binding = XML("source/@host")}, \
    {"source_service", &TYPE_STRING, OPTIONAL, "Port to listen on or to connect to.", \
     .binding = XML("source/@service")}, \
    {"protocol", &TYPE_STRING, OPTIONAL, "Protocol of a tcp connection: raw, telnet, telnets or tls.", \
     .one_of = "raw telnet telnets tls", .binding = XML("protocol/@type")}, \
    {"log_file", &TYPE_STRING, OPTIONAL, "File on the host that records the output.", \
     .binding = XML("log/@file")}, \
    {"log_append", &TYPE_BOOL, OPTIONAL, "Whether the log file is kept and appended to at a start.", \
     .binding = XML_AS("log/@append", XML_ON_OFF)}

static const Attribute serial_attributes[] = {
    HOST_SIDE_ATTRIBUTES,
    {"target_type", &TYPE_STRING, OPTIONAL, "Type of the serial port in the guest.",
     .one_of = "isa-serial usb-serial pci-serial spapr-vio-serial system-serial sclp-serial isa-debug", .binding = XML_RESETTING("target/@type", "target/model address")},
    {"target_port", &TYPE_NUMBER, OPTIONAL, "Number of the port.",
     .binding = XML("target/@port")},
};

static const Attribute parallel_attributes[] = {
    HOST_SIDE_ATTRIBUTES,
    {"target_port", &TYPE_NUMBER, OPTIONAL, "Number of the port.",
     .binding = XML("target/@port")},
};

static const Attribute consoles_attributes[] = {
    HOST_SIDE_ATTRIBUTES,
    {"target_type", &TYPE_STRING, OPTIONAL, "Type of the console in the guest.",
     .one_of = "virtio sclp sclplm xen lxc", .binding = XML("target/@type")},
};

static const Attribute channel_attributes[] = {
    HOST_SIDE_ATTRIBUTES,
    {"target_type", &TYPE_STRING, OPTIONAL, "Type of the channel in the guest: virtio, guestfwd or xen.",
     .one_of = "virtio guestfwd xen", .binding = XML_RESETTING("target/@type", "target/model address")},
    {"target_name", &TYPE_STRING, OPTIONAL, "Name of the channel in the guest.",
     .binding = XML("target/@name")},
    {"target_address", &TYPE_STRING, OPTIONAL, "IP address in the guest for the type guestfwd.",
     .binding = XML("target/@address")},
    {"target_port", &TYPE_NUMBER, OPTIONAL, "Port in the guest for the type guestfwd.",
     .binding = XML("target/@port")},
};

static const Attribute vsock_attributes[] = {
    {"model", &TYPE_STRING, OPTIONAL, "Model of the device: virtio, virtio-transitional or virtio-non-transitional.",
     .one_of = "virtio virtio-transitional virtio-non-transitional", .binding = XML_KIND("@model")},
    {"cid_auto", &TYPE_BOOL, OPTIONAL, "Whether libvirt chooses the context ID (CID).",
     .binding = XML("cid/@auto")},
    {"cid", &TYPE_NUMBER, OPTIONAL, "Context ID (CID) of the guest, at least 3.",
     .binding = XML("cid/@address")},
};
/* clang-format on */

const NestedObject domain_attributes_serial = {NESTED_OBJECT(NEST_LIST, serial_attributes)};
const NestedObject domain_attributes_parallel = {NESTED_OBJECT(NEST_LIST, parallel_attributes)};
const NestedObject domain_attributes_consoles = {NESTED_OBJECT(NEST_LIST, consoles_attributes)};
const NestedObject domain_attributes_channel = {NESTED_OBJECT(NEST_LIST, channel_attributes)};
const NestedObject domain_attributes_vsock = {NESTED_OBJECT(NEST_SINGLE, vsock_attributes)};
