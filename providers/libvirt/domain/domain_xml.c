/* domain_xml: describes new machines, and edits the XML of existing ones. */
#include "domain_xml.h"

#include "domain_attributes.h"
#include "domain_disk.h"
#include "domain_nic.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "nested_list.h"
#include "xml_edit.h"
#include "xml_map.h"
#include "xml_merge.h"

#define AGENT_CHANNEL "channel[target/@name='org.qemu.guest_agent.0']"

/* Free ports for devices that are plugged in later. */
#define SPARE_PORTS 8

/* Returns the mode of the planned CPU; `model` is empty unless the mode is custom. */
static Str wanted_cpu(Value domain, Str *model) {
    Value cpu = object_attribute(domain, "cpu");
    bool is_kvm = str_equal(object_text(domain, "type", STR_EMPTY), STR("kvm"));
    Str mode = is_kvm ? STR("host-passthrough") : STR("maximum");
    *model = value_is_present(cpu) ? object_text(cpu, "model", STR_EMPTY) : STR_EMPTY;
    if (model->len)
        mode = STR("custom");
    return value_is_present(cpu) ? object_text(cpu, "mode", mode) : mode;
}

/* Returns whether any device has a boot_order. libvirt then rejects a boot order by device types
 * (os/boot). */
static bool has_device_boot_order(Value domain) {
    static const char *const lists[] = {"disk", "network_interface", "hostdev"};
    for (size_t n = 0; n < ARRAY_COUNT(lists); n++)
        for (size_t i = 0; i < nested_list_count(domain, lists[n]); i++)
            if (object_has(nested_list_at(domain, lists[n], i), "boot_order"))
                return true;
    return false;
}

static void add_os(xmlNodePtr root, Value domain) {
    bool is_lxc = domain_schema_is_lxc(domain);
    xmlNodePtr os = xml_add(root, "os");
    xmlNodePtr type = xml_add_text(os, "type", is_lxc ? STR("exe") : STR("hvm"));
    if (object_has(domain, "arch"))
        xml_set(type, "arch", object_text(domain, "arch", STR_EMPTY));
    if (object_has(domain, "machine"))
        xml_set(type, "machine", object_text(domain, "machine", STR_EMPTY));
    if (!is_lxc && !object_has(domain, "kernel") && !object_has(domain, "boot_order"))
        xml_set(xml_add(os, "boot"), "dev", STR("hd"));
}

static void add_features(xmlNodePtr root, Value domain) {
    if (!domain_schema_is_machine(domain))
        return;
    xmlNodePtr features = xml_add(root, "features");
    Str arch = object_text(domain, "arch", STR_EMPTY);
    bool is_x86 = str_equal(arch, STR("x86_64")) || str_equal(arch, STR("i686"));
    if (is_x86)
        xml_add(features, "acpi");
    if (is_x86)
        xml_add(features, "apic");
    if (!str_equal(object_text(domain, "type", STR_EMPTY), STR("qemu")))
        return;
    /* Without this limit, the translated code of a small guest exceeds its memory. */
    xmlNodePtr cache = xml_add(xml_add(features, "tcg"), "tb-cache");
    xml_set(cache, "unit", STR("MiB"));
    xml_set_text(cache, STR("64"));
}

static bool is_q35(Value domain) {
    Str machine = object_text(domain, "machine", STR_EMPTY);
    return str_equal(machine, STR("q35")) || str_starts_with(machine, STR("pc-q35"));
}

static bool has_usb_item(Value domain, const char *list, const char *member) {
    for (size_t i = 0; i < nested_list_count(domain, list); i++)
        if (str_equal(object_text(nested_list_at(domain, list, i), member, STR_EMPTY), STR("usb")))
            return true;
    return false;
}

static bool needs_usb(Value domain) {
    return has_usb_item(domain, "input", "bus") || has_usb_item(domain, "hostdev", "type") ||
           has_usb_item(domain, "disk", "bus") || has_usb_item(domain, "sound", "model") ||
           nested_list_count(domain, "redirdev") > 0;
}

/* Machines are created without a USB controller, because its initialization delays each start. Adds
 * one if a device needs it. */
static void edit_usb(xmlNodePtr devices, Value domain) {
    xmlNodePtr usb = xml_find(devices, "controller[@type='usb' and @model='none']");
    if (usb && needs_usb(domain))
        xml_set(usb, "model", STR("qemu-xhci"));
}

