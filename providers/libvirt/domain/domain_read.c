/* domain_read: reads machines from the host. */
#include "domain_xml.h"

#include "domain_address.h"
#include "domain_attributes.h"
#include "domain_disk.h"
#include "domain_nic.h"
#include "domain_power.h"
#include "libvirt_error.h"
#include "nested_list.h"
#include "xml_merge.h"

static void domain_read_type(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    Str machine = xml_get(root, "os/type/@machine", arena);
    object_builder_set_text(builder, "type", xml_get(root, "@type", arena), arena);
    object_builder_set_optional(builder, "arch", xml_get(root, "os/type/@arch", arena), arena);
    if (!domain_schema_is_board(object_text(state, "machine", STR_EMPTY), machine))
        object_builder_set_optional(builder, "machine", machine, arena);
}

/* A configured limit below the current value is kept: the machine then has no reserve. On import,
 * sets the limit only if there is a reserve. */
static void domain_read_limit(ObjectBuilder *builder, Value state, const char *name, int64_t now,
                              int64_t found) {
    int64_t given = object_int(state, name, now);
    bool is_import = !object_has(state, "memory");
    if ((is_import || object_has(state, name)) && (given > now ? given : now) != found)
        object_builder_set(builder, name, value_int(found));
}

/* libvirt's <memory> includes memory devices; the attributes do not. */
static void domain_read_size(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
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
    domain_read_limit(builder, state, "memory_max", memory, memory_max);
    domain_read_limit(builder, state, "vcpu_max", vcpu, vcpu_max);
}

static void domain_read_texts(ObjectBuilder *builder, xmlNodePtr root, Arena *arena) {
    static const struct {
        const char *name;
        const char *path;
    } texts[] = {
        {"kernel", "os/kernel"}, {"initrd", "os/initrd"},        {"cmdline", "os/cmdline"},
        {"title", "title"},      {"description", "description"},
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
    if (is_import || object_has(cpu, "model")) /* otherwise the model is libvirt's default */
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

/* Returns whether the argument "console" can express the serial ports of an imported machine. */
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

static void read_devices(ObjectBuilder *builder, virConnectPtr connection, Value state,
                         xmlNodePtr root, Arena *arena) {
    Value now = object_builder_value(builder);
    bool is_machine = domain_schema_is_machine(now);
    *builder = object_builder_of(now, arena);
    domain_disk_read(builder, connection, state, root, arena);
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

/* Returns the inactive XML, with passwords unless the connection is read-only. The caller frees it.
 * NULL with libvirt's error. */
static char *inactive_text(virDomainPtr domain) {
    char *text = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
    return text ? text : virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
}

bool domain_read(const Call *call, virConnectPtr connection, virDomainPtr domain, Value *state,
                 Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    int autostart = 0;
    int active = domain_power_read(call, domain);
    if (active < 0 || !xml_take(inactive_text(domain), &doc))
        return libvirt_error_add(call, diags, "Cannot read the machine");
    if (virDomainGetAutostart(domain, &autostart) < 0)
        autostart = 0;
    xmlNodePtr root = xml_root(&doc);
    ObjectBuilder builder = object_builder_of(*state, arena);
    object_builder_set_text(&builder, "id", xml_get(root, "uuid", arena), arena);
    object_builder_set_text(&builder, "name", xml_get(root, "name", arena), arena);
    domain_read_type(&builder, *state, root, arena);
    domain_read_size(&builder, *state, root, arena);
    domain_read_texts(&builder, root, arena);
    read_init(&builder, *state, root, arena);
    read_cpu(&builder, *state, root, arena);
    object_builder_set(&builder, "running", value_bool(active == 1));
    object_builder_set(&builder, "autostart", value_bool(autostart != 0));
    if (!object_has(*state, "update_policy"))
        object_builder_set_text(&builder, "update_policy", STR("reboot_if_needed"), arena);
    read_devices(&builder, connection, *state, root, arena);
    domain_address_read(call, domain, active == 1, *state, &builder);
    if (active == 1)
        domain_power_warn(call, domain, diags);
    *state = object_builder_value(&builder);
    return true;
}
