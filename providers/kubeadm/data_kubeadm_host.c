/* data kubeadm_host: facts about a machine, read by one command over SSH in every plan. */
#include "host_look.h"
#include "kubeadm_provider.h"
#include "nested_list.h"
#include "package_driver.h"

#define KIB_PER_MIB 1024

/* clang-format off */
static const Attribute os[] = {
    {"id",      &TYPE_STRING, COMPUTED, "ID of the operating system, such as \"debian\"."},
    {"version", &TYPE_STRING, COMPUTED, "Version of the operating system, such as \"12\"."},
    {"like",    &TYPE_STRING, COMPUTED, "IDs of related operating systems, separated by spaces."},
    {"name",    &TYPE_STRING, COMPUTED, "Full name of the operating system."},
};

static const Attribute interface[] = {
    {"name",      &TYPE_STRING,         COMPUTED, "Name of the interface."},
    {"mac",       &TYPE_STRING,         COMPUTED, "MAC address."},
    {"addresses", &TYPE_LIST_OF_STRING, COMPUTED, "Global IP addresses with prefix length."},
};

static const Attribute data_host_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
    {"ca_certificate",    &TYPE_STRING, OPTIONAL, "Certificate of the cluster's certificate authority in PEM, which is compared with that of the machine; see is_foreign."},
    {"os",                NULL,         COMPUTED, "Operating system.", .nested = NESTED(NEST_SINGLE, os)},
    {"package_driver",    &TYPE_STRING, COMPUTED, "Program that installs packages, derived from the operating system: \"apt\", \"dnf\", \"zypper\"; \"none\": only a bundle brings programs."},
    {"kernel",            &TYPE_STRING, COMPUTED, "Release of the kernel."},
    {"architecture",      &TYPE_STRING, COMPUTED, "CPU architecture, such as \"amd64\" or \"arm64\"."},
    {"hostname",          &TYPE_STRING, COMPUTED, "Host name."},
    {"processors",        &TYPE_NUMBER, COMPUTED, "Number of online CPUs; null if unknown."},
    {"memory_mib",        &TYPE_NUMBER, COMPUTED, "Memory in MiB; null if unknown."},
    {"swap_mib",          &TYPE_NUMBER, COMPUTED, "Swap space in MiB; 0 if swap is off, null if unknown."},
    {"free_mib",          &TYPE_MAP_OF_STRING, COMPUTED, "Free space of /var/lib and /var/log in MiB."},
    {"machine_id",        &TYPE_STRING, COMPUTED, "Machine ID (/etc/machine-id)."},
    {"product_uuid",      &TYPE_STRING, COMPUTED, "Product UUID of the firmware; null if it is not readable, for example in a container."},
    {"boot_id",           &TYPE_STRING, COMPUTED, "ID of the current boot; it changes with every boot."},
    {"cgroup_version",    &TYPE_NUMBER, COMPUTED, "Version of control groups: 1 or 2; null if unknown."},
    {"is_container",      &TYPE_BOOL,   COMPUTED, "Whether the machine is a container, whose kernel is that of its host."},
    {"clock_skew_ms",     &TYPE_NUMBER, COMPUTED, "Difference between the machine's clock and loam's clock in milliseconds; positive if the machine is ahead."},
    {"time_synchronized", &TYPE_BOOL,   COMPUTED, "Whether the clock is synchronized; null if unknown."},
    {"interfaces",        NULL,         COMPUTED, "Network interfaces.", .nested = NESTED(NEST_LIST, interface)},
    {"default_interface", &TYPE_STRING, COMPUTED, "Interface of the default route; null if none."},
    {"listening",         &TYPE_LIST_OF_STRING, COMPUTED, "Addresses on which a process listens on a port of a control plane or kubelet, such as \"*:6443\"."},
    {"sysctls",           &TYPE_MAP_OF_STRING, COMPUTED, "Kernel parameters (sysctl) that matter to Kubernetes, by name."},
    {"modules",           &TYPE_LIST_OF_STRING, COMPUTED, "Loaded kernel modules, of those that matter to Kubernetes."},
    {"versions",          &TYPE_MAP_OF_STRING, COMPUTED, "Versions of installed programs by name: container runtimes, kubelet, kubeadm, crictl."},
    {"programs",          &TYPE_LIST_OF_STRING, COMPUTED, "Installed programs, of those that Kubernetes uses."},
    {"active_units",      &TYPE_LIST_OF_STRING, COMPUTED, "Active systemd services, of those that matter to Kubernetes."},
    {"state",             &TYPE_STRING, COMPUTED, "Role in a cluster, derived from files on the machine: \"clean\" (none), \"partial\" (after an interrupted init or join), \"worker\" or \"control-plane\"."},
    {"is_foreign",        &TYPE_BOOL,   COMPUTED, "Whether the machine belongs to another cluster: it has a certificate authority other than ca_certificate. Null without that argument."},
};
/* clang-format on */