/* Adds a port for every device, and spare ones. */
static void add_controllers(xmlNodePtr devices, Value domain) {
    xml_set(xml_add(devices, "controller"), "type", STR("usb"));
    xml_set(xml_find(devices, "controller"), "model", STR("none"));
    edit_usb(devices, domain);
    if (!is_q35(domain))
        return;
    size_t ports = SPARE_PORTS + nested_list_count(domain, "disk") +
                   nested_list_count(domain, "network_interface") +
                   nested_list_count(domain, "filesystem");
    ports += nested_list_count(domain, "rng") + nested_list_count(domain, "video") +
             nested_list_count(domain, "hostdev") + nested_list_count(domain, "input");
    ports += object_bool(domain, "balloon", true) ? 1 : 0;
    ports += object_bool(domain, "qemu_agent", false) ? 1 : 0;
    ports += object_has(domain, "cloudinit") ? 1 : 0;
    xmlNodePtr pcie = xml_add(devices, "controller");
    xml_set(pcie, "type", STR("pci"));
    xml_set(pcie, "index", STR("0"));
    xml_set(pcie, "model", STR("pcie-root"));
    for (size_t i = 0; i < ports; i++) {
        xmlNodePtr port = xml_add(devices, "controller");
        xml_set(port, "type", STR("pci"));
        xml_set(port, "model", STR("pcie-root-port"));
    }
}

/* libvirt requires that @listen and @socket of <graphics> equal those of its first <listen>. */
static void edit_listen_address(xmlNodePtr root, Arena *arena) {
    XmlNodes untyped =
        xml_find_all(root, "devices/graphics/listen[@address and not(@type)]", arena);
    vec_each(&untyped, node)
        xml_set(*node, "type", STR("address"));
    XmlNodes nodes = xml_find_all(root, "devices/graphics[@listen and listen]", arena);
    vec_each(&nodes, node)
        xml_edit_attribute(*node, "listen", xml_get(*node, "listen/@address", arena));
    XmlNodes sockets = xml_find_all(root, "devices/graphics[@socket and listen]", arena);
    vec_each(&sockets, node)
        xml_edit_attribute(*node, "socket", xml_get(*node, "listen/@socket", arena));
}

/* Edits the XML of all rows with a binding. */
static void domain_xml_edit_rows(xmlNodePtr root, Value prior, Value planned, Arena *arena) {
    const XmlRows rows = {domain_attributes, DOMAIN_ATTRIBUTE_COUNT};
    xml_map_edit(rows, prior, planned, root, arena);
    edit_listen_address(root, arena);
    edit_usb(xml_need(root, "devices"), planned);
    xmlNodePtr capabilities = xml_find(root, "features/capabilities[not(@policy)]");
    if (capabilities)
        xml_set(capabilities, "policy", STR("default"));
    if (has_device_boot_order(planned))
        xml_edit_remove_all(root, "os/boot");
}

typedef struct Edit {
    const Call *call;
    Value prior;
    Value planned;
    xmlNodePtr root;
    xmlNodePtr devices;
    bool is_new; /* `root` is a skeleton, and the values of `prior` are null */
    Diags *diags;
} Edit;

static bool domain_xml_differs(const Edit *edit, const char *name) {
    return object_differs(edit->prior, edit->planned, name);
}

static void edit_text(const Edit *edit, xmlNodePtr parent, const char *name) {
    if (domain_xml_differs(edit, name))
        xml_edit_text(parent, name, object_text(edit->planned, name, STR_EMPTY));
}

static void set_kib(const Edit *edit, const char *name, int64_t mib) {
    xmlNodePtr node = xml_need(edit->root, name);
    xml_set(node, "unit", STR("KiB"));
    xml_set_text(node, str_format(edit->call->arena, "%lld", (long long)mib * 1024));
}

/* Returns whether the plan sets this attribute of "cpu". */
static bool is_cpu_planned(const Edit *edit, const char *name) {
    Value cpu = object_attribute(edit->planned, "cpu");
    return value_is_present(cpu) && object_has(cpu, name);
}

/* Changes the memory limit if it is planned, if the machine had no reserve, or if the memory would
 * exceed it. NUMA cells fix the limit, as they add up to it. */
