/* domain_live: sets memory, processors, texts and limits; attaches, detaches and updates devices.
 */
#include "domain_live.h"

#include <libxml/tree.h>

#include "domain_attributes.h"
#include "domain_device.h"
#include "libvirt_error.h"
#include "nested_list.h"

/* The change of one argument. */
typedef struct Live {
    const Call *call;
    const LiveMachine *machine;
    const Attribute *attribute;
    Value prior; /* values of the argument */
    Value planned;
    Diags *diags;
    /* Of a list that xml_map writes; see find_items. */
    XmlDoc running;
    xmlNodePtr *kept;     /* the running element of each prior item, or NULL */
    xmlNodePtr *wanted;   /* the described element of each planned item, or NULL */
    xmlNodePtr *attached; /* the running element that equals each planned item, or NULL */
} Live;

/* Adds libvirt's error, or else that of a device that the guest holds. Always returns false. */
static bool add_live_error(const Live *live, Str what, const char *device) {
    if (libvirt_error_code() != VIR_ERR_OK)
        return libvirt_error_add(live->call, live->diags, "%.*s", STR_ARG(what));
    return libvirt_error_say(
        live->call, live->diags, what,
        str_format(live->call->arena,
                   "The guest did not release %s in time. A starting guest cannot release devices: "
                   "apply again, or set update_policy to reboot_if_needed.",
                   device));
}

static bool add_step_error(const Live *live, const char *what, Str which) {
    return add_live_error(
        live, str_format(live->call->arena, "Cannot %s %.*s", what, STR_ARG(which)), "it");
}

static bool add_row_error(const Live *live) {
    return add_live_error(
        live, str_format(live->call->arena, "Cannot change \"%s\"", live->attribute->name),
        "a device");
}

/* Typed parameters of a libvirt call; libvirt allocates `items`. */
typedef struct Parameters {
    virTypedParameterPtr items;
    int count;
    int room; /* allocated items */
} Parameters;

static void release_parameters(Parameters *parameters) {
    virTypedParamsFree(parameters->items, parameters->count);
}
SCOPED_TYPE(Parameters, release_parameters);

/* Adds a parameter. A null value resets the limit to `unset`, its default. */
static void add_number(Parameters *out, const char *name, Value value, int64_t unset) {
    int64_t number = unset;
    if (value_is_present(value))
        (void)value_to_int(value, &number);
    size_t length = strlen(name);
    bool is_signed = length > 6 && strcmp(name + length - 6, "_quota") == 0;
    int result = is_signed
                     ? virTypedParamsAddLLong(&out->items, &out->count, &out->room, name, number)
                     : virTypedParamsAddULLong(&out->items, &out->count, &out->room, name,
                                               (unsigned long long)number);
    CHECK(result == 0);
}

typedef struct LimitName {
    const char *attribute;
    const char *parameter; /* of libvirt */
    int64_t unset;         /* the parameter's default */
    int64_t factor;        /* unit of the attribute in units of the parameter */
} LimitName;

static const LimitName scheduler_limits[] = {
    {"shares", VIR_DOMAIN_SCHEDULER_CPU_SHARES, 1024, 1},
    {"period", VIR_DOMAIN_SCHEDULER_VCPU_PERIOD, 100000, 1},
    {"quota", VIR_DOMAIN_SCHEDULER_VCPU_QUOTA, -1, 1},
    {"global_period", VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD, 100000, 1},
    {"global_quota", VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA, -1, 1},
    {"emulator_period", VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD, 100000, 1},
    {"emulator_quota", VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA, -1, 1},
    {"iothread_period", VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD, 100000, 1},
    {"iothread_quota", VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA, -1, 1},
};

static const LimitName memory_limits[] = {
    {"hard_limit", VIR_DOMAIN_MEMORY_HARD_LIMIT, VIR_DOMAIN_MEMORY_PARAM_UNLIMITED, 1024},
    {"soft_limit", VIR_DOMAIN_MEMORY_SOFT_LIMIT, VIR_DOMAIN_MEMORY_PARAM_UNLIMITED, 1024},
    {"swap_hard_limit", VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, VIR_DOMAIN_MEMORY_PARAM_UNLIMITED, 1024},
};

