/* Machines as XML. */
#include "domain_xml.h"

#include <libxml/tree.h>

#include "domain_device.h"
#include "domain_disk.h"
#include "domain_nic.h"
#include "items.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"

/* Free places for devices that are plugged in later. */
#define SPARE_PORTS 8

static void remove_all(xmlNodePtr root, const char *path) {
    xmlNodePtr node = xml_find(root, path);
    while (node) {
        xml_remove(node);
        node = xml_find(root, path);
    }
}

static void set_text_element(xmlNodePtr root, const char *name, Value domain) {
    if (items_has(domain, name))
        xml_set_text(xml_need(root, name), draft_text(domain, name, STR_EMPTY));
    else
        remove_all(root, name);
}

static void set_amount(xmlNodePtr root, const char *name, int64_t mib) {
    xmlNodePtr node = xml_need(root, name);
    SCOPED(ArenaRef) scratch = arena_open("amount");
    xml_set(node, "unit", STR("KiB"));
    xml_set_text(node, str_format(scratch, "%lld", (long long)mib * 1024));
}

static void set_size(xmlNodePtr root, Value domain) {
    set_amount(root, "memory", domain_schema_memory_max(domain));
    set_amount(root, "currentMemory", draft_int(domain, "memory", 512));
    xmlNodePtr vcpu = xml_need(root, "vcpu");
    SCOPED(ArenaRef) scratch = arena_open("vcpu");
    int64_t most = domain_schema_vcpu_max(domain);
    int64_t now = draft_int(domain, "vcpu", 1);
    xml_set_text(vcpu, str_format(scratch, "%lld", (long long)most));
    if (now < most)
        xml_set_int(vcpu, "current", now);
    else
        (void)xmlUnsetProp(vcpu, (const xmlChar *)"current");
    /* Who is on or off beyond the first ones is for the host to say. */
    remove_all(root, "vcpus");
}

static void set_cpu(xmlNodePtr root, Value domain) {
    Value cpu = draft_attribute(domain, "cpu");
    bool is_kvm = str_equal(draft_text(domain, "type", STR_EMPTY), STR("kvm"));
    bool is_machine = domain_schema_is_machine(domain);
    if (!is_machine)
        return;
    Str mode = is_kvm ? STR("host-passthrough") : STR("maximum");
    Str model = STR_EMPTY;
    if (value_is_present(cpu)) {
        model = draft_text(cpu, "model", STR_EMPTY);
        mode = draft_text(cpu, "mode", model.len ? STR("custom") : mode);
    }
    SCOPED(ArenaRef) scratch = arena_open("cpu");
    if (str_equal(xml_get(root, "cpu/@mode", scratch), mode) &&
        str_equal(xml_get(root, "cpu/model", scratch), model))
        return;
    remove_all(root, "cpu");
    xmlNodePtr node = xml_add(root, "cpu");
    xml_set(node, "mode", mode);
    if (model.len)
        xml_add_text(node, "model", model);
}

static void set_boot(xmlNodePtr root, Value domain, Arena *arena) {
    xmlNodePtr os = xml_need(root, "os");
    if (domain_schema_is_lxc(domain)) {
        xml_set_text(xml_need(os, "init"), draft_text(domain, "init", STR("/sbin/init")));
        remove_all(os, "initarg");
        StrVec args = items_texts(domain, "init_args", arena);
        vec_each(&args, arg)
            xml_add_text(os, "initarg", *arg);
        return;
    }
    set_text_element(os, "kernel", domain);
    set_text_element(os, "initrd", domain);
    set_text_element(os, "cmdline", domain);
    if (!items_has(domain, "kernel") && !xml_find(os, "boot"))
        xml_set(xml_add(os, "boot"), "dev", STR("hd"));
}

