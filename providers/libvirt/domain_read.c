/* Reading machines. */
#include "domain_read.h"

#include "domain_address.h"
#include "domain_disk.h"
#include "domain_nic.h"
#include "items.h"
#include "libvirt_error.h"

/* "q35" stays "q35" although the host says pc-q35-7.2. */
static bool is_alias(Str alias, Str machine) {
    if (str_equal(alias, STR("q35")))
        return str_starts_with(machine, STR("pc-q35-"));
    if (str_equal(alias, STR("pc")))
        return str_starts_with(machine, STR("pc-i440fx-"));
    return str_equal(alias, machine) || str_equal(alias, STR("virt"));
}

static void read_type(Draft *draft, Value state, xmlNodePtr root, Arena *arena) {
    Str machine = xml_get(root, "os/type/@machine", arena);
    draft_set_text(draft, "type", xml_get(root, "@type", arena), arena);
    items_set_text(draft, "arch", xml_get(root, "os/type/@arch", arena), arena);
    if (!is_alias(draft_text(state, "machine", STR_EMPTY), machine))
        items_set_text(draft, "machine", machine, arena);
}

/* A limit below what it limits stands as it was given: the machine then has no room to grow. */
static void read_limit(Draft *draft, Value state, const char *name, int64_t now, int64_t found) {
    int64_t given = draft_int(state, name, now);
    if (items_has(state, name) && (given > now ? given : now) != found)
        draft_set(draft, name, value_int(found));
}

static void read_size(Draft *draft, Value state, xmlNodePtr root) {
    int64_t memory_max = xml_get_int(root, "memory", 0) / 1024;
    int64_t memory = xml_get_int(root, "currentMemory", memory_max * 1024) / 1024;
    int64_t vcpu_max = xml_get_int(root, "vcpu", 1);
    int64_t vcpu = xml_get_int(root, "vcpu/@current", vcpu_max);
    draft_set(draft, "memory", value_int(memory));
    draft_set(draft, "vcpu", value_int(vcpu));
    read_limit(draft, state, "memory_max", memory, memory_max);
    read_limit(draft, state, "vcpu_max", vcpu, vcpu_max);
}

static void read_texts(Draft *draft, xmlNodePtr root, Arena *arena) {
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
        items_set_text(draft, texts[i].name, xml_get(root, texts[i].path, arena), arena);
}

static void read_init(Draft *draft, Value state, xmlNodePtr root, Arena *arena) {
    Str init = xml_get(root, "os/init", arena);
    if (items_has(state, "init") || !str_equal(init, STR("/sbin/init")))
        items_set_text(draft, "init", init, arena);
    StrVec args = {0};
    XmlNodes nodes = xml_find_all(root, "os/initarg", arena);
    vec_each(&nodes, node)
        vec_push(arena, &args, xml_get(*node, ".", arena));
    if (args.count || items_has(state, "init_args"))
        draft_set(draft, "init_args", items_text_list(&args, arena));
}

static void read_cpu(Draft *draft, Value state, xmlNodePtr root, Arena *arena) {
    Value cpu = draft_attribute(state, "cpu");
    if (!value_is_present(cpu))
        return;
    Draft found = draft_of(cpu, arena);
    if (items_has(cpu, "mode"))
        items_set_text(&found, "mode", xml_get(root, "cpu/@mode", arena), arena);
    items_set_text(&found, "model", xml_get(root, "cpu/model", arena), arena);
    draft_set(draft, "cpu", draft_value(&found));
}

static void read_filesystems(Draft *draft, Value state, xmlNodePtr root, Arena *arena) {
    const Type *type = items_type(draft->type, "filesystem");
    XmlNodes nodes = xml_find_all(root, "devices/filesystem", arena);
    Values items = {0};
    for (size_t i = 0; i < nodes.count; i++) {
        Draft item = items_draft(type->element, arena);
        bool is_readonly = xml_find(nodes.items[i], "readonly") != NULL;
        bool was_said = i < items_count(state, "filesystem") &&
                        items_has(items_at(state, "filesystem", i), "readonly");
        items_set_text(&item, "source", xml_get(nodes.items[i], "source/@dir", arena), arena);
        items_set_text(&item, "target", xml_get(nodes.items[i], "target/@dir", arena), arena);
        if (is_readonly || was_said)
            draft_set(&item, "readonly", value_bool(is_readonly));
        vec_push(arena, &items, draft_value(&item));
    }
    if (items.count || items_has(state, "filesystem"))
        draft_set(draft, "filesystem", items_list(type, &items, arena));
}

