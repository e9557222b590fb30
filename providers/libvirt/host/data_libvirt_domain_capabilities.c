/* data libvirt_domain_capabilities: the kinds of machines that the host can run. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "nested_list.h"

/* clang-format off */
static const Attribute domain_capabilities_attributes[] = {
    {"type", &TYPE_STRING, OPTIONAL, "Domain type: kvm, qemu or lxc (default: chosen by the host)."},
    {"arch", &TYPE_STRING, OPTIONAL | COMPUTED, "CPU architecture (default: the host's).", .binding = XML("arch")},
    {"machine", &TYPE_STRING, OPTIONAL | COMPUTED, "Machine type, such as q35.", .binding = XML("machine")},
    {"emulator", &TYPE_STRING, OPTIONAL | COMPUTED, "Path of the emulator on the host.", .binding = XML("path")},
    {"vcpu_max", &TYPE_NUMBER, COMPUTED, "Maximum number of virtual CPUs.", .binding = XML("vcpu/@max")},
    {"firmwares", &TYPE_LIST_OF_STRING, COMPUTED, "Firmware types that the host can select: bios, efi.",
     .binding = XML("os/enum[@name='firmware']/value")},
    {"loaders", &TYPE_LIST_OF_STRING, COMPUTED, "Paths of firmware images (loaders) on the host.", .binding = XML("os/loader/value")},
    {"cpu_models", &TYPE_LIST_OF_STRING, COMPUTED, "CPU models that the CPU mode custom accepts.",
     .binding = XML("cpu/mode[@name='custom']/model")},
    {"disk_buses", &TYPE_LIST_OF_STRING, COMPUTED, "Disk buses, such as virtio and sata.", .binding = XML("devices/disk/enum[@name='bus']/value")},
    {"graphics", &TYPE_LIST_OF_STRING, COMPUTED, "Types of graphics, such as vnc and spice.",
     .binding = XML("devices/graphics/enum[@name='type']/value")},
    {"videos", &TYPE_LIST_OF_STRING, COMPUTED, "Models of video devices.", .binding = XML("devices/video/enum[@name='modelType']/value")},
    {"tpm_models", &TYPE_LIST_OF_STRING, COMPUTED, "Models of Trusted Platform Modules (TPM).",
     .binding = XML("devices/tpm/enum[@name='model']/value")},
    {"xml", &TYPE_STRING, COMPUTED, "The domain capabilities as XML."},
};
/* clang-format on */

static const char *text_or_null(Value config, const char *name, Arena *arena) {
    return object_has(config, name) ? str_to_cstr(object_text(config, name, STR_EMPTY), arena)
                                    : NULL;
}

static bool capabilities_read(const Call *call, const DataReadRequest *request,
                              DataReadResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value config = request->config;
    char *text = virConnectGetDomainCapabilities(
        connection, text_or_null(config, "emulator", arena), text_or_null(config, "arch", arena),
        text_or_null(config, "machine", arena), text_or_null(config, "type", arena), 0);
    const XmlRows rows = {domain_capabilities_attributes,
                          ARRAY_COUNT(domain_capabilities_attributes)};
    ObjectBuilder builder =
        data_source_begin(request, &data_libvirt_domain_capabilities.schema, arena);
    if (!data_source_read_xml(call, text, rows, &builder, diags))
        return false;
    static const char *const given[] = {"type", "arch", "machine", "emulator"};
    for (size_t i = 0; i < ARRAY_COUNT(given); i++)
        if (object_has(config, given[i]))
            object_builder_set(&builder, given[i], object_attribute(config, given[i]));
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_libvirt_domain_capabilities = {
    .mode = MODE_DATA,
    .name = "libvirt_domain_capabilities",
    .schema = {SCHEMA_ATTRIBUTES(domain_capabilities_attributes),
               .description = "Domain capabilities: the kinds of machines that the host can run."},
    .read = capabilities_read,
};
