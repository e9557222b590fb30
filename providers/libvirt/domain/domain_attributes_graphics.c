/* domain_attributes_graphics: screens, video and sound cards, input devices. */
#include "domain_attributes_nested.h"

/* clang-format off */
static const Attribute graphics_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "vnc, spice, sdl, dbus or egl-headless.",
     .one_of = "vnc spice sdl dbus egl-headless rdp desktop", .binding = XML("@type")},
    {"autoport", &TYPE_BOOL, OPTIONAL, "Whether the host chooses the port (default true).",
     .binding = XML("@autoport")},
    {"port", &TYPE_NUMBER, OPTIONAL, "Port, without autoport.",
     .binding = XML("@port")},
    {"tls_port", &TYPE_NUMBER, OPTIONAL, "Port with TLS of spice.",
     .binding = XML("@tlsPort")},
    {"websocket", &TYPE_NUMBER, OPTIONAL, "Port for web sockets; -1: chosen by the host.",
     .binding = XML("@websocket")},
    {"listen_type", &TYPE_STRING, OPTIONAL, "address, network, socket or none.",
     .one_of = "address network socket none", .binding = XML("listen/@type")},
    {"listen_address", &TYPE_STRING, OPTIONAL, "Address to listen on. Another one needs a restart.",
     .binding = XML("listen/@address")},
    {"listen_network", &TYPE_STRING, OPTIONAL, "Network to listen on.",
     .binding = XML("listen/@network")},
    {"listen_socket", &TYPE_STRING, OPTIONAL, "Path of a socket to listen on.",
     .binding = XML("listen/@socket")},
    {"password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Password. Changes are live.",
     .binding = XML_CHANGING("@passwd", XML_LIVE)},
    {"password_valid_to", &TYPE_STRING, OPTIONAL, "End of the password's validity, as 2030-01-02T15:30:00. Changes are live.",
     .binding = XML_CHANGING("@passwdValidTo", XML_LIVE)},
    {"keymap", &TYPE_STRING, OPTIONAL, "Layout of the keyboard, as de.",
     .binding = XML("@keymap")},
    {"share_policy", &TYPE_STRING, OPTIONAL, "Whether several viewers share the screen.",
     .one_of = "allow-exclusive force-shared ignore", .binding = XML("@sharePolicy")},
    {"gl", &TYPE_BOOL, OPTIONAL, "Whether spice uses OpenGL.",
     .binding = XML("gl/@enable")},
    {"image_compression", &TYPE_STRING, OPTIONAL, "Compression of images by spice.",
     .one_of = "auto_glz auto_lz quic glz lz off", .binding = XML("image/@compression")},
    {"clipboard", &TYPE_BOOL, OPTIONAL, "Whether spice shares the clipboard.",
     .binding = XML("clipboard/@copypaste")},
    {"filetransfer", &TYPE_BOOL, OPTIONAL, "Whether spice transfers files.",
     .binding = XML("filetransfer/@enable")},
};

static const Attribute video_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "Model of the card.",
     .one_of = "bochs cirrus none qxl ramfb vga virtio vmvga xen", .binding = XML_RESETTING("model/@type", "model address driver")},
    {"vram", &TYPE_NUMBER, OPTIONAL, "Video memory in KiB.",
     .binding = XML("model/@vram")},
    {"ram", &TYPE_NUMBER, OPTIONAL, "Memory of qxl in KiB.",
     .binding = XML("model/@ram")},
    {"vgamem", &TYPE_NUMBER, OPTIONAL, "Frame buffer of qxl in KiB.",
     .binding = XML("model/@vgamem")},
    {"heads", &TYPE_NUMBER, OPTIONAL, "Number of screens.",
     .binding = XML("model/@heads")},
    {"primary", &TYPE_BOOL, OPTIONAL, "Whether this is the first card.",
     .binding = XML("model/@primary")},
    {"accel3d", &TYPE_BOOL, OPTIONAL, "Whether virtio accelerates OpenGL.",
     .binding = XML("model/acceleration/@accel3d")},
};

static const Attribute sound_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the card.",
     .one_of = "sb16 es1370 pcspk ac97 ich6 ich9 usb ich7", .binding = XML_KIND("@model")},
};

static const Attribute input_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "Kind of the device.",
     .one_of = "tablet mouse keyboard passthrough evdev", .binding = XML("@type")},
    {"bus", &TYPE_STRING, OPTIONAL, "usb or virtio; every x86 machine has a mouse and a keyboard on ps2.",
     .one_of = "usb virtio", .binding = XML_KIND("@bus")},
    {"model", &TYPE_STRING, OPTIONAL, "Model of a virtio device.", .binding = XML("@model")},
    {"source_evdev", &TYPE_STRING, OPTIONAL, "Device of the host, for passthrough.", .binding = XML("source/@evdev")},
    {"source_dev", &TYPE_STRING, OPTIONAL, "Device of the host, for evdev.", .binding = XML("source/@dev")},
};

static const Attribute redirdev_attributes[] = {
    {"bus", &TYPE_STRING, REQUIRED, "usb.",
     .one_of = "usb", .binding = XML_KIND("@bus")},
    {"type", &TYPE_STRING, REQUIRED, "spicevmc, tcp or unix.",
     .one_of = "spicevmc tcp unix", .binding = XML("@type")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the socket.",
     .binding = XML("source/@path")},
};
/* clang-format on */

const NestedObject domain_attributes_graphics = {
    NESTED_TABLE(NEST_LIST, graphics_attributes),
};

const NestedObject domain_attributes_video = {
    NESTED_TABLE(NEST_LIST, video_attributes),
};

const NestedObject domain_attributes_sound = {
    NESTED_TABLE(NEST_LIST, sound_attributes),
};

const NestedObject domain_attributes_input = {
    NESTED_TABLE(NEST_LIST, input_attributes),
};

const NestedObject domain_attributes_redirdev = {
    NESTED_TABLE(NEST_LIST, redirdev_attributes),
};
