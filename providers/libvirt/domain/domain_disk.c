/* domain_disk: disks of machines. */
#include "domain_disk.h"

#include "domain_attributes.h"
#include "domain_device.h"
#include "libvirt_error.h"
#include "nested_list.h"
#include "url.h"
#include "volume_find.h"
#include "xml_edit.h"

/* The arguments that name the image of a disk. At most one is set. */
static const char *const source_names[] = {"volume_id", "file", "block_device", "url"};

static Str domain_disk_source_of(Value disk) {
    for (size_t i = 0; i < ARRAY_COUNT(source_names); i++)
        if (object_has(disk, source_names[i]))
            return object_text(disk, source_names[i], STR_EMPTY);
    return STR_EMPTY;
}

/* Compares sources as far as they are known. A path may be given as a volume's key or as a file. */
static bool is_same_source(Value a, Value b) {
    bool is_same_text = domain_disk_source_of(a).len &&
                        str_equal(domain_disk_source_of(a), domain_disk_source_of(b));
    bool is_equal = true;
    for (size_t i = 0; i < ARRAY_COUNT(source_names); i++)
        is_equal &= !object_differs(a, b, source_names[i]);
    return is_same_text || is_equal;
}

size_t domain_disk_index(Value domain, Str target) {
    for (size_t i = 0; i < nested_list_count(domain, "disk"); i++)
        if (str_equal(object_text(nested_list_at(domain, "disk", i), "target", STR_EMPTY), target))
            return i;
    return SIZE_MAX;
}

Value domain_disk_find(Value domain, Str target) {
    size_t i = domain_disk_index(domain, target);
    return i == SIZE_MAX ? value_null(nested_list_element(domain.type, "disk"))
                         : nested_list_at(domain, "disk", i);
}

static bool domain_disk_is_claimed(const StrVec *targets, Str target) {
    vec_each(targets, claimed)
        if (str_equal(*claimed, target))
            return true;
    return false;
}

/* The alias marks the seed's disk: users may place their own disks at any target. It starts with
 * "ua-", since libvirt keeps only such aliases. */
#define SEED_ALIAS "ua-loam-seed"

/* Returns the name with this index after the prefix: a to z, then aa, as libvirt counts. */
static Str device_name(const char *prefix, size_t index, Arena *arena) {
    char letters[16];
    size_t start = sizeof(letters);
    for (size_t rest = index + 1; rest > 0; rest = (rest - 1) / 26)
        letters[--start] = (char)('a' + (rest - 1) % 26);
    return str_format(arena, "%s%.*s", prefix, (int)(sizeof(letters) - start), &letters[start]);
}

bool domain_disk_is_seed_target(Str target) {
    bool is_seed = target.len > 2 && str_starts_with(target, STR("vd"));
    for (size_t i = 2; i < target.len; i++)
        is_seed &= target.ptr[i] == 'z';
    return is_seed;
}

/* Returns the first unclaimed target of the bus. Targets of seeds are not used, so that a disk can
 * be attached while the machine runs. */
static Str next_free(const StrVec *targets, Str bus, Arena *arena) {
    const char *prefix = str_equal(bus, STR("virtio")) ? "vd"
                         : str_equal(bus, STR("ide"))  ? "hd"
                         : str_equal(bus, STR("fdc"))  ? "fd"
                                                       : "sd";
    size_t index = 0;
    Str target = device_name(prefix, index, arena);
    while (domain_disk_is_claimed(targets, target) || domain_disk_is_seed_target(target))
        target = device_name(prefix, ++index, arena);
    return target;
}

static Value config_disk(Value config, size_t i) {
    return i < nested_list_count(config, "disk")
               ? nested_list_at(config, "disk", i)
               : value_null(nested_list_element(config.type, "disk"));
}

static bool is_configured(Value item, const char *name) {
    return value_is_present(item) && !value_is_null(object_attribute(item, name));
}

/* Disks that a plan compares. */
typedef struct DiskPlan {
    Value prior;    /* the machine; null: none */
    bool *is_taken; /* for each prior disk: it became a planned one */
    StrVec claimed; /* targets of planned disks */
    Arena *arena;
} DiskPlan;

/* Returns the index of the disk's entry in the prior list: by target, else by source, else `i`;
 * SIZE_MAX if there is none. */
