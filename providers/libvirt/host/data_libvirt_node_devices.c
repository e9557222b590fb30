/* data libvirt_node_devices: node devices of the host, for example for `hostdev` of libvirt_domain.
 */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "nested_list.h"

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

static const Attribute attributes[] = {
    {"capability", &TYPE_STRING, OPTIONAL, "Capability that selects devices: pci, usb_device, net, storage, mdev and others (default: all devices)."},
    {"devices", NULL, COMPUTED, "Node devices of the host.", .nested = NESTED(NEST_LIST, device_attributes)},
};
/* clang-format on */

/* Capabilities in the order of libvirt's flags VIR_CONNECT_LIST_NODE_DEVICES_CAP_*. */
static const char *const capabilities[] = {
    "system",  "pci",     "usb_device", "usb",          "net", "scsi_host",  "scsi_target", "scsi",
    "storage", "fc_host", "vports",     "scsi_generic", "drm", "mdev_types", "mdev",        "ccw"};

/* Returns libvirt's flag for a capability; 0 if unknown. */
static unsigned flag_of(Str capability) {
    for (size_t i = 0; i < ARRAY_COUNT(capabilities); i++)
        if (str_equal_cstr(capability, capabilities[i]))
            return 1u << i;
    return 0;
}

static char *describe(void *device) {
    return virNodeDeviceGetXMLDesc(device, 0);
}

static int release(void *device) {
    return virNodeDeviceFree(device);
}

static const DataList device_list = {
    .attribute = "devices",
    .noun = "devices",
    .rows = {device_attributes, ARRAY_COUNT(device_attributes)},
    .describe = describe,
    .release = release,
};

static bool read(const Call *call,
                 const DataReadRequest *request,
                 DataReadResponse *response,
                 Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str capability = object_text(request->config, "capability", STR_EMPTY);
    unsigned flag = flag_of(capability);
    if (capability.len && !flag)
        return libvirt_error_say(
            call, diags, STR("Unknown \"capability\""),
            STR("Capabilities are, for example, pci, usb_device, net, storage, "
                "scsi_host and mdev."));
    virNodeDevicePtr *devices = NULL;
    int count = virConnectListAllNodeDevices(connection, &devices, flag);
    return data_source_list(call, request, &device_list, (void **)devices, count, response, diags);
}

const DataSourceType data_libvirt_node_devices = {
    .name = "libvirt_node_devices",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .description = "Node devices of the host."},
    .read = read,
};