static Value live_member_of(Value object, const char *name) {
    return value_is_present(object) ? object_attribute(object, name) : value_null(&TYPE_NUMBER);
}

static void add_limits(Value prior, Value planned, const LimitName *limits, size_t count,
                       Parameters *out) {
    for (size_t i = 0; i < count; i++) {
        Value old = live_member_of(prior, limits[i].attribute);
        Value new = live_member_of(planned, limits[i].attribute);
        int64_t number = 0;
        if (value_equal(old, new))
            continue;
        if (value_is_present(new) && value_to_int(new, &number))
            new = value_int(number * limits[i].factor);
        add_number(out, limits[i].parameter, new, limits[i].unset);
    }
}

/* Returns whether the limit differs and can be set: one without a number cannot be removed. */
static bool sends_disk_limit(Value old, Value new) {
    return !value_equal(old, new) && (new.type == &TYPE_NUMBER || !value_is_null(new));
}

static void add_disk_limits(Value old, Value disk, Parameters *out, Arena *arena) {
    Value prior = object_nested(old, "iotune", arena);
    Value planned = object_nested(disk, "iotune", arena);
    XmlRows rows = xml_map_nested(domain_attributes_of("disk"), "iotune");
    for (size_t i = 0; i < rows.count; i++) {
        const char *name = rows.attributes[i].name;
        Value value = object_attribute(planned, name);
        if (!sends_disk_limit(object_attribute(prior, name), value))
            continue;
        if (value.type == &TYPE_NUMBER)
            add_number(out, name, value, 0);
        else
            CHECK(virTypedParamsAddString(&out->items, &out->count, &out->room, name,
                                          str_to_cstr(value_text(value), arena)) == 0);
    }
}

bool domain_live_has_disk_limit(Value old, Value disk, Arena *arena) {
    Value prior = object_nested(old, "iotune", arena);
    Value planned = object_nested(disk, "iotune", arena);
    XmlRows rows = xml_map_nested(domain_attributes_of("disk"), "iotune");
    bool is_found = !value_is_known(object_attribute(disk, "iotune"));
    for (size_t i = 0; i < rows.count; i++)
        is_found |= sends_disk_limit(object_attribute(prior, rows.attributes[i].name),
                                     object_attribute(planned, rows.attributes[i].name));
    return is_found;
}

bool domain_live_has_memory_limit(Value prior, Value planned) {
    bool is_found = !value_is_known(planned);
    for (size_t i = 0; i < ARRAY_COUNT(memory_limits); i++)
        is_found |= !value_equal(live_member_of(prior, memory_limits[i].attribute),
                                 live_member_of(planned, memory_limits[i].attribute));
    return is_found;
}

static bool make_scheduler(Live *live, const LiveStep *) {
    SCOPED(Parameters) all = {0};
    add_limits(live->prior, live->planned, scheduler_limits, ARRAY_COUNT(scheduler_limits), &all);
    return virDomainSetSchedulerParametersFlags(live->machine->domain, all.items, all.count,
                                                VIR_DOMAIN_AFFECT_LIVE) == 0 ||
           add_row_error(live);
}

static bool make_memory_limits(Live *live, const LiveStep *) {
    SCOPED(Parameters) all = {0};
    add_limits(live->prior, live->planned, memory_limits, ARRAY_COUNT(memory_limits), &all);
    return virDomainSetMemoryParameters(live->machine->domain, all.items, all.count,
                                        VIR_DOMAIN_AFFECT_LIVE) == 0 ||
           add_row_error(live);
}

static bool make_memory(Live *live, const LiveStep *) {
    unsigned long kib = (unsigned long)object_int(live->machine->planned, "memory", 512) * 1024;
    unsigned attempt = 0;
    int result = -1;
    do {
        result = virDomainSetMemoryFlags(live->machine->domain, kib, VIR_DOMAIN_AFFECT_LIVE);
    } while (result < 0 && libvirt_error_retry(live->call, &attempt));
    return result == 0 || add_step_error(live, "change", STR("the memory"));
}