static size_t find_prior(const DiskPlan *plan, Value disk, size_t i) {
    size_t count = value_is_null(plan->prior) ? 0 : nested_list_count(plan->prior, "disk");
    Str target = object_text(disk, "target", STR_EMPTY);
    for (size_t n = 0; target.len && n < count; n++)
        if (!plan->is_taken[n] &&
            str_equal(object_text(nested_list_at(plan->prior, "disk", n), "target", STR_EMPTY),
                      target))
            return n;
    for (size_t n = 0; domain_disk_source_of(disk).len && n < count; n++)
        if (!plan->is_taken[n] && is_same_source(nested_list_at(plan->prior, "disk", n), disk))
            return n;
    bool is_unknown = false;
    for (size_t n = 0; n < ARRAY_COUNT(source_names); n++)
        is_unknown |= !value_is_wholly_known(object_attribute(disk, source_names[n]));
    Str device = object_text(disk, "device", STR_EMPTY);
    bool is_drive = str_equal(device, STR("cdrom")) || str_equal(device, STR("floppy"));
    return (is_unknown || is_drive) && i < count && !plan->is_taken[i] ? i : SIZE_MAX;
}

/* Keeps the bus of an existing disk. */
static void plan_bus(ObjectBuilder *builder, Value given, Value old, Arena *arena) {
    Value device = object_builder_get(builder, "device");
    if (is_configured(given, "bus") || !value_is_present(device))
        return;
    bool is_cdrom = str_equal(value_text(device), STR("cdrom"));
    bool is_same = value_is_present(old) && value_equal(device, object_attribute(old, "device")) &&
                   object_has(old, "bus");
    bool is_floppy = str_equal(value_text(device), STR("floppy"));
    Str usual = is_cdrom ? STR("sata") : is_floppy ? STR("fdc") : STR("virtio");
    object_builder_set_text(builder, "bus", is_same ? object_text(old, "bus", usual) : usual,
                            arena);
}

/* Sets targets that follow from the configuration or the prior state; others stay unknown. */
static Value plan_settled(DiskPlan *plan, Value given, Value disk, size_t i) {
    Arena *arena = plan->arena;
    ObjectBuilder builder = object_builder_of(disk, arena);
    if (!is_configured(given, "target"))
        object_builder_set(&builder, "target", value_unknown(&TYPE_STRING));
    size_t n = find_prior(plan, object_builder_value(&builder), i);
    Value old = n == SIZE_MAX ? value_null(disk.type) : nested_list_at(plan->prior, "disk", n);
    plan_bus(&builder, given, old, arena);
    if (value_is_present(old) && !object_differs(old, object_builder_value(&builder), "bus")) {
        plan->is_taken[n] = true;
        if (!is_configured(given, "target"))
            object_builder_set(&builder, "target", object_attribute(old, "target"));
    }
    bool keeps_format = value_is_present(old) && is_same_source(old, disk);
    if (!is_configured(given, "format"))
        object_builder_set(&builder, "format",
                           keeps_format ? object_attribute(old, "format")
                                        : value_unknown(&TYPE_STRING));
    Value target = object_builder_get(&builder, "target");
    if (value_is_present(target))
        vec_push(arena, &plan->claimed, value_text(target));
    return object_builder_value(&builder);
}

Value domain_disk_plan(Value prior, Value config, Value planned, Arena *arena) {
    Value list = object_attribute(planned, "disk");
    if (!value_is_present(list) || list.count == 0)
        return list;
    size_t prior_count = value_is_null(prior) ? 0 : nested_list_count(prior, "disk");
    DiskPlan plan = {
        .prior = prior,
        .is_taken = arena_new_array(arena, bool, prior_count),
        .arena = arena,
    };
    ValueVec disks = {0};
    for (size_t i = 0; i < list.count; i++) {
        Value disk = value_at(list, i);
        if (!value_is_present(disk))
            return list;
        vec_push(arena, &disks, plan_settled(&plan, config_disk(config, i), disk, i));
    }
    vec_each(&disks, disk) {
        Value bus = object_attribute(*disk, "bus");
        bool is_settled = value_is_known(object_attribute(*disk, "target"));
        if (is_settled || !value_is_present(bus))
            continue;
        Str target = next_free(&plan.claimed, value_text(bus), arena);
        vec_push(arena, &plan.claimed, target);
        *disk = object_with_text(*disk, "target", target, arena);
    }
    return nested_list_value(list.type, &disks, arena);
}

