/* domain_edit: edits a machine's XML. */
#include "domain_edit.h"

#include "domain_device.h"
#include "domain_disk.h"
#include "domain_nic.h"
#include "domain_xml.h"
#include "libvirt_error.h"
#include "nested_list.h"
#include "xml_edit.h"

/* Returns the interface of `prior` that became interface i of `planned`: by MAC address, else by
 * index. Null for a new one. */
static Value nic_before(Value prior, Value planned, size_t i) {
    Value nic = nested_list_at(planned, "network_interface", i);
    Value same = domain_nic_find(prior, object_text(nic, "mac", STR_EMPTY));
    if (value_is_present(same) || i >= nested_list_count(prior, "network_interface"))
        return same;
    Value old = nested_list_at(prior, "network_interface", i);
    bool is_kept = value_is_present(domain_nic_find(planned, object_text(old, "mac", STR_EMPTY)));
    return is_kept ? same : old;
}

typedef struct Edit {
    const Call *call;
    virConnectPtr connection;
    Value prior;
    Value planned;
    xmlNodePtr root;
    xmlNodePtr devices;
    Diags *diags;
} Edit;

static bool differs(const Edit *edit, const char *name) {
    return object_differs(edit->prior, edit->planned, name);
}

static void edit_text(const Edit *edit, xmlNodePtr parent, const char *name) {
    if (differs(edit, name))
        xml_edit_text(parent, name, object_text(edit->planned, name, STR_EMPTY));
}

static void set_kib(const Edit *edit, const char *name, int64_t mib) {
    xmlNodePtr node = xml_need(edit->root, name);
    xml_set(node, "unit", STR("KiB"));
    xml_set_text(node, str_format(edit->call->arena, "%lld", (long long)mib * 1024));
}

/* Changes the memory limit if it is planned, if the machine had no reserve, or if the memory would
 * exceed it. NUMA cells fix the limit, as they add up to it. */
static bool edit_memory(const Edit *edit) {
    if (!differs(edit, "memory") && !differs(edit, "memory_max"))
        return true;
    int64_t limit_kib = xml_get_int(edit->root, "memory", 0);
    int64_t now_kib = xml_get_int(edit->root, "currentMemory", limit_kib);
    int64_t memory = object_int(edit->planned, "memory", 512);
    int64_t limit = domain_schema_memory_max(edit->planned);
    bool has_cells = xml_find(edit->root, "cpu/numa/cell") != NULL;
    bool is_declared = object_has(edit->planned, "memory_max") || differs(edit, "memory_max");
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
    if (differs(edit, "memory") || memory * 1024 == limit_kib)
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
    if (!differs(edit, "vcpu") && !differs(edit, "vcpu_max"))
        return true;
    Arena *arena = edit->call->arena;
    xmlNodePtr node = xml_need(edit->root, "vcpu");
    int64_t limit_now = xml_get_int(edit->root, "vcpu", 1);
    int64_t now = xml_get_int(edit->root, "vcpu/@current", limit_now);
    int64_t count = object_int(edit->planned, "vcpu", 1);
    int64_t limit = domain_schema_vcpu_max(edit->planned);
    bool is_declared = object_has(edit->planned, "vcpu_max") || differs(edit, "vcpu_max");
    bool is_counted = xml_find(edit->root, PROCESSOR_PARTS) != NULL;
    if (!is_declared && count <= limit_now && (is_counted || now != limit_now))
        limit = limit_now;
    if (xml_find(edit->root, "cpu/topology") && limit > limit_now)
        return libvirt_error_say(
            edit->call, edit->diags,
            str_format(arena, "The machine's CPU topology has %lld processors",
                       (long long)limit_now),
            STR("loam does not change the CPU topology of its definition. Change the topology with "
                "virsh edit, or reduce the number of processors."));
    if (limit != limit_now)
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
    if (!differs(edit, "cpu"))
        return;
    static const char *const of_mode[] = {"match", "check", "migratable"};
    Arena *arena = edit->call->arena;
    Str model = STR_EMPTY;
    Str mode = domain_xml_cpu(edit->planned, &model);
    xmlNodePtr node = xml_need(edit->root, "cpu");
    if (!str_equal(xml_get(node, "@mode", arena), mode)) {
        for (size_t i = 0; i < ARRAY_COUNT(of_mode); i++)
            xml_edit_attribute(node, of_mode[i], STR_EMPTY);
        xml_edit_remove_all(node, "vendor");
        xml_edit_attribute(node, "mode", mode);
    }
    if (!str_equal(xml_get(node, "model", arena), model))
        xml_edit_text(node, "model", model);
}