static void read_console(Draft *draft, Value state, xmlNodePtr root, Arena *arena) {
    const Type *type = items_type(draft->type, "console");
    Str log = xml_get(root, "devices/serial[1]/log/@file", arena);
    if (!log.len)
        log = xml_get(root, "devices/console[1]/log/@file", arena);
    Draft console = items_draft(type, arena);
    items_set_text(&console, "log_file", log, arena);
    if (log.len || items_has(state, "console"))
        draft_set(draft, "console", log.len ? draft_value(&console) : value_null(type));
}

static void read_devices(
    Draft *draft, virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena) {
    Value now = draft_value(draft);
    bool is_machine = domain_schema_is_machine(now);
    *draft = draft_of(now, arena);
    draft_set(draft, "disk", domain_disk_read(connection, state, root, arena));
    draft_set(draft, "cloudinit", domain_disk_read_seed(connection, state, root, arena));
    draft_set(draft, "network_interface", domain_nic_read(connection, state, root, arena));
    read_filesystems(draft, state, root, arena);
    read_console(draft, state, root, arena);
    bool has_balloon = !is_machine || xml_find(root, "devices/memballoon[@model!='none']");
    bool has_agent = xml_find(root, "devices/channel/target[@name='org.qemu.guest_agent.0']");
    if (is_machine || !items_has(state, "balloon"))
        draft_set(draft, "balloon", value_bool(has_balloon));
    if (is_machine || !items_has(state, "qemu_agent"))
        draft_set(draft, "qemu_agent", value_bool(has_agent));
}

/* Addresses that are known stay known while the machine is off, or its lease ran out. */
static void read_addresses(
    const Call *call, virDomainPtr domain, bool is_active, Value state, Draft *draft) {
    Arena *arena = call->arena;
    StrVec addresses = {0};
    size_t missing = 0;
    Value now = draft_value(draft);
    *draft = draft_of(now, arena);
    if (!domain_nic_declared(now, &addresses, arena)) {
        addresses = (StrVec){0};
        if (is_active)
            addresses = domain_address_collect(call, domain, now, STR("lease"), &missing);
    }
    if (addresses.count == 0 && items_has(state, "ip_addresses"))
        return;
    draft_set(draft, "ip_addresses", items_text_list(&addresses, arena));
}

bool domain_read(
    const Call *call, virConnectPtr connection, virDomainPtr domain, Value *state, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    int autostart = 0;
    int active = virDomainIsActive(domain);
    if (active < 0 || !xml_take(virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE), &doc))
        return libvirt_error_add(call, diags, "Cannot read the machine");
    if (virDomainGetAutostart(domain, &autostart) < 0)
        autostart = 0;
    xmlNodePtr root = xml_root(&doc);
    Draft draft = draft_of(*state, arena);
    draft_set_text(&draft, "id", xml_get(root, "uuid", arena), arena);
    draft_set_text(&draft, "name", xml_get(root, "name", arena), arena);
    read_type(&draft, *state, root, arena);
    read_size(&draft, *state, root);
    read_texts(&draft, root, arena);
    read_init(&draft, *state, root, arena);
    read_cpu(&draft, *state, root, arena);
    draft_set(&draft, "running", value_bool(active == 1));
    draft_set(&draft, "autostart", value_bool(autostart != 0));
    if (!items_has(*state, "update_policy"))
        draft_set_text(&draft, "update_policy", STR("reboot_if_needed"), arena);
    read_devices(&draft, connection, *state, root, arena);
    read_addresses(call, domain, active == 1, *state, &draft);
    *state = draft_value(&draft);
    return true;
}