/* The source of a disk in the XML. */
typedef struct DiskSource {
    Str path;
    Str format;
    bool is_block;
} DiskSource;

static bool domain_disk_find_source(virConnectPtr connection, Str id, DiskSource *out,
                                    Arena *arena) {
    SCOPED(virStorageVolPtr) volume = volume_find_by_id(connection, id, arena);
    if (!volume)
        return false;
    virStorageVolInfo info = {0};
    char *path = virStorageVolGetPath(volume);
    if (path)
        out->path = str_clone(str_from_cstr(path), arena);
    free(path);
    out->format = volume_find_format(volume, arena);
    /* libvirt may report another format by the content, but the guest gets raw bytes. */
    if (!str_equal(out->format, STR("qcow2")))
        out->format = STR("raw");
    out->is_block = virStorageVolGetInfo(volume, &info) == 0 && info.type == VIR_STORAGE_VOL_BLOCK;
    return out->path.len > 0;
}

static bool resolve_disk(const Call *call, virConnectPtr connection, Value *disk, Diags *diags) {
    Str id = domain_disk_source_of(*disk);
    DiskSource source = {.path = id, .format = STR("raw")};
    bool is_found = !id.len || object_has(*disk, "url") ||
                    domain_disk_find_source(connection, id, &source, call->arena);
    if (!is_found && object_has(*disk, "volume_id"))
        return libvirt_error_add(call, diags, "Cannot find the disk's volume \"%.*s\"",
                                 STR_ARG(id));
    if (object_has(*disk, "format"))
        return true;
    *disk = object_with_text(*disk, "format", source.format, call->arena);
    return true;
}

bool domain_disk_resolve(const Call *call, virConnectPtr connection, Value *domain, Diags *diags) {
    Arena *arena = call->arena;
    ObjectBuilder builder = object_builder_of(*domain, arena);
    Value list = domain_disk_plan(value_null(domain->type), *domain, *domain, arena);
    ValueVec disks = {0};
    for (size_t i = 0; value_is_present(list) && i < list.count; i++) {
        Value disk = value_at(list, i);
        if (!resolve_disk(call, connection, &disk, diags))
            return false;
        vec_push(arena, &disks, disk);
    }
    if (value_is_present(list))
        object_builder_set(&builder, "disk", nested_list_value(list.type, &disks, arena));
    *domain = object_builder_value(&builder);
    return true;
}

static bool domain_disk_is_url(Str path) {
    return str_starts_with(path, STR("http://")) || str_starts_with(path, STR("https://"));
}

static Str usual_port(Str scheme) {
    return str_equal(scheme, STR("https")) ? STR("443") : STR("80");
}

/* Returns the port of the URL; empty if it names none. */
static Str port_of(const Url *url) {
    Str port = str_after(url->host, url_host_name(url).len);
    return port.len ? str_after(port, 1) : port;
}

/* Writes "https://host:443/a/b?c" as <source protocol="https" name="a/b" query="c"><host
 * name="host" port="443"/></source>. libvirt requires the name, also an empty one. */
static void set_url(xmlNodePtr node, Str text) {
    Url url;
    CHECK(url_parse(text, &url)); /* the schema checks it */
    Str host = url_host_name(&url), port = port_of(&url);
    if (str_starts_with(host, STR("[")) && str_ends_with(host, STR("]")))
        host = str_slice(host, 1, host.len - 1);
    xml_set(node, "type", STR("network"));
    xmlNodePtr source = xml_need(node, "source");
    xml_set(source, "protocol", url.scheme);
    xml_set(source, "name", url.path.len ? str_after(url.path, 1) : STR_EMPTY);
    if (url.query.len)
        xml_set(source, "query", url.query);
    xmlNodePtr place = xml_need(source, "host");
    xml_set(place, "name", host);
    xml_set(place, "port", port.len ? port : usual_port(url.scheme));
}

/* Returns the URL as url_of returns it: with a path, without the usual port and a fragment. */
static Str url_normal(Str text, Arena *arena) {
    Url url;
    if (!url_parse(text, &url))
        return text;
    if (str_equal(port_of(&url), usual_port(url.scheme)))
        url.host = url_host_name(&url);
    if (url.path.len == 0)
        url.path = STR("/");
    url.fragment = STR_EMPTY;
    return url_to_str(&url, arena);
}

