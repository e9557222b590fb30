/* Disks of machines. */
#include "domain_disk.h"

#include "domain_device.h"
#include "items.h"
#include "libvirt_error.h"
#include "volume_find.h"

static Str source_of(Value disk) {
    return draft_text(disk, "volume_id", draft_text(disk, "file", STR_EMPTY));
}

/* As far as is known. */
static bool is_same_source(Value a, Value b) {
    return !items_differ(a, b, "volume_id") && !items_differ(a, b, "file");
}

Value domain_disk_find(Value domain, Str target) {
    for (size_t i = 0; i < items_count(domain, "disk"); i++)
        if (str_equal(draft_text(items_at(domain, "disk", i), "target", STR_EMPTY), target))
            return items_at(domain, "disk", i);
    return value_null(items_element(domain.type, "disk"));
}

static bool is_claimed(const StrVec *targets, Str target) {
    vec_each(targets, claimed)
        if (str_equal(*claimed, target))
            return true;
    return false;
}

static Str next_free(const StrVec *targets, Str bus, Arena *arena) {
    const char *prefix = str_equal(bus, STR("virtio")) ? "vd"
                         : str_equal(bus, STR("ide"))  ? "hd"
                                                       : "sd";
    for (int letter = 'a'; letter < 'z'; letter++) {
        Str target = str_format(arena, "%s%c", prefix, letter);
        if (!is_claimed(targets, target))
            return target;
    }
    return str_format(arena, "%sz", prefix);
}

static Value config_disk(Value config, size_t i) {
    return i < items_count(config, "disk") ? items_at(config, "disk", i)
                                           : value_null(items_element(config.type, "disk"));
}

static bool is_configured(Value item, const char *name) {
    return value_is_present(item) && !value_is_null(draft_attribute(item, name));
}

/* The disk of the prior list that this one was: same source, else the same place in the list. */
static Value find_prior(Value prior, Value disk, size_t i, const bool *is_taken, size_t *index) {
    for (size_t n = 0; n < items_count(prior, "disk"); n++) {
        Value old = items_at(prior, "disk", n);
        *index = n;
        if (!is_taken[n] && source_of(disk).len && is_same_source(old, disk))
            return old;
    }
    *index = i;
    bool is_unknown = !value_is_wholly_known(draft_attribute(disk, "volume_id")) ||
                      !value_is_wholly_known(draft_attribute(disk, "file"));
    bool is_cdrom = str_equal(draft_text(disk, "device", STR_EMPTY), STR("cdrom"));
    if ((is_unknown || is_cdrom) && i < items_count(prior, "disk") && !is_taken[i])
        return items_at(prior, "disk", i);
    return value_null(disk.type);
}

static void plan_bus(Draft *draft, Value given, Arena *arena) {
    Value device = draft_get(draft, "device");
    if (is_configured(given, "bus") || !value_is_present(device))
        return;
    bool is_cdrom = str_equal(value_text(device), STR("cdrom"));
    draft_set_text(draft, "bus", is_cdrom ? STR("sata") : STR("virtio"), arena);
}

/* Targets that the configuration or the prior state settles; the rest is unknown afterwards. */
static Value plan_settled(
    Value prior, Value given, Value disk, size_t i, bool *is_taken, StrVec *claimed, Arena *arena) {
    Draft draft = draft_of(disk, arena);
    size_t index = 0;
    plan_bus(&draft, given, arena);
    Value old =
        value_is_null(prior) ? value_null(disk.type) : find_prior(prior, disk, i, is_taken, &index);
    bool has_old = value_is_present(old) && !items_differ(old, draft_value(&draft), "bus");
    draft = draft_of(draft_value(&draft), arena);
    if (!is_configured(given, "target")) {
        draft_set(&draft, "target",
                  has_old ? draft_attribute(old, "target") : value_unknown(&TYPE_STRING));
        if (has_old)
            is_taken[index] = true;
    }
    if (!is_configured(given, "format"))
        draft_set(&draft, "format",
                  has_old && is_same_source(old, disk) ? draft_attribute(old, "format")
                                                       : value_unknown(&TYPE_STRING));
    Value target = draft_get(&draft, "target");
    if (value_is_present(target))
        vec_push(arena, claimed, value_text(target));
    return draft_value(&draft);
}

