/* domain_update: lists the changes of machines in place. */
#include "domain_update.h"

#include "domain_attributes.h"
#include "domain_disk.h"
#include "domain_nic.h"
#include "nested_list.h"

#define ONLY_AT_START "not possible on a running machine"

/* Objects of a running machine. */
typedef struct Comparison {
    Value prior;
    Value planned;
    DomainBounds bounds;
    Arena *arena;
} Comparison;

static void add_step(const Comparison *machine, DomainChange *change, LiveCall call, size_t old,
                     size_t new) {
    vec_push(machine->arena, &change->steps, ((LiveStep){call, old, new}));
}

static void set_restart(DomainChange *change, const char *why) {
    change->effect = EFFECT_RESTART;
    change->how = str_from_cstr(why);
}

static void compare_memory(const Comparison *machine, DomainChange *change) {
    bool has_balloon = object_bool(machine->prior, "balloon", true) &&
                       object_bool(machine->planned, "balloon", true);
    if (object_int(machine->planned, "memory", INT64_MAX) > machine->bounds.memory_max)
        set_restart(change, "exceeds the maximum of the running machine");
    else if (!has_balloon)
        set_restart(change, "without a balloon, only possible at the next start");
    add_step(machine, change, LIVE_SET_MEMORY, 0, 0);
}

/* An emulated processor's thread starts with a free region of the cache of translated code. QEMU
 * aborts if no region is free, which may happen in any guest. */
static void compare_vcpu(const Comparison *machine, DomainChange *change) {
    int64_t vcpu = object_int(machine->planned, "vcpu", INT64_MAX);
    bool is_emulated = str_equal(object_text(machine->prior, "type", STR_EMPTY), STR("qemu"));
    if (vcpu <= object_int(machine->prior, "vcpu", 1) || vcpu > machine->bounds.vcpu_max ||
        domain_schema_is_lxc(machine->prior))
        set_restart(change, ONLY_AT_START);
    else if (is_emulated)
        set_restart(change, "QEMU may crash if a processor is added to a running emulated machine");
    add_step(machine, change, LIVE_SET_VCPU, 0, 0);
}

static void compare_machine_text(const Comparison *machine, DomainChange *change) {
    add_step(machine, change, LIVE_SET_TEXT, 0, 0);
}

static void compare_scheduler(const Comparison *machine, DomainChange *change) {
    add_step(machine, change, LIVE_SET_SCHEDULER, 0, 0);
}