static Str url_of(xmlNodePtr node, Arena *arena) {
    Str host = xml_get(node, "source/host/@name", arena);
    Str port = xml_get(node, "source/host/@port", arena);
    Str name = xml_get(node, "source/@name", arena);
    bool is_v6 = str_find_char(host, ':', 0) != SIZE_MAX;
    Url url = {
        .scheme = xml_get(node, "source/@protocol", arena),
        .host = str_format(arena, is_v6 ? "[%.*s]%s%.*s" : "%.*s%s%.*s", STR_ARG(host),
                           port.len ? ":" : "", STR_ARG(port)),
        .path = str_concat(STR("/"), name, arena),
        .query = xml_get(node, "source/@query", arena),
    };
    return url_normal(url_to_str(&url, arena), arena);
}

/* Returns the image of the disk; its path is empty if the drive has no medium. */
static DiskSource domain_disk_look_up(virConnectPtr connection, Value disk, Arena *arena) {
    DiskSource source = {.path = domain_disk_source_of(disk)};
    if (source.path.len && !object_has(disk, "url"))
        (void)!domain_disk_find_source(connection, source.path, &source, arena);
    source.is_block |= object_has(disk, "block_device");
    return source;
}

/* Returns the target of the next seed: "vdz"; if a disk has it, "vdzz", and so on. */
static Str free_seed_target(xmlNodePtr root, Arena *arena) {
    Str target = STR(DOMAIN_SEED_TARGET);
    while (domain_device_find_disk(root, target, arena))
        target = str_concat(target, STR("z"), arena);
    return target;
}

/* Returns the CD-ROM that dmacvicar/libvirt made for a seed, unless `state` has it as a disk. */
static xmlNodePtr find_foreign_seed(xmlNodePtr root, Value state, Arena *arena) {
    xmlNodePtr node = xml_find(root, "devices/disk[@device='cdrom'][serial='cloudinit']");
    if (!node || !value_is_present(state))
        return node;
    Value disk = domain_disk_find(state, xml_get(node, "target/@dev", arena));
    return value_is_present(disk) ? NULL : node;
}

/* Returns the seed's disk; NULL if none. Earlier versions did not mark it: their seed is the
 * read-only disk at its target, if `state` has a seed and no disk there. */
static xmlNodePtr find_seed(xmlNodePtr root, Value state, Arena *arena) {
    xmlNodePtr marked = xml_find(root, "devices/disk[alias/@name='" SEED_ALIAS "']");
    if (!marked)
        marked = find_foreign_seed(root, state, arena);
    Str target = STR(DOMAIN_SEED_TARGET);
    if (marked || !value_is_present(state) || !object_has(state, "cloudinit") ||
        value_is_present(domain_disk_find(state, target)))
        return marked;
    xmlNodePtr node = domain_device_find_disk(root, target, arena);
    return node && xml_find(node, "readonly") ? node : NULL;
}

/* Returns the image's path in the XML, or "pool/name" of a volume that cannot be looked up now.
 * Empty for a drive without a medium. */
static Str source_path(virConnectPtr connection, xmlNodePtr node, Arena *arena) {
    if (xml_find(node, "source/@protocol"))
        return url_of(node, arena);
    Str path = xml_get(node, "source/@file|source/@dev", arena);
    Str pool = xml_get(node, "source/@pool", arena);
    if (path.len || !pool.len)
        return path;
    Str id = str_format(arena, "%.*s/%.*s", STR_ARG(pool),
                        STR_ARG(xml_get(node, "source/@volume", arena)));
    DiskSource source = {0};
    return domain_disk_find_source(connection, id, &source, arena) ? source.path : id;
}

static bool is_volume(virConnectPtr connection, Str path, Arena *arena) {
    DiskSource source = {0};
    return domain_disk_find_source(connection, path, &source, arena);
}

/* Returns whether the schema can express the element: an image on the host, as a disk or CD-ROM.
 * Other disks are never changed. */