static bool edit_memory(const Edit *edit) {
    if (!edit->is_new && !domain_xml_differs(edit, "memory") &&
        !domain_xml_differs(edit, "memory_max"))
        return true;
    int64_t limit_kib = xml_get_int(edit->root, "memory", 0);
    int64_t now_kib = xml_get_int(edit->root, "currentMemory", limit_kib);
    int64_t memory = object_int(edit->planned, "memory", 512);
    int64_t limit = domain_schema_memory_max(edit->planned);
    bool has_cells =
        xml_find(edit->root, "cpu/numa/cell") != NULL && !is_cpu_planned(edit, "numa_cell");
    bool is_declared =
        object_has(edit->planned, "memory_max") || domain_xml_differs(edit, "memory_max");
    bool has_room = memory * 1024 <= limit_kib && (now_kib != limit_kib || has_cells);
    if ((is_declared || !has_room) && limit * 1024 != limit_kib) {
        if (has_cells)
            return libvirt_error_say(
                edit->call, edit->diags, STR("The machine's memory is divided into NUMA cells"),
                str_format(
                    edit->call->arena,
                    "The cells of its definition have %lld MiB, and loam does not change cells. "
                    "Change them with virsh edit, or reduce the memory to at most that size.",
                    (long long)limit_kib / 1024));
        set_kib(edit, "memory", limit);
    }
    if (edit->is_new || domain_xml_differs(edit, "memory") || memory * 1024 == limit_kib)
        set_kib(edit, "currentMemory", memory);
    return true;
}

/* Enables single processors from the first, or disables hot-pluggable ones from the last. */
static void edit_processor_list(xmlNodePtr list, int64_t count, Arena *arena) {
    XmlNodes nodes = xml_find_all(list, "vcpu", arena);
    int64_t on = (int64_t)xml_find_all(list, "vcpu[@enabled='yes']", arena).count;
    for (size_t i = 0; on < count && i < nodes.count; i++) {
        if (!xml_find(nodes.items[i], "self::*[@enabled='no']"))
            continue;
        xml_set(nodes.items[i], "enabled", STR("yes"));
        on++;
    }
    for (size_t i = nodes.count; on > count && i > 0; i--) {
        xmlNodePtr node = nodes.items[i - 1];
        if (!xml_find(node, "self::*[@enabled='yes' and @hotpluggable='yes']"))
            continue;
        xml_set(node, "enabled", STR("no"));
        xml_edit_attribute(node, "order", STR_EMPTY);
        on--;
    }
}

/* Elements that refer to the number of processors. */
#define PROCESSOR_PARTS "cpu/topology|cpu/numa/cell|cputune/vcpupin|cputune/vcpusched|vcpus"

/* If other elements refer to the number of processors, the limit stays while the planned number
 * fits. */
static bool edit_processors(const Edit *edit) {
    if (!edit->is_new && !domain_xml_differs(edit, "vcpu") && !domain_xml_differs(edit, "vcpu_max"))
        return true;
    Arena *arena = edit->call->arena;
    xmlNodePtr node = xml_need(edit->root, "vcpu");
    int64_t limit_now = xml_get_int(edit->root, "vcpu", 1);
    int64_t now = xml_get_int(edit->root, "vcpu/@current", limit_now);
    int64_t count = object_int(edit->planned, "vcpu", 1);
    int64_t limit = domain_schema_vcpu_max(edit->planned);
    bool is_declared =
        object_has(edit->planned, "vcpu_max") || domain_xml_differs(edit, "vcpu_max");
    bool is_counted = xml_find(edit->root, PROCESSOR_PARTS) != NULL;
    if (!is_declared && count <= limit_now && (is_counted || now != limit_now))
        limit = limit_now;
    if (xml_find(edit->root, "cpu/topology") && limit > limit_now &&
        !is_cpu_planned(edit, "topology"))
        return libvirt_error_say(
            edit->call, edit->diags,
            str_format(arena, "The machine's CPU topology has %lld processors",
                       (long long)limit_now),
            STR("loam does not change the CPU topology of its definition. Change the topology with "
                "virsh edit, or reduce the number of processors."));
    if (limit != limit_now || edit->is_new)
        xml_set_text(node, str_format(arena, "%lld", (long long)limit));
    xml_edit_attribute(node, "current",
                       count < limit ? str_format(arena, "%lld", (long long)count) : STR_EMPTY);
    xmlNodePtr list = xml_find(edit->root, "vcpus");
    if (list && limit == limit_now)
        edit_processor_list(list, count, arena);
    else if (list)
        xml_remove(list);
    return true;
}

/* A new mode keeps topology, features and cells, and removes elements that are valid only for the
 * old mode. */