Value domain_disk_plan(Value prior, Value config, Value planned, Arena *arena) {
    Value list = draft_attribute(planned, "disk");
    if (!value_is_present(list) || list.count == 0)
        return list;
    size_t prior_count = value_is_null(prior) ? 0 : items_count(prior, "disk");
    bool *is_taken = arena_new_array(arena, bool, prior_count);
    StrVec claimed = {0};
    Values disks = {0};
    for (size_t i = 0; i < list.count; i++) {
        Value disk = value_at(list, i);
        if (!value_is_present(disk))
            return list;
        vec_push(arena, &disks,
                 plan_settled(prior, config_disk(config, i), disk, i, is_taken, &claimed, arena));
    }
    vec_each(&disks, disk) {
        Value bus = draft_attribute(*disk, "bus");
        bool is_settled = value_is_known(draft_attribute(*disk, "target"));
        if (is_settled || !value_is_present(bus))
            continue;
        Draft draft = draft_of(*disk, arena);
        Str target = next_free(&claimed, value_text(bus), arena);
        vec_push(arena, &claimed, target);
        draft_set_text(&draft, "target", target, arena);
        *disk = draft_value(&draft);
    }
    return items_list(list.type, &disks, arena);
}

/* How a disk stands in the description. */
typedef struct DiskSource {
    Str path;
    Str format;
    bool is_block;
} DiskSource;

static bool find_source(virConnectPtr connection, Str id, DiskSource *out, Arena *arena) {
    SCOPED(virStorageVolPtr) volume = volume_find_by_id(connection, id, arena);
    if (!volume)
        return false;
    virStorageVolInfo info = {0};
    char *path = virStorageVolGetPath(volume);
    if (path)
        out->path = str_clone(str_from_cstr(path), arena);
    free(path);
    out->format = volume_find_format(volume, arena);
    /* What the host calls an image by its looks is bytes to a guest. */
    if (!str_equal(out->format, STR("qcow2")))
        out->format = STR("raw");
    out->is_block = virStorageVolGetInfo(volume, &info) == 0 && info.type == VIR_STORAGE_VOL_BLOCK;
    return out->path.len > 0;
}

static bool resolve_disk(const Call *call, virConnectPtr connection, Value *disk, Diags *diags) {
    Str id = source_of(*disk);
    DiskSource source = {.path = id, .format = STR("raw")};
    bool is_found = !id.len || find_source(connection, id, &source, call->arena);
    if (!is_found && items_has(*disk, "volume_id"))
        return libvirt_error_add(call, diags, "Cannot find the disk's volume \"%.*s\"",
                                 STR_ARG(id));
    if (items_has(*disk, "format"))
        return true;
    Draft draft = draft_of(*disk, call->arena);
    draft_set_text(&draft, "format", source.format, call->arena);
    *disk = draft_value(&draft);
    return true;
}

bool domain_disk_resolve(const Call *call, virConnectPtr connection, Value *domain, Diags *diags) {
    Arena *arena = call->arena;
    Draft draft = draft_of(*domain, arena);
    Value list = domain_disk_plan(value_null(domain->type), *domain, *domain, arena);
    Values disks = {0};
    for (size_t i = 0; value_is_present(list) && i < list.count; i++) {
        Value disk = value_at(list, i);
        if (!resolve_disk(call, connection, &disk, diags))
            return false;
        vec_push(arena, &disks, disk);
    }
    if (value_is_present(list))
        draft_set(&draft, "disk", items_list(list.type, &disks, arena));
    *domain = draft_value(&draft);
    return true;
}

static void add_source(xmlNodePtr node, const DiskSource *source) {
    xml_set(node, "type", source->is_block ? STR("block") : STR("file"));
    if (source->path.len)
        xml_set(xml_add(node, "source"), source->is_block ? "dev" : "file", source->path);
}

xmlNodePtr domain_disk_add(xmlNodePtr devices, virConnectPtr connection, Value disk, Arena *arena) {
    Str id = source_of(disk);
    DiskSource source = {.path = id};
    if (id.len)
        (void)!find_source(connection, id, &source, arena);
    Str device = draft_text(disk, "device", STR("disk"));
    xmlNodePtr node = xml_add(devices, "disk");
    xml_set(node, "device", device);
    xmlNodePtr driver = xml_add(node, "driver");
    xml_set(driver, "name", STR("qemu"));
    xml_set(driver, "type", draft_text(disk, "format", STR("raw")));
    bool is_disk = str_equal(device, STR("disk"));
    if (is_disk)
        xml_set(driver, "discard", STR("unmap"));
    add_source(node, &source);
    xmlNodePtr target = xml_add(node, "target");
    xml_set(target, "dev", draft_text(disk, "target", STR_EMPTY));
    xml_set(target, "bus", draft_text(disk, "bus", STR("virtio")));
    if (!is_disk || draft_bool(disk, "readonly", false))
        xml_add(node, "readonly");
    if (items_has(disk, "serial"))
        xml_add_text(node, "serial", draft_text(disk, "serial", STR_EMPTY));
    return node;
}

