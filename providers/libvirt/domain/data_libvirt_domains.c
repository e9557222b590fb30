/* data libvirt_domains: the virtual machines and containers of the host. */
#include "data_source.h"

#include "libvirt_types.h"

/* clang-format off */
static const Attribute machine_attributes[] = {
    {"name", &TYPE_STRING, COMPUTED, "Name of the machine.", .binding = XML("name")},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the machine.", .binding = XML("uuid")},
    {"type", &TYPE_STRING, COMPUTED, "Domain type: kvm, qemu or lxc.", .binding = XML("@type")},
    {"title", &TYPE_STRING, COMPUTED, "Title of the machine.", .binding = XML("title")},
    {"memory", &TYPE_NUMBER, COMPUTED, "Memory size in MiB.", .binding = XML_AS("currentMemory", XML_MIB)},
    {"vcpu_max", &TYPE_NUMBER, COMPUTED, "Maximum number of virtual CPUs.", .binding = XML("vcpu")},
    {"running", &TYPE_BOOL, COMPUTED, "Whether the machine is running."},
    {"autostart", &TYPE_BOOL, COMPUTED, "Whether the machine starts with the host."},
};

static const Attribute domains_attributes[] = {
    {"running", &TYPE_BOOL, OPTIONAL, "Whether to list only running machines, or only those that are off (default: all)."},
    {"domains", NULL, COMPUTED, "The machines, sorted by name.", .nested = NESTED(NEST_LIST, machine_attributes)},
};
/* clang-format on */

static unsigned domains_flags(Value config) {
    if (!object_has(config, "running"))
        return 0;
    return object_bool(config, "running", false) ? VIR_CONNECT_LIST_DOMAINS_ACTIVE
                                                 : VIR_CONNECT_LIST_DOMAINS_INACTIVE;
}

static void domains_fill(void *machine, ObjectBuilder *builder, Arena *) {
    int autostart = 0;
    (void)virDomainGetAutostart(machine, &autostart);
    object_builder_set(builder, "running", value_bool(virDomainIsActive(machine) == 1));
    object_builder_set(builder, "autostart", value_bool(autostart != 0));
}

static const DataList domains_payload = {
    .attribute = "domains",
    .noun = "machines",
    .kind = &libvirt_kind_machine,
    .rows = {machine_attributes, ARRAY_COUNT(machine_attributes)},
    .flags = domains_flags,
    .fill = domains_fill,
};

const DataSourceType data_libvirt_domains = {
    .mode = MODE_DATA,
    .name = "libvirt_domains",
    .schema = {SCHEMA_ATTRIBUTES(domains_attributes), .description = "The machines of the host."},
    .payload = &domains_payload,
    .read = data_source_list,
};