static void edit_cpu(const Edit *edit) {
    if (edit->is_new ? !domain_schema_is_machine(edit->planned) : !domain_xml_differs(edit, "cpu"))
        return;
    static const char *const of_mode[] = {"match", "check", "migratable"};
    Arena *arena = edit->call->arena;
    Str model = STR_EMPTY;
    Str mode = wanted_cpu(edit->planned, &model);
    xmlNodePtr node = xml_need(edit->root, "cpu");
    if (!str_equal(xml_get(node, "@mode", arena), mode)) {
        for (size_t i = 0; i < ARRAY_COUNT(of_mode); i++)
            if (!is_cpu_planned(edit, of_mode[i]))
                xml_edit_attribute(node, of_mode[i], STR_EMPTY);
        if (!is_cpu_planned(edit, "vendor"))
            xml_edit_remove_all(node, "vendor");
        xml_edit_attribute(node, "mode", mode);
    }
    if (!str_equal(xml_get(node, "model", arena), model))
        xml_edit_text(node, "model", model);
    xml_map_edit(domain_attributes_of("cpu"), object_attribute(edit->prior, "cpu"),
                 object_attribute(edit->planned, "cpu"), node, arena);
}

static void edit_boot(const Edit *edit) {
    xmlNodePtr os = xml_need(edit->root, "os");
    if (!domain_schema_is_lxc(edit->planned)) {
        edit_text(edit, os, "kernel");
        edit_text(edit, os, "initrd");
        edit_text(edit, os, "cmdline");
        return;
    }
    if (edit->is_new || domain_xml_differs(edit, "init"))
        xml_edit_text(os, "init", object_text(edit->planned, "init", STR("/sbin/init")));
    if (!domain_xml_differs(edit, "init_args"))
        return;
    xml_edit_remove_all(os, "initarg");
    StrVec args = nested_list_texts(edit->planned, "init_args", edit->call->arena);
    vec_each(&args, arg)
        xml_add_text(os, "initarg", *arg);
}

/* libvirt mirrors the first serial port as a console; both follow the serial port. */
static void edit_console(const Edit *edit) {
    if (!domain_xml_differs(edit, "console"))
        return;
    Value console = object_attribute(edit->planned, "console");
    xmlNodePtr node = xml_find(edit->devices, "serial");
    if (!node)
        node = xml_find(edit->devices, "console");
    if (!value_is_present(console)) {
        if (node)
            xml_edit_remove_all(node, "log");
        return;
    }
    if (!node) {
        node = xml_add(edit->devices, "serial");
        xml_set(node, "type", STR("pty"));
    }
    xmlNodePtr log = xml_find(node, "log");
    if (!log) {
        log = xml_add(node, "log");
        xml_set(log, "append", STR("on"));
    }
    xml_edit_attribute(log, "file", object_text(console, "log_file", STR_EMPTY));
}

static void edit_balloon(const Edit *edit) {
    if (!domain_xml_differs(edit, "balloon") || !domain_schema_is_machine(edit->planned))
        return;
    static const char *const of_balloon[] = {"autodeflate", "freePageReporting"};
    bool is_wanted = object_bool(edit->planned, "balloon", true);
    xmlNodePtr node = xml_need(edit->devices, "memballoon");
    xml_edit_attribute(node, "model", is_wanted ? STR("virtio") : STR("none"));
    if (is_wanted)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(of_balloon); i++)
        xml_edit_attribute(node, of_balloon[i], STR_EMPTY);
    xml_edit_remove_all(node, "*");
}

static void edit_agent(const Edit *edit) {
    if (!domain_xml_differs(edit, "qemu_agent") || !domain_schema_is_machine(edit->planned))
        return;
    if (!object_bool(edit->planned, "qemu_agent", false)) {
        xml_edit_remove_all(edit->devices, AGENT_CHANNEL);
        return;
    }
    xmlNodePtr channel = xml_add(edit->devices, "channel");
    xml_set(channel, "type", STR("unix"));
    xmlNodePtr target = xml_add(channel, "target");
    xml_set(target, "type", STR("virtio"));
    xml_set(target, "name", STR("org.qemu.guest_agent.0"));
}

static Value find_filesystem(Value domain, Str target) {
    for (size_t i = 0; i < nested_list_count(domain, "filesystem"); i++)
        if (str_equal(object_text(nested_list_at(domain, "filesystem", i), "target", STR_EMPTY),
                      target))
            return nested_list_at(domain, "filesystem", i);
    return value_null(nested_list_element(domain.type, "filesystem"));
}

/* Returns the element of the host directory mounted at the target; NULL if none. */
static xmlNodePtr find_mount(const Edit *edit, Str target) {
    static const char path[] = "devices/filesystem[@type='mount' and source/@dir]";
    XmlNodes nodes = xml_find_all(edit->root, path, edit->call->arena);
    vec_each(&nodes, node)
        if (str_equal(xml_get(*node, "target/@dir", edit->call->arena), target))
            return *node;
    return NULL;
}

