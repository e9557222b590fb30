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

static Value device_value(virNodeDevicePtr device, const Type *type, Arena *arena) {
    const XmlRows rows = {device_attributes, ARRAY_COUNT(device_attributes)};
    SCOPED(XmlDoc) doc = {0};
    ObjectBuilder builder = object_builder_null(type, arena);
    if (xml_take(virNodeDeviceGetXMLDesc(device, 0), &doc))
        xml_map_read(rows, value_null(type), xml_root(&doc), true, &builder, arena);
    return object_builder_value(&builder);
}

static bool read(const Call *call,
                 const DataReadRequest *request,
                 DataReadResponse *response,
                 Diags *diags) {
    Arena *arena = call->arena;
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
    if (count < 0)
        return libvirt_error_add(call, diags, "Cannot list the devices of the host");
    ObjectBuilder builder = data_source_begin(request, &data_libvirt_node_devices.schema, arena);
    const Type *type = object_attribute_type(builder.type, "devices");
    ValueVec values = {0};
    for (int i = 0; i < count; i++) {
        vec_push(arena, &values, device_value(devices[i], type->element, arena));
        (void)virNodeDeviceFree(devices[i]);
    }
    free(devices);
    object_builder_set(&builder, "devices", nested_list_value(type, &values, arena));
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_libvirt_node_devices = {
    .name = "libvirt_node_devices",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .description = "Node devices of the host."},
    .read = read,
};