static bool is_known_disk(xmlNodePtr node, Arena *arena) {
    static const Str types[] = {STR_CONST("file"), STR_CONST("block"), STR_CONST("volume")};
    static const Str devices[] = {STR_CONST(""), STR_CONST("disk"), STR_CONST("cdrom"),
                                  STR_CONST("floppy"), STR_CONST("lun")};
    static const Str buses[] = {STR_CONST("virtio"), STR_CONST("scsi"), STR_CONST("sata"),
                                STR_CONST("ide"),    STR_CONST("fdc"),  STR_CONST("usb")};
    bool is_type = str_is_among(xml_get(node, "@type", arena), types, ARRAY_COUNT(types)) ||
                   str_starts_with(xml_get(node, "source/@protocol", arena), STR("http"));
    return is_type &&
           str_is_among(xml_get(node, "@device", arena), devices, ARRAY_COUNT(devices)) &&
           str_is_among(xml_get(node, "target/@bus", arena), buses, ARRAY_COUNT(buses));
}

/* Sets the image of the disk. Removes the backing chain, if the XML has one. */
static void domain_disk_set_source(xmlNodePtr node, virConnectPtr connection, DiskSource source,
                                   Arena *arena) {
    static const char *const places[] = {"file", "dev",      "pool", "volume",
                                         "mode", "protocol", "name", "query"};
    if (str_equal(source_path(connection, node, arena), source.path))
        return;
    xml_edit_remove_all(node, "backingStore");
    xml_edit_remove_all(node, "source/host");
    if (domain_disk_is_url(source.path)) {
        xml_edit_remove_all(node, "source");
        set_url(node, source.path);
        return;
    }
    if (!source.path.len) {
        xml_edit_remove_all(node, "source");
        return;
    }
    xml_edit_attribute(node, "type", source.is_block ? STR("block") : STR("file"));
    xmlNodePtr place = xml_need(node, "source");
    for (size_t i = 0; i < ARRAY_COUNT(places); i++)
        xml_edit_attribute(place, places[i], STR_EMPTY);
    xml_set(place, source.is_block ? "dev" : "file", source.path);
}

/* Edits the differences between `before`, the current content of the element, and `disk`. If
 * `before` is null, all arguments of `disk` are written. */
static void edit_disk(xmlNodePtr node, virConnectPtr connection, Value before, Value disk,
                      Arena *arena) {
    bool is_new = !value_is_present(before);
    if (is_new || object_differs(before, disk, "device"))
        xml_edit_attribute(node, "device", object_text(disk, "device", STR("disk")));
    if (is_new || object_differs(before, disk, "bus")) {
        xml_edit_child(node, "target", "bus", object_text(disk, "bus", STR("virtio")));
        xml_edit_remove_all(node, "address"); /* of the previous bus */
    }
    if (is_new || object_differs(before, disk, "target"))
        xml_edit_child(node, "target", "dev", object_text(disk, "target", STR_EMPTY));
    if (is_new || object_differs(before, disk, "format"))
        xml_edit_child(node, "driver", "type", object_text(disk, "format", STR("raw")));
    if (is_new || !is_same_source(before, disk))
        domain_disk_set_source(node, connection, domain_disk_look_up(connection, disk, arena),
                               arena);
    if (is_new || object_differs(before, disk, "serial"))
        xml_edit_text(node, "serial", object_text(disk, "serial", STR_EMPTY));
    if (is_new || object_differs(before, disk, "readonly"))
        xml_edit_flag(node, "readonly", object_bool(disk, "readonly", false));
    xml_map_edit(domain_attributes_of("disk"), before, disk, node, arena);
}

/* Adds a disk of libvirt's defaults, without an image. */
static xmlNodePtr add_raw_disk(xmlNodePtr root) {
    xmlNodePtr node = xml_add(xml_need(root, "devices"), "disk");
    xml_set(node, "type", STR("file"));
    xml_set(node, "device", STR("disk"));
    xmlNodePtr driver = xml_add(node, "driver");
    xml_set(driver, "name", STR("qemu"));
    xml_set(driver, "type", STR("raw"));
    return node;
}

static void add_disk(xmlNodePtr root, virConnectPtr connection, Value disk, Arena *arena) {
    static const Str writable[] = {STR_CONST("disk"), STR_CONST("lun"), STR_CONST("floppy")};
    Str device = object_text(disk, "device", STR("disk"));
    xmlNodePtr node = add_raw_disk(root);
    if (str_equal(device, STR("disk")) && !domain_disk_is_url(domain_disk_source_of(disk)))
        xml_set(xml_need(node, "driver"), "discard", STR("unmap"));
    edit_disk(node, connection, value_null(disk.type), disk, arena);
    if (!str_is_among(device, writable, ARRAY_COUNT(writable)))
        (void)xml_need(node, "readonly");
}

