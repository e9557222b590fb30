/* domain_live: limits by typed parameters; lists of devices by attach, detach and update. */
#include "domain_live.h"

#include "domain_attributes.h"
#include "domain_device.h"
#include "libvirt_error.h"
#include "nested_list.h"

/* The live change of one argument. */
typedef struct Live {
    const Call *call;
    virDomainPtr domain;
    const Attribute *attribute;
    Value prior; /* values of the argument */
    Value planned;
    xmlNodePtr described; /* the edited definition */
    xmlNodePtr running;   /* the live XML */
} Live;

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

static void add_limits(const Live *live, const LimitName *limits, size_t count, Parameters *out) {
    for (size_t i = 0; i < count; i++) {
        Value old = live_member_of(live->prior, limits[i].attribute);
        Value new = live_member_of(live->planned, limits[i].attribute);
        int64_t number = 0;
        if (value_equal(old, new))
            continue;
        if (value_is_present(new) && value_to_int(new, &number))
            new = value_int(number * limits[i].factor);
        add_number(out, limits[i].parameter, new, limits[i].unset);
    }
}

static bool set_scheduler(const Live *live) {
    SCOPED(Parameters) all = {0};
    add_limits(live, scheduler_limits, ARRAY_COUNT(scheduler_limits), &all);
    return all.count == 0 || virDomainSetSchedulerParametersFlags(
                                 live->domain, all.items, all.count, VIR_DOMAIN_AFFECT_LIVE) == 0;
}

static bool live_set_memory(const Live *live) {
    SCOPED(Parameters) all = {0};
    add_limits(live, memory_limits, ARRAY_COUNT(memory_limits), &all);
    return all.count == 0 || virDomainSetMemoryParameters(live->domain, all.items, all.count,
                                                          VIR_DOMAIN_AFFECT_LIVE) == 0;
}

static XmlRows iotune_rows(void) {
    XmlRows rows = domain_attributes_of("disk");
    size_t i = 0;
    while (strcmp(rows.attributes[i].name, "iotune") != 0)
        CHECK(++i < rows.count);
    return xml_map_rows(rows.attributes[i].nested);
}

bool domain_live_set_iotune(const Call *call, virDomainPtr domain, Value old, Value disk) {
    SCOPED(Parameters) all = {0};
    Value prior = object_nested(old, "iotune", call->arena);
    Value planned = object_nested(disk, "iotune", call->arena);
    XmlRows rows = iotune_rows();
    for (size_t i = 0; i < rows.count; i++) {
        const char *name = rows.attributes[i].name;
        Value value = object_attribute(planned, name);
        if (value_equal(object_attribute(prior, name), value))
            continue;
        if (value.type == &TYPE_NUMBER)
            add_number(&all, name, value, 0);
        else if (value_is_present(value))
            CHECK(virTypedParamsAddString(&all.items, &all.count, &all.room, name,
                                          str_to_cstr(value_text(value), call->arena)) == 0);
    }
    const char *target = str_to_cstr(object_text(disk, "target", STR_EMPTY), call->arena);
    return all.count == 0 || virDomainSetBlockIoTune(domain, target, all.items, all.count,
                                                     VIR_DOMAIN_AFFECT_LIVE) == 0;
}

static xmlNodePtr find_by_alias(xmlNodePtr domain, Str alias, Arena *arena) {
    XmlNodes nodes = xml_find_all(domain, "devices/*[alias]", arena);
    vec_each(&nodes, node)
        if (str_equal(xml_get(*node, "alias/@name", arena), alias))
            return *node;
    return NULL;
}

static bool detach_items(const Live *live, const size_t *pairs) {
    Arena *arena = live->call->arena;
    size_t old_count = value_is_present(live->prior) ? live->prior.count : 0;
    size_t count = value_is_present(live->planned) ? live->planned.count : 0;
    xmlNodePtr *nodes = arena_new_array(arena, xmlNodePtr, old_count);
    xml_map_find_items(live->attribute, live->prior, false, live->running, nodes, arena);
    for (size_t n = 0; n < old_count; n++) {
        bool is_kept = false;
        for (size_t i = 0; i < count; i++)
            is_kept |= pairs[i] == n;
        if (is_kept || !nodes[n])
            continue;
        Str alias = xml_get(nodes[n], "alias/@name", arena);
        if (!domain_device_pull(live->call, live->domain, find_by_alias, alias))
            return false;
    }
    return true;
}

static bool attach_items(const Live *live, const size_t *pairs) {
    Arena *arena = live->call->arena;
    size_t count = value_is_present(live->planned) ? live->planned.count : 0;
    xmlNodePtr *wanted = arena_new_array(arena, xmlNodePtr, count);
    xmlNodePtr *attached = arena_new_array(arena, xmlNodePtr, count);
    xml_map_find_items(live->attribute, live->planned, true, live->described, wanted, arena);
    /* An interrupted run may have attached some of the devices. */
    xml_map_find_items(live->attribute, live->planned, true, live->running, attached, arena);
    for (size_t i = 0; i < count; i++)
        if (pairs[i] == SIZE_MAX && wanted[i] && !attached[i] &&
            !domain_device_plug(live->call, live->domain, xml_print_node(wanted[i], arena)))
            return false;
    return true;
}