static void edit_boot(const Edit *edit) {
    xmlNodePtr os = xml_need(edit->root, "os");
    edit_text(edit, os, "kernel");
    edit_text(edit, os, "initrd");
    edit_text(edit, os, "cmdline");
    if (!domain_schema_is_lxc(edit->planned))
        return;
    if (differs(edit, "init"))
        xml_edit_text(os, "init", object_text(edit->planned, "init", STR("/sbin/init")));
    if (!differs(edit, "init_args"))
        return;
    xml_edit_remove_all(os, "initarg");
    StrVec args = nested_list_texts(edit->planned, "init_args", edit->call->arena);
    vec_each(&args, arg)
        xml_add_text(os, "initarg", *arg);
}

/* libvirt mirrors the first serial port as a console; both follow the serial port. */
static void edit_console(const Edit *edit) {
    if (!differs(edit, "console"))
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
    if (!differs(edit, "balloon") || !domain_schema_is_machine(edit->planned))
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
    if (!differs(edit, "qemu_agent") || !domain_schema_is_machine(edit->planned))
        return;
    if (object_bool(edit->planned, "qemu_agent", false))
        domain_xml_add_agent(edit->devices);
    else
        xml_edit_remove_all(edit->devices, DOMAIN_AGENT_CHANNEL);
}

static Value find_filesystem(Value domain, Str target) {
    for (size_t i = 0; i < nested_list_count(domain, "filesystem"); i++)
        if (str_equal(object_text(nested_list_at(domain, "filesystem", i), "target", STR_EMPTY),
                      target))
            return nested_list_at(domain, "filesystem", i);
    return value_null(nested_list_element(domain.type, "filesystem"));
}

static void edit_filesystem(const Edit *edit, Value item) {
    Str target = object_text(item, "target", STR_EMPTY);
    xmlNodePtr node = domain_device_find_filesystem(edit->root, target, edit->call->arena);
    if (!node) {
        domain_xml_add_filesystem(edit->devices, edit->planned, item);
        return;
    }
    Value before = find_filesystem(edit->prior, target);
    bool is_new = !value_is_present(before);
    if (is_new || object_differs(before, item, "source"))
        xml_edit_child(node, "source", "dir", object_text(item, "source", STR_EMPTY));
    if (is_new || object_differs(before, item, "readonly"))
        xml_edit_flag(node, "readonly", object_bool(item, "readonly", false));
}

static void edit_filesystems(const Edit *edit) {
    if (!differs(edit, "filesystem"))
        return;
    for (size_t i = 0; i < nested_list_count(edit->prior, "filesystem"); i++) {
        Str target = object_text(nested_list_at(edit->prior, "filesystem", i), "target", STR_EMPTY);
        xmlNodePtr node = domain_device_find_filesystem(edit->root, target, edit->call->arena);
        if (node && !value_is_present(find_filesystem(edit->planned, target)))
            xml_remove(node);
    }
    for (size_t i = 0; i < nested_list_count(edit->planned, "filesystem"); i++)
        edit_filesystem(edit, nested_list_at(edit->planned, "filesystem", i));
}

/* A device of the planned list: its prior value, and its element, found by its prior key. */
typedef struct Device {
    Value before;
    xmlNodePtr node;
} Device;

static bool is_taken(const Device *devices, size_t count, xmlNodePtr node) {
    for (size_t i = 0; i < count; i++)
        if (devices[i].node == node)
            return true;
    return false;
}

/* Removes disks that left the list; disks in neither list are never changed. */
static void remove_disks(const Edit *edit, const Device *devices, size_t count) {
    for (size_t i = 0; i < nested_list_count(edit->prior, "disk"); i++) {
        Str target = object_text(nested_list_at(edit->prior, "disk", i), "target", STR_EMPTY);
        xmlNodePtr node = domain_device_find_disk(edit->root, target, edit->call->arena);
        if (node && !is_taken(devices, count, node))
            xml_remove(node);
    }
}