static const char *const state_names[] = {
    [HOST_CLEAN] = "clean",
    [HOST_PARTIAL] = "partial",
    [HOST_WORKER] = "worker",
    [HOST_CONTROL_PLANE] = "control-plane",
};

static Value map_of(const NamedTexts *texts, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    vec_each(texts, named)
        object_builder_put(&builder, named->name, value_string(named->text, arena));
    return object_builder_map(&builder, &TYPE_STRING);
}

static Value free_mib(const HostFacts *facts, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    vec_each(&facts->free_kib, named) {
        uint64_t kib;
        if (str_to_uint64(named->text, &kib))
            object_builder_put(
                &builder, named->name,
                value_from_str(str_format(arena, "%llu", (unsigned long long)(kib / KIB_PER_MIB))));
    }
    return object_builder_map(&builder, &TYPE_STRING);
}

static Value interfaces_of(const HostFacts *facts, const Type *list, Arena *arena) {
    ValueVec items = {0};
    vec_each(&facts->interfaces, found) {
        StrVec addresses = {0};
        vec_each(&facts->addresses, address) {
            if (str_equal(address->name, found->name))
                vec_push(arena, &addresses, address->text);
        }
        ObjectBuilder item = object_builder_null(list->element, arena);
        object_builder_set_text(&item, "name", found->name, arena);
        object_builder_set_text(&item, "mac", found->text, arena);
        object_builder_set(&item, "addresses", nested_list_of_texts(&addresses, arena));
        vec_push(arena, &items, object_builder_value(&item));
    }
    return nested_list_value(list, &items, arena);
}

static Value os_of(const HostFacts *facts, const Type *type, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    object_builder_set_text(&builder, "id", facts->os_id, arena);
    object_builder_set_text(&builder, "version", facts->os_version, arena);
    object_builder_set_text(&builder, "like", facts->os_like, arena);
    object_builder_set_text(&builder, "name", facts->os_name, arena);
    return object_builder_value(&builder);
}

