/* domain_read: reads machines from the host. */
#include "domain_read.h"

#include "cidr.h"
#include "domain_attributes.h"
#include "domain_console.h"
#include "domain_disk.h"
#include "domain_nic.h"
#include "libvirt_error.h"
#include "nested_list.h"
#include "wait_until.h"
#include "xml_merge.h"

static void read_type(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    Str machine = xml_get(root, "os/type/@machine", arena);
    object_builder_set_text(builder, "type", xml_get(root, "@type", arena), arena);
    object_builder_set_optional(builder, "arch", xml_get(root, "os/type/@arch", arena), arena);
    if (!domain_schema_is_board(object_text(state, "machine", STR_EMPTY), machine))
        object_builder_set_optional(builder, "machine", machine, arena);
}

/* A configured limit below the current value is kept: the machine then has no reserve. On import,
 * sets the limit only if there is a reserve. */
static void read_limit(
    ObjectBuilder *builder, Value state, const char *name, int64_t now, int64_t found) {
    int64_t given = object_int(state, name, now);
    bool is_import = !object_has(state, "memory");
    if ((is_import || object_has(state, name)) && (given > now ? given : now) != found)
        object_builder_set(builder, name, value_int(found));
}

/* The XML counts memory devices as memory of the machine; the attributes do not. */
static void read_size(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    XmlNodes devices = xml_find_all(root, "devices/memory/target/size", arena);
    int64_t memory_max = xml_get_int(root, "memory", 0) / 1024;
    vec_each(&devices, size)
        memory_max -= xml_get_int(*size, ".", 0) / 1024;
    int64_t memory = xml_get_int(root, "currentMemory", memory_max * 1024) / 1024;
    if (devices.count && memory > memory_max)
        memory = memory_max;
    int64_t vcpu_max = xml_get_int(root, "vcpu", 1);
    int64_t vcpu = xml_get_int(root, "vcpu/@current", vcpu_max);
    object_builder_set(builder, "memory", value_int(memory));
    object_builder_set(builder, "vcpu", value_int(vcpu));
    read_limit(builder, state, "memory_max", memory, memory_max);
    read_limit(builder, state, "vcpu_max", vcpu, vcpu_max);
}