static void set_console(xmlNodePtr devices, Value domain) {
    const char *element = domain_schema_is_lxc(domain) ? "console" : "serial";
    Value console = draft_attribute(domain, "console");
    xmlNodePtr node = xml_find(devices, element);
    if (!node) {
        node = xml_add(devices, element);
        xml_set(node, "type", STR("pty"));
    }
    remove_all(node, "log");
    if (!value_is_present(console))
        return;
    xmlNodePtr log = xml_add(node, "log");
    xml_set(log, "file", draft_text(console, "log_file", STR_EMPTY));
    xml_set(log, "append", STR("on"));
}

static void set_balloon(xmlNodePtr devices, Value domain) {
    if (!domain_schema_is_machine(domain))
        return;
    bool has_balloon = draft_bool(domain, "balloon", true);
    xmlNodePtr node = xml_find(devices, "memballoon");
    bool had_balloon = node && !xml_find(node, "self::*[@model='none']");
    if (node && had_balloon == has_balloon)
        return;
    if (node)
        xml_remove(node);
    xml_set(xml_add(devices, "memballoon"), "model", has_balloon ? STR("virtio") : STR("none"));
}

#define AGENT_CHANNEL "channel[target/@name='org.qemu.guest_agent.0']"

static void set_agent(xmlNodePtr devices, Value domain) {
    bool wanted = draft_bool(domain, "qemu_agent", false) && domain_schema_is_machine(domain);
    if (!wanted)
        remove_all(devices, AGENT_CHANNEL);
    if (!wanted || xml_find(devices, AGENT_CHANNEL))
        return;
    xmlNodePtr channel = xml_add(devices, "channel");
    xml_set(channel, "type", STR("unix"));
    xmlNodePtr target = xml_add(channel, "target");
    xml_set(target, "type", STR("virtio"));
    xml_set(target, "name", STR("org.qemu.guest_agent.0"));
}

static void add_filesystems(xmlNodePtr devices, Value domain) {
    for (size_t i = 0; i < items_count(domain, "filesystem"); i++) {
        Value item = items_at(domain, "filesystem", i);
        xmlNodePtr node = xml_add(devices, "filesystem");
        xml_set(node, "type", STR("mount"));
        if (!domain_schema_is_lxc(domain))
            xml_set(node, "accessmode", STR("mapped"));
        xml_set(xml_add(node, "source"), "dir", draft_text(item, "source", STR_EMPTY));
        xml_set(xml_add(node, "target"), "dir", draft_text(item, "target", STR_EMPTY));
        if (draft_bool(item, "readonly", false))
            xml_add(node, "readonly");
    }
}

static void add_os(xmlNodePtr root, Value domain) {
    bool is_lxc = domain_schema_is_lxc(domain);
    xmlNodePtr type = xml_add_text(xml_add(root, "os"), "type", is_lxc ? STR("exe") : STR("hvm"));
    if (items_has(domain, "arch"))
        xml_set(type, "arch", draft_text(domain, "arch", STR_EMPTY));
    if (items_has(domain, "machine"))
        xml_set(type, "machine", draft_text(domain, "machine", STR_EMPTY));
}

static void add_features(xmlNodePtr root, Value domain) {
    if (!domain_schema_is_machine(domain))
        return;
    xmlNodePtr features = xml_add(root, "features");
    Str arch = draft_text(domain, "arch", STR_EMPTY);
    bool is_x86 = str_equal(arch, STR("x86_64")) || str_equal(arch, STR("i686"));
    if (is_x86)
        xml_add(features, "acpi");
    if (is_x86)
        xml_add(features, "apic");
    if (!str_equal(draft_text(domain, "type", STR_EMPTY), STR("qemu")))
        return;
    /* Without a bound the translated code of a small guest outgrows its memory. */
    xmlNodePtr cache = xml_add(xml_add(features, "tcg"), "tb-cache");
    xml_set(cache, "unit", STR("MiB"));
    xml_set_text(cache, STR("64"));
}