/* Returns the disk of `prior` that became `disk` of `planned`: by target, else by image. Null for a
 * new disk. */
static Value disk_before(Value prior, Value planned, Value disk) {
    Value same = domain_disk_find(prior, object_text(disk, "target", STR_EMPTY));
    if (value_is_present(same) || !domain_disk_source_of(disk).len)
        return same;
    for (size_t i = 0; i < nested_list_count(prior, "disk"); i++) {
        Value old = nested_list_at(prior, "disk", i);
        if (str_equal(domain_disk_source_of(old), domain_disk_source_of(disk)) &&
            !value_is_present(domain_disk_find(planned, object_text(old, "target", STR_EMPTY))))
            return old;
    }
    return same;
}

static const DomainDeviceList disk_list = {"disk", "target", domain_device_find_disk};

/* Moves the seed if a disk of `planned` gets its target. */
static void move_seed(xmlNodePtr root, Value prior, Value planned, Arena *arena) {
    xmlNodePtr seed = find_seed(root, prior, arena);
    Str target = seed ? xml_get(seed, "target/@dev", arena) : STR_EMPTY;
    if (!seed || !value_is_present(domain_disk_find(planned, target)))
        return;
    while (value_is_present(domain_disk_find(planned, target)) ||
           domain_device_find_disk(root, target, arena))
        target = str_concat(target, STR("z"), arena);
    xml_edit_child(seed, "target", "dev", target);
    xml_edit_child(seed, "alias", "name", STR(SEED_ALIAS));
}

static void edit_disks(xmlNodePtr root, virConnectPtr connection, Value prior, Value planned,
                       Arena *arena) {
    move_seed(root, prior, planned, arena);
    size_t count = nested_list_count(planned, "disk");
    Value *before = arena_new_array(arena, Value, count);
    xmlNodePtr *nodes = arena_new_array(arena, xmlNodePtr, count);
    for (size_t i = 0; i < count; i++) {
        Value disk = nested_list_at(planned, "disk", i);
        before[i] = disk_before(prior, planned, disk);
        nodes[i] = domain_device_of(root, &disk_list,
                                    value_is_present(before[i]) ? before[i] : disk, arena);
    }
    domain_device_remove_rest(root, &disk_list, prior, nodes, count, arena);
    for (size_t i = 0; i < count; i++) {
        Value disk = nested_list_at(planned, "disk", i);
        if (nodes[i])
            edit_disk(nodes[i], connection, before[i], disk, arena);
        else
            add_disk(root, connection, disk, arena);
    }
}

/* Adds the seed's disk. It is no CD-ROM: small kernels support virtio but not SATA. */
static xmlNodePtr add_seed(xmlNodePtr root, Arena *arena) {
    Str seed_target = free_seed_target(root, arena);
    xmlNodePtr node = add_raw_disk(root);
    xmlNodePtr target = xml_add(node, "target");
    xml_set(target, "dev", seed_target);
    xml_set(target, "bus", STR("virtio"));
    xml_add(node, "readonly");
    xml_add(node, "alias");
    return node;
}

static void edit_seed(xmlNodePtr root, virConnectPtr connection, Value prior, Value planned,
                      Arena *arena) {
    DiskSource source = {.path = object_text(planned, "cloudinit", STR_EMPTY)};
    xmlNodePtr node = find_seed(root, prior, arena);
    if (!source.path.len && node)
        xml_remove(node);
    if (!source.path.len)
        return;
    (void)!domain_disk_find_source(connection, source.path, &source, arena);
    if (!node)
        node = add_seed(root, arena);
    domain_disk_set_source(node, connection, source, arena);
    xml_edit_child(node, "alias", "name", STR(SEED_ALIAS));
}

void domain_disk_edit(xmlNodePtr root, virConnectPtr connection, Value prior, Value planned,
                      Arena *arena) {
    if (object_differs(prior, planned, "disk"))
        edit_disks(root, connection, prior, planned, arena);
    if (object_differs(prior, planned, "cloudinit"))
        edit_seed(root, connection, prior, planned, arena);
}

/* Returns whether `id` is the volume, file or URL at that path. */
static bool names_path(virConnectPtr connection, Str id, Str path, Arena *arena) {
    DiskSource source = {0};
    if (domain_disk_is_url(id))
        return str_equal(url_normal(id, arena), path);
    if (str_equal(id, path))
        return true;
    return id.len && domain_disk_find_source(connection, id, &source, arena) &&
           str_equal(source.path, path);
}