static void read_texts(ObjectBuilder *builder, xmlNodePtr root, Arena *arena) {
    static const struct {
        const char *name;
        const char *path;
    } texts[] = {
        {"kernel",      "os/kernel"  },
        {"initrd",      "os/initrd"  },
        {"cmdline",     "os/cmdline" },
        {"title",       "title"      },
        {"description", "description"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        object_builder_set_optional(builder, texts[i].name, xml_get(root, texts[i].path, arena),
                                    arena);
}

static void read_init(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    Str init = xml_get(root, "os/init", arena);
    if (object_has(state, "init") || !str_equal(init, STR("/sbin/init")))
        object_builder_set_optional(builder, "init", init, arena);
    StrVec args = {0};
    XmlNodes nodes = xml_find_all(root, "os/initarg", arena);
    vec_each(&nodes, node)
        vec_push(arena, &args, xml_get(*node, ".", arena));
    if (args.count || object_has(state, "init_args"))
        object_builder_set(builder, "init_args", nested_list_of_texts(&args, arena));
}

static void read_cpu(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    Value cpu = object_attribute(state, "cpu");
    bool is_import = !object_has(state, "name");
    xmlNodePtr node = xml_find(root, "cpu");
    if (!node || (!value_is_present(cpu) && !is_import))
        return;
    ObjectBuilder found = value_is_present(cpu) ? object_builder_of(cpu, arena)
                                                : object_builder_null(cpu.type, arena);
    if (is_import || object_has(cpu, "mode"))
        object_builder_set_optional(&found, "mode", xml_get(root, "cpu/@mode", arena), arena);
    object_builder_set_optional(&found, "model", xml_get(root, "cpu/model", arena), arena);
    xml_map_read(domain_attributes_of("cpu"), cpu, node, is_import, &found, arena);
    object_builder_set(builder, "cpu", object_builder_value(&found));
}

static void read_filesystems(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    const Type *type = object_attribute_type(builder->type, "filesystem");
    XmlNodes nodes = xml_find_all(root, "devices/filesystem[@type='mount' and source/@dir]", arena);
    ValueVec items = {0};
    for (size_t i = 0; i < nodes.count; i++) {
        ObjectBuilder item = object_builder_null(type->element, arena);
        bool is_readonly = xml_find(nodes.items[i], "readonly") != NULL;
        bool was_said = i < nested_list_count(state, "filesystem") &&
                        object_has(nested_list_at(state, "filesystem", i), "readonly");
        object_builder_set_optional(&item, "source", xml_get(nodes.items[i], "source/@dir", arena),
                                    arena);
        object_builder_set_optional(&item, "target", xml_get(nodes.items[i], "target/@dir", arena),
                                    arena);
        if (is_readonly || was_said)
            object_builder_set(&item, "readonly", value_bool(is_readonly));
        bool is_known = i < nested_list_count(state, "filesystem");
        Value old = is_known ? nested_list_at(state, "filesystem", i) : value_null(type->element);
        xml_map_read(domain_attributes_of("filesystem"), old, nodes.items[i], !is_known, &item,
                     arena);
        vec_push(arena, &items, object_builder_value(&item));
    }
    if (items.count || object_has(state, "filesystem"))
        object_builder_set(builder, "filesystem", nested_list_value(type, &items, arena));
}

/* Returns whether "console" expresses the serial ports of an imported machine. */
static bool is_single_console(xmlNodePtr root) {
    return !xml_find(root, "devices/serial[2]") &&
           !xml_find(root, "devices/serial[@type!='pty' or target/@port!='0']") &&
           !xml_find(root, "devices/serial/target[@type='pci-serial' or @type='usb-serial']");
}

static void read_console(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    const Type *type = object_attribute_type(builder->type, "console");
    if (value_is_present(object_builder_get(builder, "serial")))
        return;
    Str log = xml_get(root, "devices/serial[1]/log/@file", arena);
    if (!log.len)
        log = xml_get(root, "devices/console[1]/log/@file", arena);
    ObjectBuilder console = object_builder_null(type, arena);
    object_builder_set_optional(&console, "log_file", log, arena);
    if (log.len || object_has(state, "console"))
        object_builder_set(builder, "console",
                           log.len ? object_builder_value(&console) : value_null(type));
}

static void read_rows(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    const XmlRows rows = {domain_attributes, DOMAIN_ATTRIBUTE_COUNT};
    bool is_import = !object_has(state, "name");
    xml_map_read(rows, state, root, is_import, builder, arena);
    if (is_import && is_single_console(root))
        object_builder_set(builder, "serial",
                           value_null(object_attribute_type(builder->type, "serial")));
}

static void read_devices(
    ObjectBuilder *builder, virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena) {
    Value now = object_builder_value(builder);
    bool is_machine = domain_schema_is_machine(now);
    *builder = object_builder_of(now, arena);
    object_builder_set(builder, "disk", domain_disk_read(connection, state, root, arena));
    object_builder_set(builder, "cloudinit", domain_disk_read_seed(connection, state, root, arena));
    object_builder_set(builder, "network_interface",
                       domain_nic_read(connection, state, root, arena));
    read_filesystems(builder, state, root, arena);
    read_rows(builder, state, root, arena);
    xml_merge_read(builder, state, root, arena);
    read_console(builder, state, root, arena);
    bool has_balloon = !is_machine || xml_find(root, "devices/memballoon[@model!='none']");
    bool has_agent = xml_find(root, "devices/channel/target[@name='org.qemu.guest_agent.0']");
    if (is_machine || !object_has(state, "balloon"))
        object_builder_set(builder, "balloon", value_bool(has_balloon));
    if (is_machine || !object_has(state, "qemu_agent"))
        object_builder_set(builder, "qemu_agent", value_bool(has_agent));
}

static bool is_usable(Str text) {
    Cidr address;
    Cidr link_local;
    if (!cidr_parse_address(text, &address))
        return false;
    if (!cidr_parse(address.is_v6 ? STR("fe80::/10") : STR("169.254.0.0/16"), &link_local))
        return false;
    return !cidr_contains(&link_local, &address);
}

static bool same_mac(const char *a, Str b) {
    return a && strlen(a) == b.len && strncasecmp(a, b.ptr, b.len) == 0;
}

static void add_interface(virDomainInterfacePtr interface, StrVec *out, Arena *arena) {
    for (unsigned i = 0; i < interface->naddrs; i++) {
        Str text = str_from_cstr(interface->addrs[i].addr);
        if (is_usable(text) && !str_is_among(text, out->items, out->count))
            vec_push(arena, out, str_clone(text, arena));
    }
}

/* Adds the addresses of one interface from one source. An agent that is not running yet adds
 * none. */
static void query_source(virDomainPtr domain, unsigned source, Str mac, StrVec *out, Arena *arena) {
    virDomainInterfacePtr *interfaces = NULL;
    int count = virDomainInterfaceAddresses(domain, &interfaces, source, 0);
    for (int i = 0; i < count; i++) {
        if (same_mac(interfaces[i]->hwaddr, mac))
            add_interface(interfaces[i], out, arena);
        virDomainInterfaceFree(interfaces[i]);
    }
    free(interfaces);
}

/* Reads leases from the network, since some drivers do not report them per machine. */
static void query_leases(virDomainPtr domain, Value nic, Str mac, StrVec *out, Arena *arena) {
    virConnectPtr connection = virDomainGetConnect(domain);
    Str id = object_text(nic, "network_id", object_text(nic, "network", STR_EMPTY));
    if (!id.len)
        return;
    const char *text = str_to_cstr(id, arena);
    SCOPED(virNetworkPtr) network = virNetworkLookupByUUIDString(connection, text);
    if (!network)
        network = virNetworkLookupByName(connection, text);
    if (!network)
        return;
    virNetworkDHCPLeasePtr *leases = NULL;
    int count = virNetworkGetDHCPLeases(network, str_to_cstr(mac, arena), &leases, 0);
    for (int i = 0; i < count; i++) {
        Str address = str_from_cstr(leases[i]->ipaddr);
        if (is_usable(address) && !str_is_among(address, out->items, out->count))
            vec_push(arena, out, str_clone(address, arena));
        virNetworkDHCPLeaseFree(leases[i]);
    }
    free(leases);
}

static StrVec query(virDomainPtr domain, Value nic, Str ip, Arena *arena) {
    StrVec found = {0};
    Str mac = object_text(nic, "mac", STR_EMPTY);
    bool any = str_equal(ip, STR("any"));
    if (any || str_equal(ip, STR("lease"))) {
        query_source(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, mac, &found, arena);
        if (found.count == 0)
            query_leases(domain, nic, mac, &found, arena);
    }
    if ((any && found.count == 0) || str_equal(ip, STR("agent")))
        query_source(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, mac, &found, arena);
    if ((any && found.count == 0) || str_equal(ip, STR("arp")))
        query_source(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP, mac, &found, arena);
    return found;
}

static bool some_wait(Value value) {
    for (size_t i = 0; i < nested_list_count(value, "network_interface"); i++)
        if (object_bool(nested_list_at(value, "network_interface", i), "wait_for_ip", false))
            return true;
    return false;
}

void domain_read_add_addresses(DomainAddresses *out, Value nic, const StrVec *texts, Arena *arena) {
    vec_each(texts, text)
        vec_push(arena, &out->all, *text);
    vec_push(arena, &out->macs, object_text(nic, "mac", STR_EMPTY));
    vec_push(arena, &out->lists, nested_list_of_texts(texts, arena));
}

void domain_read_set_addresses(ObjectBuilder *builder, const DomainAddresses *found, Arena *arena) {
    ObjectBuilder map = object_builder_new(arena);
    for (size_t i = 0; i < found->macs.count; i++)
        object_builder_put(&map, found->macs.items[i], found->lists.items[i]);
    object_builder_set(builder, "ip_addresses", nested_list_of_texts(&found->all, arena));
    object_builder_set(builder, "interface_addresses",
                       object_builder_map(&map, &TYPE_LIST_OF_STRING));
}

/* Returns addresses by interface, in the order of the value: the declared ones, else those from
 * source `ip` (lease, agent, arp, any). *missing is the number of interfaces that should have an
 * address but have none: those with wait_for_ip, or all without a declared address. */
static DomainAddresses collect_addresses(
    const Call *call, virDomainPtr domain, Value value, Str ip, size_t *missing) {
    Arena *arena = call->arena;
    DomainAddresses all = {0};
    bool only_flagged = some_wait(value);
    *missing = 0;
    for (size_t i = 0; i < nested_list_count(value, "network_interface"); i++) {
        Value nic = nested_list_at(value, "network_interface", i);
        StrVec declared = nested_list_texts(nic, "addresses", arena);
        if (declared.count) {
            vec_each(&declared, text)
                *text = cidr_address_text(*text);
            domain_read_add_addresses(&all, nic, &declared, arena);
            continue;
        }
        StrVec found = query(domain, nic, ip, arena);
        domain_read_add_addresses(&all, nic, &found, arena);
        bool is_wanted = !only_flagged || object_bool(nic, "wait_for_ip", false);
        if (found.count == 0 && is_wanted)
            ++*missing;
    }
    return all;
}

/* Keeps known addresses while the machine is off or its lease has expired. */
static void read_addresses(
    const Call *call, virDomainPtr domain, bool is_active, Value state, ObjectBuilder *builder) {
    Arena *arena = call->arena;
    StrVec declared = {0};
    DomainAddresses addresses = {0};
    size_t missing = 0;
    Value now = object_builder_value(builder);
    *builder = object_builder_of(now, arena);
    if (domain_nic_declared(now, &declared, arena) || is_active)
        addresses = collect_addresses(call, domain, now, STR("lease"), &missing);
    bool is_kept = addresses.all.count == 0 && object_has(state, "ip_addresses");
    if (is_kept && object_has(state, "interface_addresses"))
        return;
    Value known = object_attribute(state, "ip_addresses");
    domain_read_set_addresses(builder, &addresses, arena);
    if (is_kept)
        object_builder_set(builder, "ip_addresses", known);
}

/* Returns the inactive XML, with passwords unless the connection is read-only. */
static char *inactive_text(virDomainPtr domain) {
    char *text = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
    return text ? text : virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
}

bool domain_read(
    const Call *call, virConnectPtr connection, virDomainPtr domain, Value *state, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    int autostart = 0;
    int active = virDomainIsActive(domain);
    if (active < 0 || !xml_take(inactive_text(domain), &doc))
        return libvirt_error_add(call, diags, "Cannot read the machine");
    if (virDomainGetAutostart(domain, &autostart) < 0)
        autostart = 0;
    xmlNodePtr root = xml_root(&doc);
    ObjectBuilder builder = object_builder_of(*state, arena);
    object_builder_set_text(&builder, "id", xml_get(root, "uuid", arena), arena);
    object_builder_set_text(&builder, "name", xml_get(root, "name", arena), arena);
    read_type(&builder, *state, root, arena);
    read_size(&builder, *state, root, arena);
    read_texts(&builder, root, arena);
    read_init(&builder, *state, root, arena);
    read_cpu(&builder, *state, root, arena);
    object_builder_set(&builder, "running", value_bool(active == 1));
    object_builder_set(&builder, "autostart", value_bool(autostart != 0));
    if (!object_has(*state, "update_policy"))
        object_builder_set_text(&builder, "update_policy", STR("reboot_if_needed"), arena);
    read_devices(&builder, connection, *state, root, arena);
    read_addresses(call, domain, active == 1, *state, &builder);
    *state = object_builder_value(&builder);
    return true;
}

static int64_t timeout_of(Value value, Value wait) {
    int64_t timeout_ms = 0;
    if (clock_parse_duration(object_text(wait, "timeout", STR_EMPTY), &timeout_ms))
        return timeout_ms > 0 ? timeout_ms : 1;
    bool is_slow = str_equal(object_text(value, "type", STR_EMPTY), STR("qemu"));
    int64_t minutes = is_slow ? 30 : 5;
    return minutes * 60 * 1000;
}

static bool add_timeout(
    const Call *call, virDomainPtr domain, Value value, int64_t ms, Str console, Diags *diags) {
    bool is_running = virDomainIsActive(domain) == 1;
    return libvirt_error_say(
        call, diags,
        str_format(call->arena, "The machine \"%.*s\" has no address",
                   STR_ARG(object_text(value, "name", STR_EMPTY))),
        str_format(
            call->arena,
            "The machine is %s, and after %.*s an interface that requires an address has none. "
            "Check its console; to change what to wait for and how long, set \"wait\".%s%.*s",
            is_running ? "running" : "no longer running",
            STR_ARG(clock_format_elapsed(ms, call->arena)),
            console.len ? "\n\nThe end of its console:\n" : "", STR_ARG(console)));
}

typedef struct AddressWait {
    virDomainPtr domain;
    Value value;
    Str ip; /* the source of the addresses */
    DomainAddresses *out;
    DomainConsole *console;
} AddressWait;

static WaitLook look_for_address(void *payload, Wait *wait) {
    AddressWait *waiting = payload;
    size_t missing = 0;
    domain_console_drain(waiting->console);
    *waiting->out =
        collect_addresses(wait->call, waiting->domain, waiting->value, waiting->ip, &missing);
    if (missing == 0)
        return WAIT_LOOK_DONE;
    return virDomainIsActive(waiting->domain) == 0 ? WAIT_LOOK_FAILED : WAIT_LOOK_AGAIN;
}

bool domain_read_wait_for_address(
    const Call *call, virDomainPtr domain, Value value, DomainAddresses *out, Diags *diags) {
    Value wait = object_attribute(value, "wait");
    bool is_wanted = value_is_present(wait) || some_wait(value);
    wait = object_nested(value, "wait", call->arena);
    Str ip = object_text(wait, "ip", STR("any"));
    size_t missing = 0;
    if (str_equal(ip, STR("none")))
        is_wanted = false;
    *out = collect_addresses(call, domain, value, STR("lease"), &missing);
    if (!is_wanted)
        return true;
    SCOPED(DomainConsole) console = domain_console_open(domain, call->arena);
    AddressWait waiting = {domain, value, ip, out, &console};
    WaitUntil until = {
        .what = "an address",
        .look = look_for_address,
        .payload = &waiting,
        .timeout_ms = timeout_of(value, wait),
    };
    Wait looked;
    WaitResult result = wait_until(call, &until, &looked);
    if (result == WAIT_CANCELLED)
        return libvirt_error_say(call, diags, STR("Wait for an address was interrupted"),
                                 STR_EMPTY);
    domain_console_drain(&console);
    return result == WAIT_DONE || add_timeout(call, domain, value, looked.passed_ms,
                                              domain_console_tail(&console, call->arena), diags);
}