/* Updates the devices that are kept and whose attributes change. */
static bool update_items(const Live *live, const size_t *pairs) {
    Arena *arena = live->call->arena;
    size_t old_count = value_is_present(live->prior) ? live->prior.count : 0;
    size_t count = value_is_present(live->planned) ? live->planned.count : 0;
    xmlNodePtr *nodes = arena_new_array(arena, xmlNodePtr, old_count);
    xml_map_find_items(live->attribute, live->prior, false, live->running, nodes, arena);
    for (size_t i = 0; i < count; i++) {
        if (pairs[i] == SIZE_MAX || !nodes[pairs[i]])
            continue;
        Value old = value_at(live->prior, pairs[i]);
        Value item = value_at(live->planned, i);
        if (value_equal(old, item))
            continue;
        xml_map_edit(xml_map_rows(live->attribute->nested), old, item, nodes[pairs[i]], arena);
        if (virDomainUpdateDeviceFlags(live->domain, xml_print_node(nodes[pairs[i]], arena),
                                       VIR_DOMAIN_AFFECT_LIVE) < 0)
            return false;
    }
    return true;
}

static bool change_items(const Live *live) {
    size_t *pairs = xml_map_pair(live->attribute, live->prior, live->planned, live->call->arena);
    return detach_items(live, pairs) && update_items(live, pairs) && attach_items(live, pairs);
}

static const struct {
    const char *attribute;
    bool (*set)(const Live *live);
    const char *how;
} limit_calls[] = {
    {"cputune", set_scheduler, "while the machine runs (virDomainSetSchedulerParametersFlags)"},
    {"memtune", live_set_memory, "while the machine runs (virDomainSetMemoryParameters)"},
};

Str domain_live_text(unsigned calls, Arena *arena) {
    static const struct {
        LiveCall call;
        const char *name;
    } rows[] = {
        {LIVE_ATTACH, "virDomainAttachDeviceFlags"},
        {LIVE_DETACH, "virDomainDetachDeviceFlags"},
        {LIVE_UPDATE, "virDomainUpdateDeviceFlags"},
        {LIVE_IOTUNE, "virDomainSetBlockIoTune"},
    };
    StrVec names = {0};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (calls & rows[i].call)
            vec_push(arena, &names, str_from_cstr(rows[i].name));
    if (names.count == 0)
        return STR("the guest does not see it");
    return str_format(arena, "while the machine runs (%.*s)",
                      STR_ARG(str_join(names.items, names.count, STR(", "), arena)));
}

/* Returns the calls of change_items. */
static unsigned item_calls(const Attribute *attribute, Value prior, Value planned, Arena *arena) {
    if (!value_is_known(planned))
        return LIVE_ATTACH | LIVE_DETACH | LIVE_UPDATE;
    size_t *pairs = xml_map_pair(attribute, prior, planned, arena);
    size_t count = value_is_present(planned) ? planned.count : 0;
    size_t kept = 0;
    unsigned calls = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_new = pairs[i] == SIZE_MAX;
        kept += !is_new;
        if (is_new)
            calls |= LIVE_ATTACH;
        else if (!value_equal(value_at(prior, pairs[i]), value_at(planned, i)))
            calls |= LIVE_UPDATE;
    }
    if (value_is_present(prior) && kept < prior.count)
        calls |= LIVE_DETACH;
    return calls;
}

Str domain_live_how(const Attribute *attribute, Value prior, Value planned, Arena *arena) {
    for (size_t i = 0; i < ARRAY_COUNT(limit_calls); i++)
        if (strcmp(limit_calls[i].attribute, attribute->name) == 0)
            return str_from_cstr(limit_calls[i].how);
    return domain_live_text(item_calls(attribute, prior, planned, arena), arena);
}

static bool apply_row(const Live *live) {
    for (size_t i = 0; i < ARRAY_COUNT(limit_calls); i++)
        if (strcmp(limit_calls[i].attribute, live->attribute->name) == 0)
            return limit_calls[i].set(live);
    return change_items(live);
}

static bool live_add_error(const Live *live, Diags *diags) {
    const char *name = live->attribute->name;
    if (libvirt_error_code() != VIR_ERR_OK)
        return libvirt_error_add(live->call, diags, "Cannot change \"%s\"", name);
    return libvirt_error_say(
        live->call, diags, str_format(live->call->arena, "Cannot change \"%s\"", name),
        STR("The guest did not release a device in time. A starting guest cannot release devices: "
            "apply again, or set update_policy to reboot_if_needed."));
}

bool domain_live_apply(const Call *call, virDomainPtr domain, const Attribute *attribute,
                       Value prior, Value planned, xmlNodePtr described, Diags *diags) {
    SCOPED(XmlDoc) running = {0};
    if (!xml_take(virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_SECURE), &running))
        return libvirt_error_add(call, diags, "Cannot read the running machine");
    Live live = {
        .call = call,
        .domain = domain,
        .attribute = attribute,
        .prior = object_attribute(prior, attribute->name),
        .planned = object_attribute(planned, attribute->name),
        .described = described,
        .running = xml_root(&running),
    };
    virResetLastError();
    return apply_row(&live) || live_add_error(&live, diags);
}