/* A disk and no CD-ROM: small kernels have virtio and no SATA. */
xmlNodePtr domain_disk_add_seed(xmlNodePtr devices,
                                virConnectPtr connection,
                                Str volume_id,
                                Arena *arena) {
    DiskSource source = {.path = volume_id};
    (void)!find_source(connection, volume_id, &source, arena);
    xmlNodePtr node = xml_add(devices, "disk");
    xml_set(node, "device", STR("disk"));
    xmlNodePtr driver = xml_add(node, "driver");
    xml_set(driver, "name", STR("qemu"));
    xml_set(driver, "type", STR("raw"));
    add_source(node, &source);
    xmlNodePtr target = xml_add(node, "target");
    xml_set(target, "dev", STR(DOMAIN_SEED_TARGET));
    xml_set(target, "bus", STR("virtio"));
    xml_add(node, "readonly");
    return node;
}

/* `id` names the volume or file at that path. */
static bool names_path(virConnectPtr connection, Str id, Str path, Arena *arena) {
    DiskSource source = {0};
    if (str_equal(id, path))
        return true;
    return id.len && find_source(connection, id, &source, arena) && str_equal(source.path, path);
}

static Value read_disk(
    virConnectPtr connection, Value old, xmlNodePtr node, const Type *type, Arena *arena) {
    bool is_known = value_is_present(old);
    Draft draft = is_known ? draft_of(old, arena) : items_draft(type, arena);
    Str path = xml_get(node, "source/@file|source/@dev", arena);
    Str device = xml_get(node, "@device", arena);
    Str format = xml_get(node, "driver/@type", arena);
    if (!is_known || !names_path(connection, source_of(old), path, arena)) {
        bool was_volume = !is_known || items_has(old, "volume_id");
        items_set_text(&draft, was_volume ? "volume_id" : "file", path, arena);
    }
    draft_set_text(&draft, "device", device.len ? device : STR("disk"), arena);
    draft_set_text(&draft, "bus", xml_get(node, "target/@bus", arena), arena);
    draft_set_text(&draft, "target", xml_get(node, "target/@dev", arena), arena);
    draft_set_text(&draft, "format", format.len ? format : STR("raw"), arena);
    items_set_text(&draft, "serial", xml_get(node, "serial", arena), arena);
    bool is_readonly = xml_find(node, "readonly") != NULL;
    bool was_readonly = is_known && draft_bool(old, "readonly", false);
    bool is_cdrom = str_equal(device, STR("cdrom"));
    if (is_readonly != was_readonly && !is_cdrom)
        draft_set(&draft, "readonly", is_readonly ? value_bool(true) : value_null(&TYPE_BOOL));
    return draft_value(&draft);
}

Value domain_disk_read(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena) {
    const Type *type = items_type(state.type, "disk");
    XmlNodes nodes = xml_find_all(root, "devices/disk", arena);
    Values disks = {0};
    for (size_t i = 0; i < items_count(state, "disk"); i++) {
        Value old = items_at(state, "disk", i);
        Str target = draft_text(old, "target", STR_EMPTY);
        xmlNodePtr node = domain_device_find_disk(root, target, arena);
        if (node)
            vec_push(arena, &disks, read_disk(connection, old, node, type->element, arena));
    }
    vec_each(&nodes, node) {
        Str target = xml_get(*node, "target/@dev", arena);
        if (str_equal(target, STR(DOMAIN_SEED_TARGET)) ||
            value_is_present(domain_disk_find(state, target)))
            continue;
        Value none = value_null(type->element);
        vec_push(arena, &disks, read_disk(connection, none, *node, type->element, arena));
    }
    if (disks.count == 0 && !items_has(state, "disk"))
        return value_null(type);
    return items_list(type, &disks, arena);
}

Value domain_disk_read_seed(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena) {
    xmlNodePtr node = domain_device_find_disk(root, STR(DOMAIN_SEED_TARGET), arena);
    if (!node)
        return value_null(&TYPE_STRING);
    Str path = xml_get(node, "source/@file|source/@dev", arena);
    Str id = draft_text(state, "cloudinit", STR_EMPTY);
    return names_path(connection, id, path, arena) ? draft_attribute(state, "cloudinit")
                                                   : value_string(path, arena);
}
