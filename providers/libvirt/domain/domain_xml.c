/* domain_xml: machines as XML. */
#include "domain_xml.h"

#include "domain_disk.h"
#include "domain_nic.h"
#include "libvirt_identity.h"
#include "nested_list.h"

/* Free ports for devices that are plugged in later. */
#define SPARE_PORTS 8

static void add_text_element(xmlNodePtr root, const char *name, Value domain) {
    if (object_has(domain, name))
        xml_add_text(root, name, object_text(domain, name, STR_EMPTY));
}

static void add_amount(xmlNodePtr root, const char *name, int64_t mib) {
    xml_set(xml_add_int(root, name, mib * 1024), "unit", STR("KiB"));
}

static void add_size(xmlNodePtr root, Value domain) {
    add_amount(root, "memory", domain_schema_memory_max(domain));
    add_amount(root, "currentMemory", object_int(domain, "memory", 512));
    int64_t most = domain_schema_vcpu_max(domain);
    int64_t now = object_int(domain, "vcpu", 1);
    xmlNodePtr vcpu = xml_add_int(root, "vcpu", most);
    if (now < most)
        xml_set_int(vcpu, "current", now);
}

Str domain_xml_cpu(Value domain, Str *model) {
    Value cpu = object_attribute(domain, "cpu");
    bool is_kvm = str_equal(object_text(domain, "type", STR_EMPTY), STR("kvm"));
    Str mode = is_kvm ? STR("host-passthrough") : STR("maximum");
    *model = value_is_present(cpu) ? object_text(cpu, "model", STR_EMPTY) : STR_EMPTY;
    if (model->len)
        mode = STR("custom");
    return value_is_present(cpu) ? object_text(cpu, "mode", mode) : mode;
}

static void add_cpu(xmlNodePtr root, Value domain) {
    if (!domain_schema_is_machine(domain))
        return;
    Str model = STR_EMPTY;
    Str mode = domain_xml_cpu(domain, &model);
    xmlNodePtr node = xml_add(root, "cpu");
    xml_set(node, "mode", mode);
    if (model.len)
        xml_add_text(node, "model", model);
}

static void add_boot(xmlNodePtr os, Value domain, Arena *arena) {
    if (domain_schema_is_lxc(domain)) {
        xml_add_text(os, "init", object_text(domain, "init", STR("/sbin/init")));
        StrVec args = nested_list_texts(domain, "init_args", arena);
        vec_each(&args, arg)
            xml_add_text(os, "initarg", *arg);
        return;
    }
    add_text_element(os, "kernel", domain);
    add_text_element(os, "initrd", domain);
    add_text_element(os, "cmdline", domain);
    if (!object_has(domain, "kernel"))
        xml_set(xml_add(os, "boot"), "dev", STR("hd"));
}

static void add_console(xmlNodePtr devices, Value domain) {
    Value console = object_attribute(domain, "console");
    xmlNodePtr node = xml_add(devices, domain_schema_is_lxc(domain) ? "console" : "serial");
    xml_set(node, "type", STR("pty"));
    if (!value_is_present(console))
        return;
    xmlNodePtr log = xml_add(node, "log");
    xml_set(log, "file", object_text(console, "log_file", STR_EMPTY));
    xml_set(log, "append", STR("on"));
}

static void add_balloon(xmlNodePtr devices, Value domain) {
    if (domain_schema_is_machine(domain))
        xml_set(xml_add(devices, "memballoon"), "model",
                object_bool(domain, "balloon", true) ? STR("virtio") : STR("none"));
}

void domain_xml_add_agent(xmlNodePtr devices) {
    xmlNodePtr channel = xml_add(devices, "channel");
    xml_set(channel, "type", STR("unix"));
    xmlNodePtr target = xml_add(channel, "target");
    xml_set(target, "type", STR("virtio"));
    xml_set(target, "name", STR("org.qemu.guest_agent.0"));
}

void domain_xml_add_filesystem(xmlNodePtr devices, Value domain, Value item) {
    xmlNodePtr node = xml_add(devices, "filesystem");
    xml_set(node, "type", STR("mount"));
    if (!domain_schema_is_lxc(domain))
        xml_set(node, "accessmode", STR("mapped"));
    xml_set(xml_add(node, "source"), "dir", object_text(item, "source", STR_EMPTY));
    xml_set(xml_add(node, "target"), "dir", object_text(item, "target", STR_EMPTY));
    if (object_bool(item, "readonly", false))
        xml_add(node, "readonly");
}

static void add_os(xmlNodePtr root, Value domain, Arena *arena) {
    bool is_lxc = domain_schema_is_lxc(domain);
    xmlNodePtr os = xml_add(root, "os");
    xmlNodePtr type = xml_add_text(os, "type", is_lxc ? STR("exe") : STR("hvm"));
    if (object_has(domain, "arch"))
        xml_set(type, "arch", object_text(domain, "arch", STR_EMPTY));
    if (object_has(domain, "machine"))
        xml_set(type, "machine", object_text(domain, "machine", STR_EMPTY));
    add_boot(os, domain, arena);
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

/* Adds a port for every device, and spare ones. */
static void add_controllers(xmlNodePtr devices, Value domain) {
    xml_set(xml_add(devices, "controller"), "type", STR("usb"));
    xml_set(xml_find(devices, "controller"), "model", STR("none"));
    if (!is_q35(domain))
        return;
    size_t ports = SPARE_PORTS + nested_list_count(domain, "disk") +
                   nested_list_count(domain, "network_interface") +
                   nested_list_count(domain, "filesystem");
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

static bool add_devices(
    const Call *call, xmlNodePtr root, virConnectPtr connection, Value domain, Diags *diags) {
    xmlNodePtr devices = xml_add(root, "devices");
    if (domain_schema_is_machine(domain))
        add_controllers(devices, domain);
    for (size_t i = 0; i < nested_list_count(domain, "disk"); i++)
        domain_disk_add(devices, connection, nested_list_at(domain, "disk", i), call->arena);
    if (object_has(domain, "cloudinit"))
        domain_disk_add_seed(devices, connection, object_text(domain, "cloudinit", STR_EMPTY),
                             call->arena);
    for (size_t i = 0; i < nested_list_count(domain, "filesystem"); i++)
        domain_xml_add_filesystem(devices, domain, nested_list_at(domain, "filesystem", i));
    for (size_t i = 0; i < nested_list_count(domain, "network_interface"); i++)
        if (!domain_nic_add(call, devices, connection, domain,
                            nested_list_at(domain, "network_interface", i), NULL, diags))
            return false;
    add_console(devices, domain);
    add_balloon(devices, domain);
    if (domain_schema_is_machine(domain) && object_bool(domain, "qemu_agent", false))
        domain_xml_add_agent(devices);
    return true;
}

const char *domain_xml_describe(
    const Call *call, virConnectPtr connection, Value domain, Str uuid, Diags *diags) {
    SCOPED(XmlDoc) doc = xml_new("domain");
    xmlNodePtr root = xml_root(&doc);
    xml_set(root, "type", object_text(domain, "type", STR_EMPTY));
    xml_add_text(root, "name", object_text(domain, "name", STR_EMPTY));
    xml_add_text(root, "uuid", uuid);
    add_text_element(root, "title", domain);
    add_text_element(root, "description", domain);
    libvirt_identity_add_owner(call, root);
    add_size(root, domain);
    add_os(root, domain, call->arena);
    add_features(root, domain);
    add_cpu(root, domain);
    if (!add_devices(call, root, connection, domain, diags))
        return NULL;
    return xml_print(&doc, call->arena);
}
