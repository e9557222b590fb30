/* domain_update: updates machines in place. */
#include "domain_update.h"

#include <libxml/tree.h>

#include "domain_attributes.h"
#include "domain_device.h"
#include "domain_disk.h"
#include "domain_live.h"
#include "domain_nic.h"
#include "libvirt_error.h"
#include "nested_list.h"

/* Returns whether QEMU emulates the processors (TCG). */
static bool is_emulated(Value domain) {
    return str_equal(object_text(domain, "type", STR_EMPTY), STR("qemu"));
}

#define ONLY_AT_START "not possible on a running machine"

static void domain_update_add_text(DomainChanges *changes, const char *name, DomainEffect effect,
                                   Str how, Arena *arena) {
    DomainChange change = {.attribute = name, .effect = effect, .how = how};
    vec_push(arena, &changes->all, change);
    changes->needs_restart |= effect == EFFECT_RESTART;
}

static void domain_update_add(DomainChanges *changes, const char *name, DomainEffect effect,
                              const char *how, Arena *arena) {
    domain_update_add_text(changes, name, effect, str_from_cstr(how), arena);
}

static bool is_change_live(const DomainChanges *changes, const char *attribute) {
    vec_each(&changes->all, change)
        if (strcmp(change->attribute, attribute) == 0)
            return change->effect == EFFECT_LIVE;
    return false;
}

static const char *why_memory_needs_start(Value prior, Value planned, DomainBounds bounds) {
    bool has_balloon = object_bool(prior, "balloon", true) && object_bool(planned, "balloon", true);
    if (object_int(planned, "memory", INT64_MAX) > bounds.memory_max)
        return "exceeds the maximum of the running machine";
    return has_balloon ? NULL : "without a balloon, only possible at the next start";
}

static void compare_memory(Value prior, Value planned, DomainBounds bounds, DomainChanges *out,
                           Arena *arena) {
    if (object_differs(prior, planned, "memory")) {
        const char *why_not = why_memory_needs_start(prior, planned, bounds);
        domain_update_add(out, "memory", why_not ? EFFECT_RESTART : EFFECT_LIVE,
                          why_not ? why_not : "while the machine runs (virDomainSetMemoryFlags)",
                          arena);
    }
    if (object_differs(prior, planned, "memory_max"))
        domain_update_add(out, "memory_max", EFFECT_LATER, "takes effect at the next start", arena);
}

/* An emulated processor's thread starts with a free region of the cache of translated code. QEMU
 * aborts if no region is free, which may happen in any guest. */
static void compare_vcpu(Value prior, Value planned, DomainBounds bounds, DomainChanges *out,
                         Arena *arena) {
    if (object_differs(prior, planned, "vcpu")) {
        int64_t vcpu = object_int(planned, "vcpu", INT64_MAX);
        bool fits = vcpu > object_int(prior, "vcpu", 1) && vcpu <= bounds.vcpu_max &&
                    !domain_schema_is_lxc(prior);
        bool is_live = fits && !is_emulated(prior);
        domain_update_add(
            out, "vcpu", is_live ? EFFECT_LIVE : EFFECT_RESTART,
            is_live ? "while the machine runs (virDomainSetVcpusFlags)"
            : fits  ? "QEMU may crash if a processor is added to a running emulated machine"
                    : ONLY_AT_START,
            arena);
    }
    if (object_differs(prior, planned, "vcpu_max"))
        domain_update_add(out, "vcpu_max", EFFECT_LATER, "takes effect at the next start", arena);
}

static bool is_hotplug(Value disk) {
    Str bus = object_text(disk, "bus", STR_EMPTY);
    return str_equal(bus, STR("virtio")) || str_equal(bus, STR("scsi"));
}

static bool is_cdrom(Value disk) {
    return str_equal(object_text(disk, "device", STR_EMPTY), STR("cdrom"));
}

/* Returns the least live effect of a device's changes. `is_live` decides for arguments without a
 * binding. */
