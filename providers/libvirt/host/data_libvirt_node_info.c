/* data libvirt_node_info: CPUs, memory and versions of the host. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"

static const Attribute node_info_attributes[] = {
    {"hostname", &TYPE_STRING, COMPUTED, "Host name."},
    {"uri", &TYPE_STRING, COMPUTED, "The provider's URI."},
    {"driver", &TYPE_STRING, COMPUTED, "Name of the hypervisor driver: QEMU, LXC and others."},
    {"libvirt_version", &TYPE_STRING, COMPUTED, "Version of libvirt on the host."},
    {"hypervisor_version", &TYPE_STRING, COMPUTED, "Version of the hypervisor."},
    {"cpu_model", &TYPE_STRING, COMPUTED, "CPU architecture."},
    {"cpus", &TYPE_NUMBER, COMPUTED, "Number of CPUs."},
    {"cpu_mhz", &TYPE_NUMBER, COMPUTED, "Clock rate of the CPUs in MHz."},
    {"numa_nodes", &TYPE_NUMBER, COMPUTED, "Number of NUMA nodes."},
    {"sockets", &TYPE_NUMBER, COMPUTED, "Number of CPU sockets per NUMA node."},
    {"cores", &TYPE_NUMBER, COMPUTED, "Number of cores per socket."},
    {"threads", &TYPE_NUMBER, COMPUTED, "Number of threads per core."},
    {"memory", &TYPE_NUMBER, COMPUTED, "Memory size in MiB."},
    {"free_memory", &TYPE_NUMBER, COMPUTED, "Free memory in MiB."},
    {"has_kvm", &TYPE_BOOL, COMPUTED, "Whether libvirt reports support for KVM."},
    {"xml", &TYPE_STRING, COMPUTED, "The capabilities of the host as XML."},
};

static Value version_text(unsigned long version, Arena *arena) {
    return value_from_str(
        str_format(arena, "%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000));
}

static void fill_node(virConnectPtr connection, ObjectBuilder *builder, Arena *arena) {
    virNodeInfo info = {0};
    if (virNodeGetInfo(connection, &info) < 0)
        return;
    object_builder_set_copy(builder, "cpu_model", info.model, arena);
    object_builder_set(builder, "cpus", value_int(info.cpus));
    object_builder_set(builder, "cpu_mhz", value_int(info.mhz));
    object_builder_set(builder, "numa_nodes", value_int(info.nodes));
    object_builder_set(builder, "sockets", value_int(info.sockets));
    object_builder_set(builder, "cores", value_int(info.cores));
    object_builder_set(builder, "threads", value_int(info.threads));
    object_builder_set(builder, "memory", value_int((int64_t)info.memory / 1024));
    object_builder_set(builder, "free_memory",
                       value_int((int64_t)(virNodeGetFreeMemory(connection) >> 20)));
}

static void info_set_text(ObjectBuilder *builder, const char *name, char *text, Arena *arena) {
    if (text)
        object_builder_set_copy(builder, name, text, arena);
    free(text);
}

static bool info_read(const Call *call, const DataReadRequest *request, DataReadResponse *response,
                      Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    ObjectBuilder builder = data_source_begin(request, &data_libvirt_node_info.schema, arena);
    unsigned long version = 0;
    fill_node(connection, &builder, arena);
    info_set_text(&builder, "hostname", virConnectGetHostname(connection), arena);
    object_builder_set_copy(&builder, "uri", libvirt_client_options(call)->uri, arena);
    info_set_text(&builder, "xml", virConnectGetCapabilities(connection), arena);
    object_builder_set_copy(&builder, "driver", virConnectGetType(connection), arena);
    if (virConnectGetLibVersion(connection, &version) == 0)
        object_builder_set(&builder, "libvirt_version", version_text(version, arena));
    if (virConnectGetVersion(connection, &version) == 0)
        object_builder_set(&builder, "hypervisor_version", version_text(version, arena));
    object_builder_set(&builder, "has_kvm", value_bool(libvirt_client_has_kvm(connection)));
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_libvirt_node_info = {
    .mode = MODE_DATA,
    .name = "libvirt_node_info",
    .schema = {SCHEMA_ATTRIBUTES(node_info_attributes),
               .description = "The host and the version of its libvirt."},
    .read = info_read,
};