static bool make_vcpu(Live *live, const LiveStep *) {
    unsigned count = (unsigned)object_int(live->machine->planned, "vcpu", 1);
    unsigned attempt = 0;
    int result = -1;
    do {
        result = virDomainSetVcpusFlags(live->machine->domain, count, VIR_DOMAIN_AFFECT_LIVE);
    } while (result < 0 && libvirt_error_retry(live->call, &attempt));
    return result == 0 || add_step_error(live, "change", STR("the processors"));
}

/* Sets the title or the description. */
static bool make_text(Live *live, const LiveStep *) {
    const char *name = live->attribute->name;
    int kind =
        strcmp(name, "title") == 0 ? VIR_DOMAIN_METADATA_TITLE : VIR_DOMAIN_METADATA_DESCRIPTION;
    const char *text = value_is_present(live->planned)
                           ? str_to_cstr(value_text(live->planned), live->call->arena)
                           : NULL;
    return virDomainSetMetadata(live->machine->domain, kind, text, NULL, NULL,
                                VIR_DOMAIN_AFFECT_LIVE) == 0 ||
           libvirt_error_code() == VIR_ERR_NO_DOMAIN_METADATA ||
           add_step_error(live, "change the machine's", str_from_cstr(name));
}

/* Disks */

static Str target_of(Value disk) {
    return object_text(disk, "target", STR_EMPTY);
}

static const char *disk_text(const Live *live, Value disk) {
    Arena *arena = live->call->arena;
    xmlNodePtr node = domain_device_find_disk(live->machine->described, target_of(disk), arena);
    CHECK(node != NULL); /* domain_xml_edit added it */
    return xml_print_node(node, arena);
}

/* Returns whether an interrupted run has plugged the disk in, which the inactive XML does not
 * show. */
static bool is_plugged_in(const Live *live, Str target, const char *text) {
    static const char *const sources[] = {"source/@file", "source/@dev", "source/@pool",
                                          "source/@volume"};
    Arena *arena = live->call->arena;
    SCOPED(XmlDoc) wanted = {0};
    SCOPED(XmlDoc) now = {0};
    if (!xml_parse(text, &wanted) || !xml_take(virDomainGetXMLDesc(live->machine->domain, 0), &now))
        return false;
    xmlNodePtr found = domain_device_find_disk(xml_root(&now), target, arena);
    for (size_t i = 0; found && i < ARRAY_COUNT(sources); i++)
        if (!str_equal(xml_get(xml_root(&wanted), sources[i], arena),
                       xml_get(found, sources[i], arena)))
            return false;
    return found != NULL;
}

static bool attach_disk(Live *live, const LiveStep *step) {
    Value disk = value_at(live->planned, step->new);
    const char *text = disk_text(live, disk);
    return is_plugged_in(live, target_of(disk), text) ||
           domain_device_plug(live->call, live->machine->domain, text) ||
           add_step_error(live, "attach disk", target_of(disk));
}

static bool detach_disk(Live *live, const LiveStep *step) {
    Str target = target_of(value_at(live->prior, step->old));
    return domain_device_pull(live->call, live->machine->domain, domain_device_find_disk, target) ||
           add_step_error(live, "detach disk", target);
}

/* Changes the medium of a drive; forces it if the guest has locked the tray. */
static bool update_disk(Live *live, const LiveStep *step) {
    Value disk = value_at(live->planned, step->new);
    const char *text = disk_text(live, disk);
    unsigned flags = VIR_DOMAIN_AFFECT_LIVE;
    return virDomainUpdateDeviceFlags(live->machine->domain, text, flags) == 0 ||
           virDomainUpdateDeviceFlags(live->machine->domain, text,
                                      flags | VIR_DOMAIN_DEVICE_MODIFY_FORCE) == 0 ||
           add_step_error(live, "change the medium of", target_of(disk));
}

static bool limit_disk(Live *live, const LiveStep *step) {
    SCOPED(Parameters) all = {0};
    Arena *arena = live->call->arena;
    Value disk = value_at(live->planned, step->new);
    add_disk_limits(value_at(live->prior, step->old), disk, &all, arena);
    return virDomainSetBlockIoTune(live->machine->domain, str_to_cstr(target_of(disk), arena),
                                   all.items, all.count, VIR_DOMAIN_AFFECT_LIVE) == 0 ||
           add_step_error(live, "limit disk", target_of(disk));
}

