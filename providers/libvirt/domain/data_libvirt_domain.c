/* data libvirt_domain: a virtual machine or container of the host. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "nested_list.h"

static const Attribute data_domain_interface_attributes[] = {
    {"type", &TYPE_STRING, COMPUTED, "Interface type: network, bridge, direct, user and others.",
     .binding = XML("@type")},
    {"mac", &TYPE_STRING, COMPUTED, "MAC address.", .binding = XML("mac/@address")},
    {"network", &TYPE_STRING, COMPUTED, "Name of the network; null for other types.",
     .binding = XML("source/@network")},
    {"bridge", &TYPE_STRING, COMPUTED, "Name of the bridge on the host; null for other types.",
     .binding = XML("source/@bridge")},
    {"host_device", &TYPE_STRING, COMPUTED,
     "Name of the interface on the host; null while the machine is off.",
     .binding = XML("target/@dev")},
    {"model", &TYPE_STRING, COMPUTED, "Model of the device.", .binding = XML("model/@type")},
};

static const Attribute data_domain_disk_attributes[] = {
    {"device", &TYPE_STRING, COMPUTED, "Device type: disk, cdrom, floppy or lun.",
     .binding = XML("@device")},
    {"target", &TYPE_STRING, COMPUTED, "Target name of the device, such as vda.",
     .binding = XML("target/@dev")},
    {"bus", &TYPE_STRING, COMPUTED, "Bus of the device, such as virtio or sata.",
     .binding = XML("target/@bus")},
    {"file", &TYPE_STRING, COMPUTED, "Path of the image file on the host; null for other sources.",
     .binding = XML("source/@file")},
    {"block_device", &TYPE_STRING, COMPUTED,
     "Path of the block device on the host; null for other sources.",
     .binding = XML("source/@dev")},
    {"format", &TYPE_STRING, COMPUTED, "Image format: qcow2, raw and others.",
     .binding = XML("driver/@type")},
};

static const Attribute data_domain_graphics_attributes[] = {
    {"type", &TYPE_STRING, COMPUTED, "Graphics type: vnc, spice and others.",
     .binding = XML("@type")},
    {"port", &TYPE_NUMBER, COMPUTED, "Port on the host; -1 or null while the machine is off.",
     .binding = XML("@port")},
    {"listen", &TYPE_STRING, COMPUTED, "IP address.", .binding = XML("@listen")},
};

static const Attribute data_domain_attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the machine."},
    {"id", &TYPE_STRING, OPTIONAL | COMPUTED, "UUID of the machine; set it instead of the name."},
    DATA_SOURCE_OPTIONAL,
    {"type", &TYPE_STRING, COMPUTED, "Domain type: kvm, qemu or lxc.", .binding = XML("@type")},
    {"arch", &TYPE_STRING, COMPUTED, "CPU architecture.", .binding = XML("os/type/@arch")},
    {"machine", &TYPE_STRING, COMPUTED, "Machine type, such as q35.",
     .binding = XML("os/type/@machine")},
    {"memory", &TYPE_NUMBER, COMPUTED, "Memory size in MiB.",
     .binding = XML_AS("currentMemory", XML_MIB)},
    {"memory_max", &TYPE_NUMBER, COMPUTED, "Maximum memory in MiB.",
     .binding = XML_AS("memory", XML_MIB)},
    {"vcpu_max", &TYPE_NUMBER, COMPUTED, "Maximum number of virtual CPUs.", .binding = XML("vcpu")},
    {"title", &TYPE_STRING, COMPUTED, "Title of the machine.", .binding = XML("title")},
    {"description", &TYPE_STRING, COMPUTED, "Description of the machine.",
     .binding = XML("description")},
    {"interfaces", NULL, COMPUTED, "Network interfaces.",
     .nested = NESTED(NEST_LIST, data_domain_interface_attributes),
     .binding = XML("devices/interface")},
    {"disks", NULL, COMPUTED, "Disk devices.",
     .nested = NESTED(NEST_LIST, data_domain_disk_attributes), .binding = XML("devices/disk")},
    {"graphics", NULL, COMPUTED, "Graphical displays, such as VNC and SPICE.",
     .nested = NESTED(NEST_LIST, data_domain_graphics_attributes),
     .binding = XML("devices/graphics")},
    {"running", &TYPE_BOOL, COMPUTED, "Whether the machine is running."},
    {"autostart", &TYPE_BOOL, COMPUTED, "Whether the machine starts with the host."},
    {"xml", &TYPE_STRING, COMPUTED, "The definition of the machine as XML."},
};

static const ArgumentRule data_domain_rules[] = {{RULE_EXACTLY_ONE, {"name", "id"}}};

static void domain_fill(void *found, ObjectBuilder *builder, Arena *) {
    int autostart = 0;
    (void)virDomainGetAutostart(found, &autostart);
    object_builder_set(builder, "running", value_bool(virDomainIsActive(found) == 1));
    object_builder_set(builder, "autostart", value_bool(autostart != 0));
}

static const DataObject data_domain_payload = {
    .kind = &libvirt_kind_machine,
    .rows = {data_domain_attributes, ARRAY_COUNT(data_domain_attributes)},
    .fill = domain_fill,
};

const DataSourceType data_libvirt_domain = {
    .mode = MODE_DATA,
    .name = "libvirt_domain",
    .schema = {SCHEMA_ATTRIBUTES(data_domain_attributes), SCHEMA_RULES(data_domain_rules),
               .description = "A virtual machine or container of the host."},
    .payload = &data_domain_payload,
    .read = data_source_object,
};