static void edit_disks(const Edit *edit) {
    if (!differs(edit, "disk"))
        return;
    Arena *arena = edit->call->arena;
    size_t count = nested_list_count(edit->planned, "disk");
    Device *devices = arena_new_array(arena, Device, count);
    for (size_t i = 0; i < count; i++) {
        Value disk = nested_list_at(edit->planned, "disk", i);
        Value before = domain_disk_before(edit->prior, edit->planned, disk);
        Value named = value_is_present(before) ? before : disk;
        Str target = object_text(named, "target", STR_EMPTY);
        devices[i] =
            (Device){.before = before, .node = domain_device_find_disk(edit->root, target, arena)};
    }
    remove_disks(edit, devices, count);
    for (size_t i = 0; i < count; i++) {
        Value disk = nested_list_at(edit->planned, "disk", i);
        if (devices[i].node)
            domain_disk_edit(devices[i].node, edit->connection, devices[i].before, disk, arena);
        else
            domain_disk_add(edit->devices, edit->connection, disk, arena);
    }
}

static void edit_seed(const Edit *edit) {
    if (!differs(edit, "cloudinit"))
        return;
    Arena *arena = edit->call->arena;
    Str seed = object_text(edit->planned, "cloudinit", STR_EMPTY);
    xmlNodePtr node = domain_device_find_disk(edit->root, STR(DOMAIN_SEED_TARGET), arena);
    if (node && !seed.len)
        xml_remove(node);
    else if (node)
        domain_disk_edit_seed(node, edit->connection, seed, arena);
    else if (seed.len)
        domain_disk_add_seed(edit->devices, edit->connection, seed, arena);
}

static void remove_nics(const Edit *edit, const Device *devices, size_t count) {
    for (size_t i = 0; i < nested_list_count(edit->prior, "network_interface"); i++) {
        Str mac =
            object_text(nested_list_at(edit->prior, "network_interface", i), "mac", STR_EMPTY);
        xmlNodePtr node = domain_device_find_interface(edit->root, mac, edit->call->arena);
        if (node && !is_taken(devices, count, node))
            xml_remove(node);
    }
}

static bool edit_nics(const Edit *edit) {
    if (!differs(edit, "network_interface"))
        return true;
    Arena *arena = edit->call->arena;
    size_t count = nested_list_count(edit->planned, "network_interface");
    Device *devices = arena_new_array(arena, Device, count);
    for (size_t i = 0; i < count; i++) {
        Value before = nic_before(edit->prior, edit->planned, i);
        Value named = value_is_present(before)
                          ? before
                          : nested_list_at(edit->planned, "network_interface", i);
        Str mac = object_text(named, "mac", STR_EMPTY);
        devices[i] = (Device){.before = before,
                              .node = domain_device_find_interface(edit->root, mac, arena)};
    }
    remove_nics(edit, devices, count);
    for (size_t i = 0; i < count; i++) {
        Value nic = nested_list_at(edit->planned, "network_interface", i);
        bool is_done = devices[i].node
                           ? domain_nic_edit(edit->call, devices[i].node, edit->connection,
                                             devices[i].before, nic, edit->diags)
                           : domain_nic_add(edit->call, edit->devices, edit->connection,
                                            edit->planned, nic, NULL, edit->diags);
        if (!is_done)
            return false;
    }
    return true;
}

bool domain_edit(const Call *call,
                 virConnectPtr connection,
                 Value prior,
                 Value planned,
                 xmlNodePtr root,
                 Diags *diags) {
    Edit edit = {
        .call = call,
        .connection = connection,
        .prior = prior,
        .planned = planned,
        .root = root,
        .devices = xml_need(root, "devices"),
        .diags = diags,
    };
    edit_text(&edit, root, "title");
    edit_text(&edit, root, "description");
    edit_cpu(&edit);
    edit_boot(&edit);
    edit_console(&edit);
    edit_balloon(&edit);
    edit_agent(&edit);
    edit_filesystems(&edit);
    edit_disks(&edit);
    edit_seed(&edit);
    return edit_memory(&edit) && edit_processors(&edit) && edit_nics(&edit);
}