/* Network interfaces */

static bool detach_nic(Live *live, const LiveStep *step) {
    Str mac = object_text(value_at(live->prior, step->old), "mac", STR_EMPTY);
    return domain_device_pull(live->call, live->machine->domain, domain_device_find_interface,
                              mac) ||
           add_step_error(live, "detach interface", mac);
}

/* Updates the live element with a new network and filter; everything else must be as in the running
 * guest. Attaches an interface that the guest lacks: an interrupted run may have attached a new
 * one. */
static bool put_nic(Live *live, const LiveStep *step) {
    static const char *const exchanged[] = {"source", "filterref", "link", "bandwidth"};
    Arena *arena = live->call->arena;
    virDomainPtr domain = live->machine->domain;
    Str mac = object_text(value_at(live->planned, step->new), "mac", STR_EMPTY);
    SCOPED(XmlDoc) now = {0};
    xmlNodePtr wanted = domain_device_find_interface(live->machine->described, mac, arena);
    CHECK(wanted != NULL); /* domain_xml_edit added it */
    if (!xml_take(virDomainGetXMLDesc(domain, 0), &now))
        return add_step_error(live, "read interface", mac);
    xmlNodePtr node = domain_device_find_interface(xml_root(&now), mac, arena);
    if (!node)
        return domain_device_plug(live->call, domain, xml_print_node(wanted, arena)) ||
               add_step_error(live, "attach interface", mac);
    for (size_t i = 0; i < ARRAY_COUNT(exchanged); i++) {
        xmlNodePtr old = xml_find(node, exchanged[i]);
        xmlNodePtr new = xml_find(wanted, exchanged[i]);
        if (old)
            xml_remove(old);
        if (new)
            xmlAddChild(node, xmlDocCopyNode(new, node->doc, 1));
    }
    xml_set(node, "type", xml_get(wanted, "@type", arena));
    return virDomainUpdateDeviceFlags(domain, xml_print_node(node, arena),
                                      VIR_DOMAIN_AFFECT_LIVE) == 0 ||
           add_step_error(live, "change interface", mac);
}

/* Lists that xml_map writes */

static size_t live_count(Value list) {
    return value_is_present(list) ? list.count : 0;
}

/* Finds the elements of the items before the first of them changes. */
static bool find_items(Live *live) {
    Arena *arena = live->call->arena;
    if (live->running.tree)
        return true;
    if (!xml_take(virDomainGetXMLDesc(live->machine->domain, VIR_DOMAIN_XML_SECURE),
                  &live->running))
        return libvirt_error_add(live->call, live->diags, "Cannot read the running machine");
    xmlNodePtr running = xml_root(&live->running);
    live->kept = arena_new_array(arena, xmlNodePtr, live_count(live->prior));
    live->wanted = arena_new_array(arena, xmlNodePtr, live_count(live->planned));
    live->attached = arena_new_array(arena, xmlNodePtr, live_count(live->planned));
    xml_map_find_items(live->attribute, live->prior, false, running, live->kept, arena);
    xml_map_find_items(live->attribute, live->planned, true, live->machine->described, live->wanted,
                       arena);
    /* An interrupted run may have attached some of the devices. */
    xml_map_find_items(live->attribute, live->planned, true, running, live->attached, arena);
    virResetLastError();
    return true;
}

static xmlNodePtr find_by_alias(xmlNodePtr domain, Str alias, Arena *arena) {
    XmlNodes nodes = xml_find_all(domain, "devices/*[alias]", arena);
    vec_each(&nodes, node)
        if (str_equal(xml_get(*node, "alias/@name", arena), alias))
            return *node;
    return NULL;
}

static bool detach_item(Live *live, const LiveStep *step) {
    if (!find_items(live))
        return false;
    xmlNodePtr node = live->kept[step->old];
    return !node ||
           domain_device_pull(live->call, live->machine->domain, find_by_alias,
                              xml_get(node, "alias/@name", live->call->arena)) ||
           add_row_error(live);
}