static void set_texts(ObjectBuilder *builder, const HostFacts *facts, Arena *arena) {
    bool is_known;
    const struct {
        const char *name;
        Str text;
    } texts[] = {
        {"package_driver", package_driver_name(package_driver_of(facts, &is_known))},
        {"kernel", facts->kernel},
        {"architecture", host_facts_architecture(facts)},
        {"hostname", facts->hostname},
        {"machine_id", facts->machine_id},
        {"product_uuid", facts->product_uuid},
        {"boot_id", facts->boot_id},
        {"default_interface", facts->routes.count ? facts->routes.items[0].name : STR_EMPTY},
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        object_builder_set_optional(builder, texts[i].name, texts[i].text, arena);
    object_builder_set(builder, "state", value_from_cstr(state_names[host_facts_state(facts)]));
}

static Value number_if(bool is_known, uint64_t number) {
    return is_known ? value_int((int64_t)number) : value_null(&TYPE_NUMBER);
}

static void set_numbers(ObjectBuilder *builder, const HostFacts *facts, int64_t skew_ms) {
    bool has_v2 = str_equal(facts->cgroup, STR("cgroup2fs"));
    bool has_memory = facts->memory_kib > 0; /* /proc/meminfo, which also has the swap space */
    object_builder_set(builder, "processors", number_if(facts->processors > 0, facts->processors));
    object_builder_set(builder, "memory_mib",
                       number_if(has_memory, facts->memory_kib / KIB_PER_MIB));
    object_builder_set(builder, "swap_mib", number_if(has_memory, facts->swap_kib / KIB_PER_MIB));
    object_builder_set(builder, "cgroup_version", number_if(facts->cgroup.len > 0, has_v2 ? 2 : 1));
    object_builder_set(builder, "is_container", value_bool(host_facts_is_container(facts)));
    object_builder_set(builder, "clock_skew_ms", value_int(skew_ms));
    object_builder_set(builder, "time_synchronized",
                       facts->time_synchronized.len
                           ? value_bool(str_equal(facts->time_synchronized, STR("yes")))
                           : value_null(&TYPE_BOOL));
}

static Value host_describe(Value object, const HostFacts *facts, int64_t skew_ms, Arena *arena) {
    ObjectBuilder builder = object_builder_of(object, arena);
    Str authority = object_text(object, "ca_certificate", STR_EMPTY);
    set_texts(&builder, facts, arena);
    set_numbers(&builder, facts, skew_ms);
    object_builder_set(&builder, "os",
                       os_of(facts, object_attribute_type(object.type, "os"), arena));
    object_builder_set(
        &builder, "interfaces",
        interfaces_of(facts, object_attribute_type(object.type, "interfaces"), arena));
    object_builder_set(&builder, "free_mib", free_mib(facts, arena));
    object_builder_set(&builder, "sysctls", map_of(&facts->sysctls, arena));
    object_builder_set(&builder, "versions", map_of(&facts->versions, arena));
    object_builder_set(&builder, "listening", nested_list_of_texts(&facts->listening, arena));
    object_builder_set(&builder, "modules", nested_list_of_texts(&facts->modules, arena));
    object_builder_set(&builder, "programs", nested_list_of_texts(&facts->programs, arena));
    object_builder_set(&builder, "active_units", nested_list_of_texts(&facts->active, arena));
    object_builder_set(&builder, "is_foreign",
                       authority.len ? value_bool(host_facts_is_foreign(facts, authority))
                                     : value_null(&TYPE_BOOL));
    return object_builder_value(&builder);
}

static bool kubeadm_host_read(const Call *call, const DataReadRequest *, DataReadResponse *response,
                              Diags *diags) {
    SCOPED(SshLink) link = {0};
    SshProblem problem = {0};
    const Str arguments[] = {HOST_FACTS_CLOCK};
    HostQuery query = {.arguments = arguments, .count = ARRAY_COUNT(arguments)};
    HostLook look;
    bool is_valid = false;
    if (!ssh_client_link(call, response->state, &link, diags))
        return false;
    if (call->is_planning)
        ssh_client_limit_to_plan(&link);
    SshStatus status = host_look_try(&link, &query, &look, &is_valid, &problem, diags);
    if (call->is_planning && ssh_client_is_unreachable(&link, status)) {
        response->deferred = ssh_client_describe_failure(&link, status, problem);
        return true;
    }
    if (status != SSH_DONE) {
        ssh_client_report(&link, status, problem, diags);
        return false;
    }
    if (!is_valid)
        return false;
    response->state = host_describe(response->state, &look.facts, look.skew_ms, call->arena);
    return true;
}

const DataSourceType data_kubeadm_host = {
    .mode = MODE_DATA,
    .name = "kubeadm_host",
    .schema = {SCHEMA_ATTRIBUTES(data_host_attributes),
               .description = "Facts about a machine: sizes, network, versions, and its part in a "
                              "cluster. Reading them changes nothing."},
    .read = kubeadm_host_read,
};