static XmlChange device_change(const char *list, Value old, Value device,
                               bool (*is_live)(Value old, Value device, const char *name),
                               Arena *arena) {
    XmlRows rows = domain_attributes_of(list);
    XmlChange change = XML_UNCHANGED;
    for (size_t i = 0; i < rows.count; i++) {
        const char *name = rows.attributes[i].name;
        if (!object_differs(old, device, name))
            continue;
        XmlChange one = rows.attributes[i].binding
                            ? xml_map_change(&rows.attributes[i], object_attribute(old, name),
                                             object_attribute(device, name), arena)
                        : is_live(old, device, name) ? XML_LIVE
                                                     : XML_AT_START;
        change = one < change ? one : change;
    }
    return change;
}

/* All arguments of a cdrom change live, except its bus and serial number. */
static bool is_live_of_disk(Value old, Value disk, const char *name) {
    return is_cdrom(old) && is_cdrom(disk) && strcmp(name, "bus") != 0 &&
           strcmp(name, "serial") != 0;
}

static bool is_medium_changed(Value old, Value disk) {
    static const char *const names[] = {"volume_id", "file", "block_device", "url", "format"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (object_differs(old, disk, names[i]))
            return true;
    return false;
}

/* Returns the live calls of a disk that stays. */
static unsigned disk_calls(Value old, Value disk) {
    return (is_medium_changed(old, disk) ? LIVE_UPDATE : 0) |
           (object_differs(old, disk, "iotune") ? LIVE_IOTUNE : 0);
}

/* Returns whether the new disk cannot be attached to the running machine. Its target may be that of
 * the seed, which moves at the next start. */
static bool waits_for_start(Value prior, Value disk) {
    bool is_taken = object_has(prior, "cloudinit") &&
                    domain_disk_is_seed_target(object_text(disk, "target", STR_EMPTY));
    return is_taken || !is_hotplug(disk);
}

static void compare_disks(Value prior, Value planned, DomainChanges *out, Arena *arena) {
    if (!object_differs(prior, planned, "disk"))
        return;
    unsigned calls = 0;
    bool needs_restart = !value_is_known(object_attribute(planned, "disk"));
    for (size_t i = 0; i < nested_list_count(planned, "disk"); i++) {
        Value disk = nested_list_at(planned, "disk", i);
        Value old = domain_disk_find(prior, object_text(disk, "target", STR_EMPTY));
        bool is_new = !value_is_present(old);
        calls |= is_new ? LIVE_ATTACH : disk_calls(old, disk);
        if (is_new ? waits_for_start(prior, disk)
                   : device_change("disk", old, disk, is_live_of_disk, arena) < XML_LIVE)
            needs_restart = true;
    }
    for (size_t i = 0; i < nested_list_count(prior, "disk"); i++) {
        Value old = nested_list_at(prior, "disk", i);
        Value disk = domain_disk_find(planned, object_text(old, "target", STR_EMPTY));
        if (value_is_present(disk))
            continue;
        calls |= LIVE_DETACH;
        needs_restart |= !is_hotplug(old);
    }
    domain_update_add_text(out, "disk", needs_restart ? EFFECT_RESTART : EFFECT_LIVE,
                           needs_restart ? STR(ONLY_AT_START) : domain_live_text(calls, arena),
                           arena);
}

/* Returns whether the argument only describes the interface for loam and is not in the XML, or is
 * the MAC address: compared interfaces have the same one, perhaps in another spelling. */
static bool is_nic_note(const char *name) {
    return strcmp(name, "wait_for_ip") == 0 || strcmp(name, "addresses") == 0 ||
           strcmp(name, "mac") == 0;
}

static bool is_live_of_nic(Value, Value, const char *name) {
    return strcmp(name, "model") != 0;
}

/* Returns whether the change cannot update the interface, so that it must be detached and attached
 * again. */
static bool is_nic_exchanged(Value old, Value nic, Arena *arena) {
    bool is_kind = domain_nic_kind(old) || domain_nic_kind(nic);
    return device_change("network_interface", old, nic, is_live_of_nic, arena) < XML_LIVE ||
           (is_kind && !domain_nic_same_source(old, nic));
}

static bool is_nic_changed(Value old, Value nic) {
    XmlRows rows = domain_attributes_of("network_interface");
    for (size_t i = 0; i < rows.count; i++)
        if (!is_nic_note(rows.attributes[i].name) &&
            object_differs(old, nic, rows.attributes[i].name))
            return true;
    return false;
}

static void compare_nics(Value prior, Value planned, DomainChanges *out, Arena *arena) {
    if (!object_differs(prior, planned, "network_interface"))
        return;
    bool needs_restart = !value_is_known(object_attribute(planned, "network_interface"));
    bool changes = needs_restart;
    unsigned calls = 0;
    size_t kept = 0;
    for (size_t i = 0; i < nested_list_count(planned, "network_interface"); i++) {
        Value nic = nested_list_at(planned, "network_interface", i);
        Value old = domain_nic_find(prior, object_text(nic, "mac", STR_EMPTY));
        if (!value_is_present(old)) {
            changes = true;
            calls |= LIVE_ATTACH;
            continue;
        }
        kept++;
        if (!is_nic_changed(old, nic))
            continue;
        changes = true;
        /* The interface of a running container can only be removed and added. */
        needs_restart |= domain_schema_is_lxc(planned);
        calls |= is_nic_exchanged(old, nic, arena) ? LIVE_DETACH | LIVE_ATTACH : LIVE_UPDATE;
    }
    bool is_shorter = kept < nested_list_count(prior, "network_interface");
    if (is_shorter)
        calls |= LIVE_DETACH;
    if (!changes && !is_shorter)
        return;
    domain_update_add_text(out, "network_interface", needs_restart ? EFFECT_RESTART : EFFECT_LIVE,
                           needs_restart ? STR(ONLY_AT_START) : domain_live_text(calls, arena),
                           arena);
}

DomainBounds domain_update_bounds(Value prior, virDomainPtr running) {
    DomainBounds bounds = {domain_schema_memory_max(prior), domain_schema_vcpu_max(prior)};
    unsigned flags = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_VCPU_MAXIMUM;
    int vcpu_max = running ? virDomainGetVcpusFlags(running, flags) : -1;
    unsigned long memory_max = running ? virDomainGetMaxMemory(running) / 1024 : 0;
    if (vcpu_max > 0 && vcpu_max < bounds.vcpu_max)
        bounds.vcpu_max = vcpu_max;
    if (memory_max > 0 && (int64_t)memory_max < bounds.memory_max)
        bounds.memory_max = (int64_t)memory_max;
    return bounds;
}

/* Returns whether a live change of this argument works: containers cannot attach devices. */
static bool is_live_row(const Attribute *attribute, Value planned) {
    return !domain_schema_is_lxc(planned) || strcmp(attribute->name, "cputune") == 0 ||
           strcmp(attribute->name, "memtune") == 0;
}

static void domain_update_compare_rows(Value prior, Value planned, DomainChanges *out,
                                       Arena *arena) {
    for (size_t i = 0; i < DOMAIN_ATTRIBUTE_COUNT; i++) {
        const Attribute *attribute = &domain_attributes[i];
        Value old = object_attribute(prior, attribute->name);
        Value new = object_attribute(planned, attribute->name);
        XmlChange change = xml_map_change(attribute, old, new, arena);
        if (change == XML_LIVE && !is_live_row(attribute, planned))
            change = XML_AT_START;
        switch (change) {
        case XML_AT_START:
            domain_update_add(out, attribute->name, EFFECT_RESTART, ONLY_AT_START, arena);
            break;
        case XML_LATER:
            domain_update_add(out, attribute->name, EFFECT_LATER, "takes effect at the next start",
                              arena);
            break;
        case XML_LIVE:
            domain_update_add_text(out, attribute->name, EFFECT_LIVE,
                                   domain_live_how(attribute, old, new, arena), arena);
            break;
        case XML_UNCHANGED: break;
        }
    }
}

/* The restart applies all changes. */
static void join_restart(DomainChanges *changes) {
    vec_each(&changes->all, change) {
        if (change->effect == EFFECT_RESTART)
            continue;
        change->effect = EFFECT_ALONG;
        change->how = STR("takes effect with the restart");
    }
}

DomainChanges domain_update_compare(Value prior, Value planned, DomainBounds bounds, Arena *arena) {
    static const char *const at_start[] = {"cpu",     "kernel",     "initrd",   "cmdline",
                                           "init",    "init_args",  "console",  "filesystem",
                                           "balloon", "qemu_agent", "xml_merge"};
    DomainChanges changes = {0};
    compare_memory(prior, planned, bounds, &changes, arena);
    compare_vcpu(prior, planned, bounds, &changes, arena);
    compare_disks(prior, planned, &changes, arena);
    compare_nics(prior, planned, &changes, arena);
    domain_update_compare_rows(prior, planned, &changes, arena);
    for (size_t i = 0; i < ARRAY_COUNT(at_start); i++)
        if (object_differs(prior, planned, at_start[i]))
            domain_update_add(&changes, at_start[i], EFFECT_RESTART, ONLY_AT_START, arena);
    if (object_differs(prior, planned, "cloudinit"))
        domain_update_add(&changes, "cloudinit", EFFECT_LATER,
                          "the guest reads it at the next start", arena);
    if (object_differs(prior, planned, "title"))
        domain_update_add(&changes, "title", EFFECT_LIVE,
                          "the guest does not see it (virDomainSetMetadata)", arena);
    if (object_differs(prior, planned, "description"))
        domain_update_add(&changes, "description", EFFECT_LIVE,
                          "the guest does not see it (virDomainSetMetadata)", arena);
    changes.restarts = changes.needs_restart &&
                       str_equal(object_text(planned, "update_policy", STR("reboot_if_needed")),
                                 STR("reboot_if_needed"));
    if (changes.restarts)
        join_restart(&changes);
    return changes;
}

/* A machine during an update. */
typedef struct Update {
    const Call *call;
    virDomainPtr domain;
    Value prior;
    Value planned;
    const DomainChanges *changes;
    xmlNodePtr described;
    Diags *diags;
} Update;

static bool domain_update_add_error(const Update *update, const char *what, Str which) {
    if (libvirt_error_code() != VIR_ERR_OK)
        return libvirt_error_add(update->call, update->diags, "Cannot %s %.*s", what,
                                 STR_ARG(which));
    return libvirt_error_say(
        update->call, update->diags,
        str_format(update->call->arena, "Cannot %s %.*s", what, STR_ARG(which)),
        STR("The guest did not release it in time. A starting guest cannot release devices: apply "
            "again, or set update_policy to reboot_if_needed."));
}

static bool domain_update_set_memory(const Update *update) {
    if (!is_change_live(update->changes, "memory"))
        return true;
    unsigned long kib = (unsigned long)object_int(update->planned, "memory", 512) * 1024;
    unsigned attempt = 0;
    int result = -1;
    do {
        result = virDomainSetMemoryFlags(update->domain, kib, VIR_DOMAIN_AFFECT_LIVE);
    } while (result < 0 && libvirt_error_retry(update->call, &attempt));
    return result == 0 || domain_update_add_error(update, "change", STR("the memory"));
}

static bool set_vcpu(const Update *update) {
    if (!is_change_live(update->changes, "vcpu"))
        return true;
    unsigned count = (unsigned)object_int(update->planned, "vcpu", 1);
    unsigned attempt = 0;
    int result = -1;
    do {
        result = virDomainSetVcpusFlags(update->domain, count, VIR_DOMAIN_AFFECT_LIVE);
    } while (result < 0 && libvirt_error_retry(update->call, &attempt));
    return result == 0 || domain_update_add_error(update, "change", STR("the processors"));
}

static bool domain_update_set_text(const Update *update, const char *name, int kind) {
    if (!is_change_live(update->changes, name))
        return true;
    const char *text =
        object_has(update->planned, name)
            ? str_to_cstr(object_text(update->planned, name, STR_EMPTY), update->call->arena)
            : NULL;
    if (virDomainSetMetadata(update->domain, kind, text, NULL, NULL, VIR_DOMAIN_AFFECT_LIVE) == 0 ||
        libvirt_error_code() == VIR_ERR_NO_DOMAIN_METADATA)
        return true;
    return domain_update_add_error(update, "change the machine's", str_from_cstr(name));
}

static const char *disk_text(const Update *update, Value disk) {
    Arena *arena = update->call->arena;
    Str target = object_text(disk, "target", STR_EMPTY);
    xmlNodePtr node = domain_device_find_disk(update->described, target, arena);
    CHECK(node != NULL); /* domain_xml_edit added it */
    return xml_print_node(node, arena);
}

/* Changes the medium of a drive; forces it if the guest has locked the tray. */
static bool change_media(const Update *update, Value disk) {
    const char *text = disk_text(update, disk);
    unsigned flags = VIR_DOMAIN_AFFECT_LIVE;
    if (virDomainUpdateDeviceFlags(update->domain, text, flags) == 0)
        return true;
    flags |= VIR_DOMAIN_DEVICE_MODIFY_FORCE;
    return virDomainUpdateDeviceFlags(update->domain, text, flags) == 0 ||
           domain_update_add_error(update, "change the medium of",
                                   object_text(disk, "target", STR_EMPTY));
}

static bool pull_disks(const Update *update) {
    if (!is_change_live(update->changes, "disk"))
        return true;
    for (size_t i = 0; i < nested_list_count(update->prior, "disk"); i++) {
        Str target = object_text(nested_list_at(update->prior, "disk", i), "target", STR_EMPTY);
        if (value_is_present(domain_disk_find(update->planned, target)))
            continue;
        if (!domain_device_pull(update->call, update->domain, domain_device_find_disk, target))
            return domain_update_add_error(update, "detach disk", target);
    }
    return true;
}

/* Returns whether an interrupted run has plugged the disk in, which the inactive XML does not
 * show. */
static bool is_plugged_in(const Update *update, Str target, const char *text) {
    static const char *const sources[] = {"source/@file", "source/@dev", "source/@pool",
                                          "source/@volume"};
    Arena *arena = update->call->arena;
    SCOPED(XmlDoc) wanted = {0};
    SCOPED(XmlDoc) live = {0};
    if (!xml_parse(text, &wanted) || !xml_take(virDomainGetXMLDesc(update->domain, 0), &live))
        return false;
    xmlNodePtr found = domain_device_find_disk(xml_root(&live), target, arena);
    for (size_t i = 0; found && i < ARRAY_COUNT(sources); i++)
        if (!str_equal(xml_get(xml_root(&wanted), sources[i], arena),
                       xml_get(found, sources[i], arena)))
            return false;
    return found != NULL;
}

static bool plug_disk(const Update *update, Value disk) {
    Str target = object_text(disk, "target", STR_EMPTY);
    const char *text = disk_text(update, disk);
    return is_plugged_in(update, target, text) ||
           domain_device_plug(update->call, update->domain, text) ||
           domain_update_add_error(update, "attach disk", target);
}

static bool plug_disks(const Update *update) {
    if (!is_change_live(update->changes, "disk"))
        return true;
    for (size_t i = 0; i < nested_list_count(update->planned, "disk"); i++) {
        Value disk = nested_list_at(update->planned, "disk", i);
        Str target = object_text(disk, "target", STR_EMPTY);
        Value old = domain_disk_find(update->prior, target);
        bool is_new = !value_is_present(old);
        if (!is_new && value_equal(old, disk))
            continue;
        if (!is_new && is_medium_changed(old, disk) && !change_media(update, disk))
            return false;
        if (!is_new && !domain_live_set_iotune(update->call, update->domain, old, disk))
            return domain_update_add_error(update, "limit disk", target);
        if (is_new && !plug_disk(update, disk))
            return false;
    }
    return true;
}

static xmlNodePtr described_nic(const Update *update, Str mac) {
    xmlNodePtr node = domain_device_find_interface(update->described, mac, update->call->arena);
    CHECK(node != NULL); /* domain_xml_edit added it */
    return node;
}

static bool plug_nic(const Update *update, Str mac) {
    return domain_device_plug(update->call, update->domain,
                              xml_print_node(described_nic(update, mac), update->call->arena)) ||
           domain_update_add_error(update, "attach interface", mac);
}

static bool pull_nic(const Update *update, Str mac) {
    return domain_device_pull(update->call, update->domain, domain_device_find_interface, mac) ||
           domain_update_add_error(update, "detach interface", mac);
}

/* Updates the live element with a new network and filter; everything else must be as in the running
 * guest. */
static bool change_nic(const Update *update, Value nic) {
    Arena *arena = update->call->arena;
    Str mac = object_text(nic, "mac", STR_EMPTY);
    SCOPED(XmlDoc) live = {0};
    xmlNodePtr wanted = described_nic(update, mac);
    if (!xml_take(virDomainGetXMLDesc(update->domain, 0), &live))
        return domain_update_add_error(update, "read interface", mac);
    xmlNodePtr node = domain_device_find_interface(xml_root(&live), mac, arena);
    if (!node)
        return plug_nic(update, mac);
    static const char *const exchanged[] = {"source", "filterref", "link", "bandwidth"};
    for (size_t i = 0; i < ARRAY_COUNT(exchanged); i++) {
        xmlNodePtr old = xml_find(node, exchanged[i]);
        xmlNodePtr new = xml_find(wanted, exchanged[i]);
        if (old)
            xml_remove(old);
        if (new)
            xmlAddChild(node, xmlDocCopyNode(new, node->doc, 1));
    }
    xml_set(node, "type", xml_get(wanted, "@type", arena));
    return virDomainUpdateDeviceFlags(update->domain, xml_print_node(node, arena),
                                      VIR_DOMAIN_AFFECT_LIVE) == 0 ||
           domain_update_add_error(update, "change interface", mac);
}

static bool update_nic(const Update *update, Value nic) {
    Str mac = object_text(nic, "mac", STR_EMPTY);
    Value old = domain_nic_find(update->prior, mac);
    /* An interrupted run may have plugged it in. */
    if (!value_is_present(old))
        return change_nic(update, nic);
    if (!is_nic_changed(old, nic))
        return true;
    if (is_nic_exchanged(old, nic, update->call->arena))
        return pull_nic(update, mac) && plug_nic(update, mac);
    return change_nic(update, nic);
}

static bool update_nics(const Update *update) {
    if (!is_change_live(update->changes, "network_interface"))
        return true;
    for (size_t i = 0; i < nested_list_count(update->prior, "network_interface"); i++) {
        Str mac =
            object_text(nested_list_at(update->prior, "network_interface", i), "mac", STR_EMPTY);
        if (!value_is_present(domain_nic_find(update->planned, mac)) && !pull_nic(update, mac))
            return false;
    }
    for (size_t i = 0; i < nested_list_count(update->planned, "network_interface"); i++)
        if (!update_nic(update, nested_list_at(update->planned, "network_interface", i)))
            return false;
    return true;
}

static bool update_rows(const Update *update) {
    for (size_t i = 0; i < DOMAIN_ATTRIBUTE_COUNT; i++)
        if (domain_attributes[i].binding &&
            is_change_live(update->changes, domain_attributes[i].name) &&
            !domain_live_apply(update->call, update->domain, &domain_attributes[i], update->prior,
                               update->planned, update->described, update->diags))
            return false;
    return true;
}

bool domain_update_live(const Call *call, virDomainPtr domain, Value prior, Value planned,
                        const DomainChanges *changes, xmlNodePtr described, Diags *diags) {
    Update update = {
        .call = call,
        .domain = domain,
        .prior = prior,
        .planned = planned,
        .changes = changes,
        .described = described,
        .diags = diags,
    };
    virResetLastError();
    return domain_update_set_memory(&update) && set_vcpu(&update) &&
           domain_update_set_text(&update, "title", VIR_DOMAIN_METADATA_TITLE) &&
           domain_update_set_text(&update, "description", VIR_DOMAIN_METADATA_DESCRIPTION) &&
           pull_disks(&update) && plug_disks(&update) && update_nics(&update) &&
           update_rows(&update);
}
