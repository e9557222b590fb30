/* domain_attributes_graphics: graphical displays, video, sound, input and USB redirection devices.
 */
#include "domain_attributes_nested.h"

/* clang-format off */
static const Attribute graphics_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "Graphics type: vnc, spice, sdl, dbus, egl-headless, rdp or desktop.",
     .one_of = "vnc spice sdl dbus egl-headless rdp desktop", .binding = XML("@type")},
    {"autoport", &TYPE_BOOL, OPTIONAL, "Whether libvirt chooses the port (default true).",
     .binding = XML("@autoport")},
    {"port", &TYPE_NUMBER, OPTIONAL, "Port to listen on, if autoport is false.",
     .binding = XML("@port")},
    {"tls_port", &TYPE_NUMBER, OPTIONAL, "TLS port of spice.",
     .binding = XML("@tlsPort")},
    {"websocket", &TYPE_NUMBER, OPTIONAL, "WebSocket port of vnc; -1 for a port that libvirt chooses.",
     .binding = XML("@websocket")},
    {"listen_type", &TYPE_STRING, OPTIONAL, "How the server listens: address, network, socket or none.",
     .one_of = "address network socket none", .binding = XML("listen/@type")},
    {"listen_address", &TYPE_STRING, OPTIONAL, "IP address to listen on. A change requires a restart.",
     .binding = XML("listen/@address")},
    {"listen_network", &TYPE_STRING, OPTIONAL, "Name of the network whose host address the server listens on.",
     .binding = XML("listen/@network")},
    {"listen_socket", &TYPE_STRING, OPTIONAL, "Path of the Unix socket to listen on.",
     .binding = XML("listen/@socket")},
    {"password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Password of the display. Changes are live.",
     .binding = XML_CHANGING("@passwd", XML_LIVE)},
    {"password_valid_to", &TYPE_STRING, OPTIONAL, "End of the password's validity, such as 2030-01-02T15:30:00. Changes are live.",
     .binding = XML_CHANGING("@passwdValidTo", XML_LIVE)},
    {"keymap", &TYPE_STRING, OPTIONAL, "Keyboard layout, such as de.",
     .binding = XML("@keymap")},
    {"share_policy", &TYPE_STRING, OPTIONAL, "How vnc shares the display between clients: allow-exclusive, force-shared or ignore.",
     .one_of = "allow-exclusive force-shared ignore", .binding = XML("@sharePolicy")},
    {"gl", &TYPE_BOOL, OPTIONAL, "Whether spice uses OpenGL.",
     .binding = XML("gl/@enable")},
    {"image_compression", &TYPE_STRING, OPTIONAL, "Image compression of spice.",
     .one_of = "auto_glz auto_lz quic glz lz off", .binding = XML("image/@compression")},
    {"clipboard", &TYPE_BOOL, OPTIONAL, "Whether spice shares the clipboard between viewer and guest.",
     .binding = XML("clipboard/@copypaste")},
    {"filetransfer", &TYPE_BOOL, OPTIONAL, "Whether spice allows file transfers from the viewer.",
     .binding = XML("filetransfer/@enable")},
};

static const Attribute video_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "Model of the device.",
     .one_of = "bochs cirrus none qxl ramfb vga virtio vmvga xen", .binding = XML_RESETTING("model/@type", "model address driver")},
    {"vram", &TYPE_NUMBER, OPTIONAL, "Video memory in KiB.",
     .binding = XML("model/@vram")},
    {"ram", &TYPE_NUMBER, OPTIONAL, "Memory of qxl in KiB.",
     .binding = XML("model/@ram")},
    {"vgamem", &TYPE_NUMBER, OPTIONAL, "Frame buffer of qxl in KiB.",
     .binding = XML("model/@vgamem")},
    {"heads", &TYPE_NUMBER, OPTIONAL, "Number of displays (heads).",
     .binding = XML("model/@heads")},
    {"primary", &TYPE_BOOL, OPTIONAL, "Whether this is the primary video device.",
     .binding = XML("model/@primary")},
    {"accel3d", &TYPE_BOOL, OPTIONAL, "Whether 3D acceleration is on (virtio).",
     .binding = XML("model/acceleration/@accel3d")},
};

static const Attribute sound_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the device.",
     .one_of = "sb16 es1370 pcspk ac97 ich6 ich9 usb ich7", .binding = XML_KIND("@model")},
};

static const Attribute input_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "Type of the input device: tablet, mouse, keyboard, passthrough or evdev.",
     .one_of = "tablet mouse keyboard passthrough evdev", .binding = XML("@type")},
    {"bus", &TYPE_STRING, OPTIONAL, "Bus of the device: usb or virtio. Every x86 machine also has a PS/2 mouse and keyboard.",
     .one_of = "usb virtio", .binding = XML_KIND("@bus")},
    {"model", &TYPE_STRING, OPTIONAL, "Model of a virtio device.", .binding = XML("@model")},
    {"source_evdev", &TYPE_STRING, OPTIONAL, "Path of the host's input device, for the type passthrough.", .binding = XML("source/@evdev")},
    {"source_dev", &TYPE_STRING, OPTIONAL, "Path of the host's input device, for the type evdev.", .binding = XML("source/@dev")},
};

static const Attribute redirdev_attributes[] = {
    {"bus", &TYPE_STRING, REQUIRED, "Bus of the device: usb.",
     .one_of = "usb", .binding = XML_KIND("@bus")},
    {"type", &TYPE_STRING, REQUIRED, "Type of the host side: spicevmc, tcp or unix.",
     .one_of = "spicevmc tcp unix", .binding = XML("@type")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether the host side listens (bind) or connects (connect).",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Host name or address to listen on or to connect to.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port to listen on or to connect to.",
     .binding = XML("source/@service")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the Unix socket on the host.",
     .binding = XML("source/@path")},
};
/* clang-format on */

const NestedObject domain_attributes_graphics = {NESTED_OBJECT(NEST_LIST, graphics_attributes)};
const NestedObject domain_attributes_video = {NESTED_OBJECT(NEST_LIST, video_attributes)};
const NestedObject domain_attributes_sound = {NESTED_OBJECT(NEST_LIST, sound_attributes)};
const NestedObject domain_attributes_input = {NESTED_OBJECT(NEST_LIST, input_attributes)};
const NestedObject domain_attributes_redirdev = {NESTED_OBJECT(NEST_LIST, redirdev_attributes)};