static bool is_q35(Value domain) {
    Str machine = draft_text(domain, "machine", STR_EMPTY);
    return str_equal(machine, STR("q35")) || str_starts_with(machine, STR("pc-q35"));
}

/* A port for every device there is, and some for those to come. */
static void add_controllers(xmlNodePtr devices, Value domain) {
    xml_set(xml_add(devices, "controller"), "type", STR("usb"));
    xml_set(xml_find(devices, "controller"), "model", STR("none"));
    if (!is_q35(domain))
        return;
    size_t ports = SPARE_PORTS + items_count(domain, "disk") +
                   items_count(domain, "network_interface") + items_count(domain, "filesystem");
    ports += draft_bool(domain, "balloon", true) ? 1 : 0;
    ports += draft_bool(domain, "qemu_agent", false) ? 1 : 0;
    ports += items_has(domain, "cloudinit") ? 1 : 0;
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

static bool add_devices(
    const Call *call, xmlNodePtr root, virConnectPtr connection, Value domain, Diags *diags) {
    xmlNodePtr devices = xml_add(root, "devices");
    if (domain_schema_is_machine(domain))
        add_controllers(devices, domain);
    for (size_t i = 0; i < items_count(domain, "disk"); i++)
        domain_disk_add(devices, connection, items_at(domain, "disk", i), call->arena);
    if (items_has(domain, "cloudinit"))
        domain_disk_add_seed(devices, connection, draft_text(domain, "cloudinit", STR_EMPTY),
                             call->arena);
    add_filesystems(devices, domain);
    for (size_t i = 0; i < items_count(domain, "network_interface"); i++)
        if (!domain_nic_add(call, devices, connection, domain,
                            items_at(domain, "network_interface", i), NULL, diags))
            return false;
    set_console(devices, domain);
    set_balloon(devices, domain);
    set_agent(devices, domain);
    return true;
}

const char *domain_xml_describe(
    const Call *call, virConnectPtr connection, Value domain, Str uuid, Diags *diags) {
    SCOPED(XmlDoc) doc = xml_new("domain");
    xmlNodePtr root = xml_root(&doc);
    xml_set(root, "type", draft_text(domain, "type", STR_EMPTY));
    xml_add_text(root, "name", draft_text(domain, "name", STR_EMPTY));
    xml_add_text(root, "uuid", uuid);
    set_text_element(root, "title", domain);
    set_text_element(root, "description", domain);
    libvirt_identity_add_owner(call, root);
    set_size(root, domain);
    add_os(root, domain);
    set_boot(root, domain, call->arena);
    add_features(root, domain);
    set_cpu(root, domain);
    if (!add_devices(call, root, connection, domain, diags))
        return NULL;
    return xml_print(&doc, call->arena);
}

/* The new element in the old one's place, on the same address of the bus. */
static void replace_device(xmlNodePtr old, xmlNodePtr fresh) {
    xmlNodePtr address = xml_find(old, "address");
    if (address) {
        xmlUnlinkNode(address);
        xmlAddChild(fresh, address);
    }
    xmlUnlinkNode(fresh);
    xmlAddNextSibling(old, fresh);
    xml_remove(old);
}

/* The machine before and after, and what is patched. */
typedef struct Patch {
    const Call *call;
    virConnectPtr connection;
    Value prior;
    Value planned;
    xmlNodePtr root;
    xmlNodePtr devices;
} Patch;

static void patch_disk(const Patch *patch, Value disk) {
    Arena *arena = patch->call->arena;
    Str target = draft_text(disk, "target", STR_EMPTY);
    xmlNodePtr old = domain_device_find_disk(patch->root, target, arena);
    Value before = domain_disk_find(patch->prior, target);
    if (old && value_is_present(before) && value_equal(before, disk))
        return;
    xmlNodePtr fresh = domain_disk_add(patch->devices, patch->connection, disk, arena);
    if (old)
        replace_device(old, fresh);
}

static void patch_seed(const Patch *patch) {
    Arena *arena = patch->call->arena;
    xmlNodePtr old = domain_device_find_disk(patch->root, STR(DOMAIN_SEED_TARGET), arena);
    if (!items_has(patch->planned, "cloudinit"))
        return;
    if (old && !items_differ(patch->prior, patch->planned, "cloudinit"))
        return;
    Str seed = draft_text(patch->planned, "cloudinit", STR_EMPTY);
    xmlNodePtr fresh = domain_disk_add_seed(patch->devices, patch->connection, seed, arena);
    if (old)
        replace_device(old, fresh);
}

static void patch_disks(const Patch *patch) {
    Arena *arena = patch->call->arena;
    XmlNodes nodes = xml_find_all(patch->root, "devices/disk", arena);
    vec_each(&nodes, node) {
        Str target = xml_get(*node, "target/@dev", arena);
        bool is_seed = str_equal(target, STR(DOMAIN_SEED_TARGET));
        bool stays = is_seed ? items_has(patch->planned, "cloudinit")
                             : value_is_present(domain_disk_find(patch->planned, target));
        if (!stays)
            xml_remove(*node);
    }
    for (size_t i = 0; i < items_count(patch->planned, "disk"); i++)
        patch_disk(patch, items_at(patch->planned, "disk", i));
    patch_seed(patch);
}

static bool patch_nic(const Patch *patch, Value nic, Diags *diags) {
    Str mac = draft_text(nic, "mac", STR_EMPTY);
    xmlNodePtr old = domain_device_find_interface(patch->root, mac, patch->call->arena);
    Value before = domain_nic_find(patch->prior, mac);
    if (old && value_is_present(before) && value_equal(before, nic))
        return true;
    xmlNodePtr fresh = NULL;
    if (!domain_nic_add(patch->call, patch->devices, patch->connection, patch->planned, nic, &fresh,
                        diags))
        return false;
    if (old)
        replace_device(old, fresh);
    return true;
}

static bool patch_nics(const Patch *patch, Diags *diags) {
    Arena *arena = patch->call->arena;
    XmlNodes nodes = xml_find_all(patch->root, "devices/interface", arena);
    vec_each(&nodes, node) {
        Str mac = xml_get(*node, "mac/@address", arena);
        if (!value_is_present(domain_nic_find(patch->planned, mac)))
            xml_remove(*node);
    }
    for (size_t i = 0; i < items_count(patch->planned, "network_interface"); i++)
        if (!patch_nic(patch, items_at(patch->planned, "network_interface", i), diags))
            return false;
    return true;
}

static void patch_top(const Patch *patch) {
    Value domain = patch->planned;
    set_text_element(patch->root, "title", domain);
    set_text_element(patch->root, "description", domain);
    set_size(patch->root, domain);
    set_boot(patch->root, domain, patch->call->arena);
    set_cpu(patch->root, domain);
    if (items_differ(patch->prior, domain, "filesystem")) {
        remove_all(patch->devices, "filesystem");
        add_filesystems(patch->devices, domain);
    }
    set_console(patch->devices, domain);
    set_balloon(patch->devices, domain);
    set_agent(patch->devices, domain);
}

const char *domain_xml_patch(const Call *call,
                             virConnectPtr connection,
                             Value prior,
                             Value domain,
                             char *current,
                             Diags *diags) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(current, &doc)) {
        libvirt_error_add(call, diags, "Cannot read the machine's description");
        return NULL;
    }
    Patch patch = {
        .call = call,
        .connection = connection,
        .prior = prior,
        .planned = domain,
        .root = xml_root(&doc),
        .devices = xml_need(xml_root(&doc), "devices"),
    };
    patch_top(&patch);
    patch_disks(&patch);
    return patch_nics(&patch, diags) ? xml_print(&doc, call->arena) : NULL;
}