static bool update_item(Live *live, const LiveStep *step) {
    if (!find_items(live))
        return false;
    Arena *arena = live->call->arena;
    xmlNodePtr node = live->kept[step->old];
    if (!node)
        return true;
    xml_map_edit(xml_map_rows(live->attribute->nested), value_at(live->prior, step->old),
                 value_at(live->planned, step->new), node, arena);
    return virDomainUpdateDeviceFlags(live->machine->domain, xml_print_node(node, arena),
                                      VIR_DOMAIN_AFFECT_LIVE) == 0 ||
           add_row_error(live);
}

static bool attach_item(Live *live, const LiveStep *step) {
    if (!find_items(live))
        return false;
    xmlNodePtr node = live->wanted[step->new];
    return !node || live->attached[step->new] ||
           domain_device_plug(live->call, live->machine->domain,
                              xml_print_node(node, live->call->arena)) ||
           add_row_error(live);
}

static const struct {
    const char *name; /* of libvirt */
    bool (*make)(Live *live, const LiveStep *step);
} calls[] = {
    [LIVE_SET_MEMORY] = {"virDomainSetMemoryFlags", make_memory},
    [LIVE_SET_VCPU] = {"virDomainSetVcpusFlags", make_vcpu},
    [LIVE_SET_TEXT] = {"virDomainSetMetadata", make_text},
    [LIVE_SET_SCHEDULER] = {"virDomainSetSchedulerParametersFlags", make_scheduler},
    [LIVE_SET_MEMORY_LIMITS] = {"virDomainSetMemoryParameters", make_memory_limits},
    [LIVE_ATTACH_DISK] = {"virDomainAttachDeviceFlags", attach_disk},
    [LIVE_ATTACH_NIC] = {"virDomainAttachDeviceFlags", put_nic},
    [LIVE_ATTACH_ITEM] = {"virDomainAttachDeviceFlags", attach_item},
    [LIVE_DETACH_DISK] = {"virDomainDetachDeviceFlags", detach_disk},
    [LIVE_DETACH_NIC] = {"virDomainDetachDeviceFlags", detach_nic},
    [LIVE_DETACH_ITEM] = {"virDomainDetachDeviceFlags", detach_item},
    [LIVE_UPDATE_DISK] = {"virDomainUpdateDeviceFlags", update_disk},
    [LIVE_UPDATE_NIC] = {"virDomainUpdateDeviceFlags", put_nic},
    [LIVE_UPDATE_ITEM] = {"virDomainUpdateDeviceFlags", update_item},
    [LIVE_LIMIT_DISK] = {"virDomainSetBlockIoTune", limit_disk},
};

Str domain_live_text(const LiveSteps *steps, Arena *arena) {
    StrVec names = {0};
    bool is_text = false;
    for (LiveCall call = 0; call < ARRAY_COUNT(calls); call++)
        vec_each(steps, step) {
            Str name = str_from_cstr(calls[call].name);
            if (step->call == call && !str_is_among(name, names.items, names.count))
                vec_push(arena, &names, name);
            is_text |= step->call == LIVE_SET_TEXT;
        }
    if (names.count == 0)
        return STR("the guest does not see it");
    return str_format(arena, "%s (%.*s)",
                      is_text ? "the guest does not see it" : "while the machine runs",
                      STR_ARG(str_join(names.items, names.count, STR(", "), arena)));
}

bool domain_live_make(const Call *call, const LiveMachine *machine, const Attribute *attribute,
                      const LiveSteps *steps, Diags *diags) {
    Live live = {
        .call = call,
        .machine = machine,
        .attribute = attribute,
        .prior = object_attribute(machine->prior, attribute->name),
        .planned = object_attribute(machine->planned, attribute->name),
        .diags = diags,
    };
    bool is_done = true;
    for (size_t i = 0; is_done && i < steps->count; i++) {
        virResetLastError();
        is_done = calls[steps->items[i].call].make(&live, &steps->items[i]);
    }
    xml_release(&live.running);
    return is_done;
}