static void compare_memory_limits(const Comparison *machine, DomainChange *change) {
    if (domain_live_has_memory_limit(object_attribute(machine->prior, "memtune"),
                                     object_attribute(machine->planned, "memtune")))
        add_step(machine, change, LIVE_SET_MEMORY_LIMITS, 0, 0);
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

/* Returns whether the new disk cannot be attached to the running machine. Its target may be that of
 * the seed, which moves at the next start. */
static bool waits_for_start(Value prior, Value disk) {
    bool is_taken = object_has(prior, "cloudinit") &&
                    domain_disk_is_seed_target(object_text(disk, "target", STR_EMPTY));
    return is_taken || !is_hotplug(disk);
}

static void compare_disks(const Comparison *machine, DomainChange *change) {
    Value prior = machine->prior;
    Value planned = machine->planned;
    if (!value_is_known(object_attribute(planned, "disk")))
        set_restart(change, ONLY_AT_START);
    for (size_t i = 0; i < nested_list_count(prior, "disk"); i++) {
        Value old = nested_list_at(prior, "disk", i);
        if (value_is_present(domain_disk_find(planned, object_text(old, "target", STR_EMPTY))))
            continue;
        add_step(machine, change, LIVE_DETACH_DISK, i, 0);
        if (!is_hotplug(old))
            set_restart(change, ONLY_AT_START);
    }
    for (size_t i = 0; i < nested_list_count(planned, "disk"); i++) {
        Value disk = nested_list_at(planned, "disk", i);
        size_t n = domain_disk_index(prior, object_text(disk, "target", STR_EMPTY));
        bool is_new = n == SIZE_MAX;
        Value old = is_new ? value_null(disk.type) : nested_list_at(prior, "disk", n);
        if (is_new)
            add_step(machine, change, LIVE_ATTACH_DISK, 0, i);
        if (!is_new && is_medium_changed(old, disk))
            add_step(machine, change, LIVE_UPDATE_DISK, n, i);
        if (!is_new && domain_live_has_disk_limit(old, disk, machine->arena))
            add_step(machine, change, LIVE_LIMIT_DISK, n, i);
        if (is_new ? waits_for_start(prior, disk)
                   : device_change("disk", old, disk, is_live_of_disk, machine->arena) < XML_LIVE)
            set_restart(change, ONLY_AT_START);
    }
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

static void compare_nics(const Comparison *machine, DomainChange *change) {
    Value prior = machine->prior;
    Value planned = machine->planned;
    if (!value_is_known(object_attribute(planned, "network_interface")))
        set_restart(change, ONLY_AT_START);
    for (size_t i = 0; i < nested_list_count(prior, "network_interface"); i++) {
        Value old = nested_list_at(prior, "network_interface", i);
        if (!value_is_present(domain_nic_find(planned, object_text(old, "mac", STR_EMPTY))))
            add_step(machine, change, LIVE_DETACH_NIC, i, 0);
    }
    for (size_t i = 0; i < nested_list_count(planned, "network_interface"); i++) {
        Value nic = nested_list_at(planned, "network_interface", i);
        size_t n = domain_nic_index(prior, object_text(nic, "mac", STR_EMPTY));
        if (n == SIZE_MAX) {
            add_step(machine, change, LIVE_ATTACH_NIC, 0, i);
            continue;
        }
        Value old = nested_list_at(prior, "network_interface", n);
        if (!is_nic_changed(old, nic))
            continue;
        /* The interface of a running container can only be removed and added. */
        if (domain_schema_is_lxc(planned))
            set_restart(change, ONLY_AT_START);
        bool is_exchanged = is_nic_exchanged(old, nic, machine->arena);
        if (is_exchanged)
            add_step(machine, change, LIVE_DETACH_NIC, n, 0);
        add_step(machine, change, is_exchanged ? LIVE_ATTACH_NIC : LIVE_UPDATE_NIC, n, i);
    }
}

/* Compares a list that xml_map writes. Containers cannot attach devices. */
static void compare_items(const Comparison *machine, DomainChange *change) {
    Value prior = object_attribute(machine->prior, change->attribute->name);
    Value planned = object_attribute(machine->planned, change->attribute->name);
    if (domain_schema_is_lxc(machine->planned))
        set_restart(change, ONLY_AT_START);
    if (!value_is_known(planned)) {
        add_step(machine, change, LIVE_DETACH_ITEM, 0, 0);
        add_step(machine, change, LIVE_UPDATE_ITEM, 0, 0);
        add_step(machine, change, LIVE_ATTACH_ITEM, 0, 0);
        return;
    }
    size_t old_count = value_is_present(prior) ? prior.count : 0;
    size_t count = value_is_present(planned) ? planned.count : 0;
    size_t *pairs = xml_map_pair(change->attribute, prior, planned, machine->arena);
    bool *is_kept = arena_new_array(machine->arena, bool, old_count);
    for (size_t i = 0; i < count; i++)
        if (pairs[i] != SIZE_MAX)
            is_kept[pairs[i]] = true;
    for (size_t n = 0; n < old_count; n++)
        if (!is_kept[n])
            add_step(machine, change, LIVE_DETACH_ITEM, n, 0);
    for (size_t i = 0; i < count; i++)
        if (pairs[i] != SIZE_MAX && !value_equal(value_at(prior, pairs[i]), value_at(planned, i)))
            add_step(machine, change, LIVE_UPDATE_ITEM, pairs[i], i);
    for (size_t i = 0; i < count; i++)
        if (pairs[i] == SIZE_MAX)
            add_step(machine, change, LIVE_ATTACH_ITEM, 0, i);
}

/* How an argument with XML_LIVE reaches the guest: `compare` adds the steps, or the reason for a
 * restart. */
static const struct {
    const char *attribute; /* NULL: any other one */
    void (*compare)(const Comparison *machine, DomainChange *change);
} live_rows[] = {
    {"memory", compare_memory},      {"vcpu", compare_vcpu},
    {"title", compare_machine_text}, {"description", compare_machine_text},
    {"disk", compare_disks},         {"network_interface", compare_nics},
    {"cputune", compare_scheduler},  {"memtune", compare_memory_limits},
    {NULL, compare_items},
};

static DomainChange compare_live(const Comparison *machine, const Attribute *attribute) {
    DomainChange change = {.attribute = attribute, .effect = EFFECT_LIVE};
    size_t row = 0;
    while (live_rows[row].attribute && strcmp(live_rows[row].attribute, attribute->name) != 0)
        row++;
    live_rows[row].compare(machine, &change);
    if (change.effect == EFFECT_LIVE)
        change.how = domain_live_text(&change.steps, machine->arena);
    return change;
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

/* Returns the change of an argument that takes effect without a call. */
static DomainChange compare_idle(const Attribute *attribute, XmlChange change) {
    if (change == XML_AT_START)
        return (DomainChange){
            .attribute = attribute, .effect = EFFECT_RESTART, .how = STR(ONLY_AT_START)};
    bool is_seed = strcmp(attribute->name, "cloudinit") == 0;
    return (DomainChange){.attribute = attribute,
                          .effect = EFFECT_LATER,
                          .how = is_seed ? STR("the guest reads it at the next start")
                                         : STR("takes effect at the next start")};
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
    const Comparison machine = {prior, planned, bounds, arena};
    DomainChanges changes = {0};
    for (size_t i = 0; i < DOMAIN_ATTRIBUTE_COUNT; i++) {
        const Attribute *row = &domain_attributes[i];
        XmlChange how = xml_map_change(row, object_attribute(prior, row->name),
                                       object_attribute(planned, row->name), arena);
        if (how == XML_UNCHANGED)
            continue;
        DomainChange change =
            how == XML_LIVE ? compare_live(&machine, row) : compare_idle(row, how);
        /* Arguments of an interface that only loam uses need no step. */
        if (change.effect == EFFECT_LIVE && !change.steps.count &&
            strcmp(row->name, "network_interface") == 0)
            continue;
        changes.needs_restart |= change.effect == EFFECT_RESTART;
        vec_push(arena, &changes.all, change);
    }
    changes.restarts = changes.needs_restart &&
                       str_equal(object_text(planned, "update_policy", STR("reboot_if_needed")),
                                 STR("reboot_if_needed"));
    if (changes.restarts)
        join_restart(&changes);
    return changes;
}

bool domain_update_live(const Call *call, const LiveMachine *machine, const DomainChanges *changes,
                        Diags *diags) {
    vec_each(&changes->all, change)
        if (change->effect == EFFECT_LIVE &&
            !domain_live_make(call, machine, change->attribute, &change->steps, diags))
            return false;
    return true;
}