static Value read_disk(virConnectPtr connection, Value old, xmlNodePtr node, const Type *type,
                       Arena *arena) {
    bool is_known = value_is_present(old);
    ObjectBuilder builder =
        is_known ? object_builder_of(old, arena) : object_builder_null(type, arena);
    Str path = source_path(connection, node, arena);
    Str device = xml_get(node, "@device", arena);
    Str format = xml_get(node, "driver/@type", arena);
    if (!is_known || !names_path(connection, domain_disk_source_of(old), path, arena)) {
        bool was_volume =
            is_known ? object_has(old, "volume_id") : is_volume(connection, path, arena);
        bool is_block =
            xml_find(node, "self::*[@type='block']") && !(is_known && object_has(old, "file"));
        for (size_t i = 0; i < ARRAY_COUNT(source_names); i++)
            object_builder_set(&builder, source_names[i], value_null(&TYPE_STRING));
        const char *name = domain_disk_is_url(path) ? "url"
                           : was_volume             ? "volume_id"
                           : is_block               ? "block_device"
                                                    : "file";
        object_builder_set_optional(&builder, name, path, arena);
    }
    object_builder_set_text(&builder, "device", device.len ? device : STR("disk"), arena);
    object_builder_set_text(&builder, "bus", xml_get(node, "target/@bus", arena), arena);
    object_builder_set_text(&builder, "target", xml_get(node, "target/@dev", arena), arena);
    object_builder_set_text(&builder, "format", format.len ? format : STR("raw"), arena);
    object_builder_set_optional(&builder, "serial", xml_get(node, "serial", arena), arena);
    bool is_readonly = xml_find(node, "readonly") != NULL;
    bool was_readonly = is_known && object_bool(old, "readonly", false);
    bool is_cdrom = str_equal(device, STR("cdrom"));
    if (is_readonly != was_readonly && !is_cdrom)
        object_builder_set(&builder, "readonly",
                           is_readonly ? value_bool(true) : value_null(&TYPE_BOOL));
    xml_map_read(domain_attributes_of("disk"), old, node, !is_known, &builder, arena);
    return object_builder_value(&builder);
}

/* Returns the disks in the order of `state`, without the cloud-init seed. */
static Value read_disks(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena) {
    const Type *type = object_attribute_type(state.type, "disk");
    XmlNodes nodes = xml_find_all(root, "devices/disk", arena);
    xmlNodePtr seed = find_seed(root, state, arena);
    ValueVec disks = {0};
    for (size_t i = 0; i < nested_list_count(state, "disk"); i++) {
        Value old = nested_list_at(state, "disk", i);
        Str target = object_text(old, "target", STR_EMPTY);
        xmlNodePtr node = domain_device_find_disk(root, target, arena);
        if (node && node != seed)
            vec_push(arena, &disks, read_disk(connection, old, node, type->element, arena));
    }
    vec_each(&nodes, node) {
        Str target = xml_get(*node, "target/@dev", arena);
        if (*node == seed || !is_known_disk(*node, arena) ||
            value_is_present(domain_disk_find(state, target)))
            continue;
        Value none = value_null(type->element);
        vec_push(arena, &disks, read_disk(connection, none, *node, type->element, arena));
    }
    if (disks.count == 0 && !object_has(state, "disk"))
        return value_null(type);
    return nested_list_value(type, &disks, arena);
}

/* Returns the seed's volume as the state names it, if it is the same; otherwise the path in the
 * XML. */
static Value read_seed(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena) {
    xmlNodePtr node = find_seed(root, state, arena);
    if (!node)
        return value_null(&TYPE_STRING);
    Str path = source_path(connection, node, arena);
    Str id = object_text(state, "cloudinit", STR_EMPTY);
    return names_path(connection, id, path, arena) ? object_attribute(state, "cloudinit")
                                                   : value_string(path, arena);
}

void domain_disk_read(ObjectBuilder *builder, virConnectPtr connection, Value state,
                      xmlNodePtr root, Arena *arena) {
    object_builder_set(builder, "disk", read_disks(connection, state, root, arena));
    object_builder_set(builder, "cloudinit", read_seed(connection, state, root, arena));
}