static xmlNodePtr add_mount(const Edit *edit, Value item) {
    xmlNodePtr node = xml_add(edit->devices, "filesystem");
    bool is_virtiofs = str_equal(object_text(item, "driver", STR_EMPTY), STR("virtiofs"));
    xml_set(node, "type", STR("mount"));
    if (!domain_schema_is_lxc(edit->planned))
        xml_set(node, "accessmode", is_virtiofs ? STR("passthrough") : STR("mapped"));
    xml_set(xml_add(node, "target"), "dir", object_text(item, "target", STR_EMPTY));
    return node;
}

static void edit_filesystem(const Edit *edit, Value item) {
    Str target = object_text(item, "target", STR_EMPTY);
    xmlNodePtr node = find_mount(edit, target);
    Value before = node ? find_filesystem(edit->prior, target) : value_null(item.type);
    bool is_new = !value_is_present(before);
    if (!node)
        node = add_mount(edit, item);
    if (is_new || object_differs(before, item, "source"))
        xml_edit_child(node, "source", "dir", object_text(item, "source", STR_EMPTY));
    if (is_new || object_differs(before, item, "readonly"))
        xml_edit_flag(node, "readonly", object_bool(item, "readonly", false));
    xml_map_edit(domain_attributes_of("filesystem"), before, item, node, edit->call->arena);
}

static void edit_filesystems(const Edit *edit) {
    if (!domain_xml_differs(edit, "filesystem"))
        return;
    for (size_t i = 0; i < nested_list_count(edit->prior, "filesystem"); i++) {
        Str target = object_text(nested_list_at(edit->prior, "filesystem", i), "target", STR_EMPTY);
        xmlNodePtr node = find_mount(edit, target);
        if (node && !value_is_present(find_filesystem(edit->planned, target)))
            xml_remove(node);
    }
    for (size_t i = 0; i < nested_list_count(edit->planned, "filesystem"); i++)
        edit_filesystem(edit, nested_list_at(edit->planned, "filesystem", i));
}

/* Writes the differences into edit->root. */
static bool domain_xml_write(Edit edit, virConnectPtr connection) {
    Arena *arena = edit.call->arena;
    edit.devices = xml_need(edit.root, "devices");
    domain_xml_edit_rows(edit.root, edit.prior, edit.planned, arena);
    edit_text(&edit, edit.root, "title");
    edit_text(&edit, edit.root, "description");
    edit_cpu(&edit);
    edit_boot(&edit);
    edit_console(&edit);
    edit_balloon(&edit);
    edit_agent(&edit);
    edit_filesystems(&edit);
    domain_disk_edit(edit.root, connection, edit.prior, edit.planned, arena);
    if (!edit_memory(&edit) || !edit_processors(&edit) ||
        (domain_xml_differs(&edit, "network_interface") &&
         !domain_nic_edit(edit.call, edit.root, connection, edit.prior, edit.planned, edit.diags)))
        return false;
    xml_merge_edit(edit.prior, edit.planned, edit.root, arena);
    return true;
}

bool domain_xml_edit(const Call *call, virConnectPtr connection, Value prior, Value planned,
                     xmlNodePtr root, Diags *diags) {
    const Edit edit = {
        .call = call, .prior = prior, .planned = planned, .root = root, .diags = diags};
    return domain_xml_write(edit, connection);
}

/* Adds the elements of a new machine that no argument changes later. */
static void add_skeleton(const Call *call, xmlNodePtr root, Value domain, Str uuid) {
    bool is_lxc = domain_schema_is_lxc(domain);
    xml_set(root, "type", object_text(domain, "type", STR_EMPTY));
    xml_add_text(root, "name", object_text(domain, "name", STR_EMPTY));
    xml_add_text(root, "uuid", uuid);
    libvirt_identity_add_owner(call, root);
    add_os(root, domain);
    add_features(root, domain);
    xmlNodePtr devices = xml_add(root, "devices");
    if (domain_schema_is_machine(domain))
        add_controllers(devices, domain);
    if (!nested_list_count(domain, "serial"))
        xml_set(xml_add(devices, is_lxc ? "console" : "serial"), "type", STR("pty"));
}

const char *domain_xml_describe(const Call *call, virConnectPtr connection, Value domain, Str uuid,
                                Diags *diags) {
    SCOPED(XmlDoc) doc = xml_new("domain");
    ObjectBuilder none = object_builder_null(domain.type, call->arena);
    const Edit edit = {
        .call = call,
        .prior = object_builder_value(&none),
        .planned = domain,
        .root = xml_root(&doc),
        .is_new = true,
        .diags = diags,
    };
    add_skeleton(call, edit.root, domain, uuid);
    return domain_xml_write(edit, connection) ? xml_print(&doc, call->arena) : NULL;
}
