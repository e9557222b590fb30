/* data libvirt_node_devices: node devices of the host, for example for `hostdev` of libvirt_domain.
 */
#include "data_source.h"

#include "libvirt_types.h"

/* In the order of libvirt's flags VIR_CONNECT_LIST_NODE_DEVICES_CAP_*. */
#define CAPABILITIES                                                                               \
    "system pci usb_device usb net scsi_host scsi_target scsi storage fc_host vports "             \
    "scsi_generic drm mdev_types mdev ccw"

/* clang-format off */
static const Attribute device_attributes[] = {
    {"name", &TYPE_STRING, COMPUTED, "Target name of the device, such as vda.", .binding = XML("name")},
    {"path", &TYPE_STRING, COMPUTED, "Path of the device in sysfs.", .binding = XML("path")},
    {"parent", &TYPE_STRING, COMPUTED, "Name of the parent device, such as a bus or controller.", .binding = XML("parent")},
    {"driver", &TYPE_STRING, COMPUTED, "Name of the driver of the host that is bound to the device.", .binding = XML("driver/name")},
    {"vendor", &TYPE_STRING, COMPUTED, "Vendor of the device.", .binding = XML("capability/vendor")},
    {"product", &TYPE_STRING, COMPUTED, "Product name of the device.", .binding = XML("capability/product")},
    {"domain", &TYPE_NUMBER, COMPUTED, "PCI domain.", .binding = XML("capability/domain")},
    {"bus", &TYPE_NUMBER, COMPUTED, "PCI or USB bus.", .binding = XML("capability/bus")},
    {"slot", &TYPE_NUMBER, COMPUTED, "PCI slot.", .binding = XML("capability/slot")},
    {"function", &TYPE_NUMBER, COMPUTED, "PCI function.", .binding = XML("capability/function")},
    {"interface", &TYPE_STRING, COMPUTED, "Name of the network interface; null for other devices.", .binding = XML("capability/interface")},
    {"block", &TYPE_STRING, COMPUTED, "Path of the block device; null for other devices.", .binding = XML("capability/block")},
};

static const Attribute node_devices_attributes[] = {
    {"capability", &TYPE_STRING, OPTIONAL, "Capability that selects devices (default: all devices).", .one_of = CAPABILITIES},
    {"devices", NULL, COMPUTED, "Node devices of the host.", .nested = NESTED(NEST_LIST, device_attributes)},
};
/* clang-format on */

/* Returns libvirt's flag for the capability; 0, for all devices, if there is none. */
static unsigned devices_flags(Value config) {
    Str capability = object_text(config, "capability", STR_EMPTY);
    Str names = STR(CAPABILITIES), name;
    for (unsigned flag = 1; str_next_field(&names, ' ', &name); flag <<= 1)
        if (str_equal(capability, name))
            return flag;
    return 0;
}

static const DataList node_devices_payload = {
    .attribute = "devices",
    .noun = "devices",
    .kind = &libvirt_kind_device,
    .rows = {device_attributes, ARRAY_COUNT(device_attributes)},
    .flags = devices_flags,
};

const DataSourceType data_libvirt_node_devices = {
    .mode = MODE_DATA,
    .name = "libvirt_node_devices",
    .schema = {SCHEMA_ATTRIBUTES(node_devices_attributes),
               .description = "Node devices of the host."},
    .payload = &node_devices_payload,
    .read = data_source_list,
};
