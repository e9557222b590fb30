/* libvirt_network: a virtual network of the host, identified by its UUID. */
#include "adoption.h"
#include "cidr.h"
#include "dmacvicar_names.h"
#include "domain_users.h"
#include "foreign_state.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_object.h"
#include "libvirt_types.h"
#include "nested_list.h"
#include "network_attributes.h"
#include "network_update.h"
#include "network_xml.h"
#include "object_id.h"
#include "path_error.h"
#include "plan_check.h"
#include "timeouts.h"
#include "xml_text.h"

/* Parses an address in `object`; returns false if it is not set or unknown. */
static bool libvirt_network_read_address(Value object, const char *name, Str *text, Cidr *address) {
    *text = object_text(object, name, STR_EMPTY);
    return text->len && cidr_parse_address(*text, address);
}

/* Entries of an address of the network, which are checked. */
typedef struct IpCheck {
    const Call *call;
    Str text; /* the address */
    Cidr network;
    Value dhcp;
    Diags *diags;
} IpCheck;

static void check_range_bound(const IpCheck *check, Value range, Path path, const char *name) {
    Cidr address;
    Str text;
    if (libvirt_network_read_address(range, name, &text, &address) &&
        !cidr_contains(&check->network, &address))
        path_error(check->call, path, check->diags, "Address outside the network",
                   "%.*s is not in the network of %.*s.", STR_ARG(text), STR_ARG(check->text));
}

static bool is_in_range(Value range, const Cidr *address) {
    Cidr start;
    Cidr end;
    Str text;
    return value_is_present(range) && libvirt_network_read_address(range, "start", &text, &start) &&
           libvirt_network_read_address(range, "end", &text, &end) &&
           cidr_compare(&start, address) <= 0 && cidr_compare(address, &end) <= 0;
}

/* libvirt accepts such a reservation, so it may be imported; but dnsmasq ignores it. */
static void check_reservation(const IpCheck *check, Value host, Path path) {
    Cidr address;
    Str text;
    if (!libvirt_network_read_address(host, "ip", &text, &address))
        return;
    if (!cidr_contains(&check->network, &address))
        path_warning(check->call, path, check->diags, "Reserved address outside the network",
                     "%.*s is not in the network of %.*s, so no machine can get it.", STR_ARG(text),
                     STR_ARG(check->text));
    for (size_t i = 0; i < nested_list_count(check->dhcp, "ranges"); i++)
        if (is_in_range(nested_list_at(check->dhcp, "ranges", i), &address))
            path_warning(check->call, path, check->diags, "Reserved address inside a range",
                         "A lease from the range may already have %.*s. Reserve addresses outside "
                         "of the ranges.",
                         STR_ARG(text));
}

static void validate_ip(const Call *call, Value ip, size_t index, Diags *diags) {
    Value dhcp = object_attribute(ip, "dhcp");
    IpCheck check = {
        .call = call,
        .text = object_text(ip, "address", STR_EMPTY),
        .dhcp = dhcp,
        .diags = diags,
    };
    if (!cidr_parse(check.text, &check.network) || !value_is_present(dhcp))
        return;
    for (size_t i = 0; i < nested_list_count(dhcp, "ranges"); i++) {
        Value range = nested_list_at(dhcp, "ranges", i);
        if (!value_is_present(range))
            continue;
        for (size_t bound = 0; bound < 2; bound++) {
            const char *name = bound ? "end" : "start";
            Path path = PATH_AT(call, {"ips"}, {.index = index}, {"dhcp"}, {"ranges"}, {.index = i},
                                {name});
            check_range_bound(&check, range, path, name);
        }
    }
    for (size_t i = 0; i < nested_list_count(dhcp, "hosts"); i++) {
        Value host = nested_list_at(dhcp, "hosts", i);
        Path path =
            PATH_AT(call, {"ips"}, {.index = index}, {"dhcp"}, {"hosts"}, {.index = i}, {"ip"});
        if (value_is_present(host))
            check_reservation(&check, host, path);
    }
}

static bool add_missing_address(const Call *call, Diags *diags) {
    return libvirt_error_say(
        call, diags, STR("A nat network needs an address"),
        STR("Set \"ips\", such as [{address: 10.17.0.1/24}], or use another mode."));
}

static bool network_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value config = request->config;
    size_t before = diags->error_count;
    Str mode = object_text(config, "mode", STR_EMPTY);
    Value ips = object_attribute(config, "ips");
    bool has_ips = !value_is_null(ips) && (!value_is_known(ips) || ips.count > 0);
    if (str_equal(mode, STR("bridge")) && (has_ips || object_has(config, "dns")))
        libvirt_error_say(call, diags, STR("A bridged network has no addresses of its own"),
                          STR("With mode bridge, remove \"ips\" and \"dns\": the network of the "
                              "bridge provides these services."));
    if (str_equal(mode, STR("bridge")) && value_is_null(object_attribute(config, "bridge")))
        libvirt_error_say(
            call, diags, STR("Bridge missing"),
            STR("With mode bridge, set \"bridge\" to an existing bridge of the host."));
    if (str_equal(mode, STR("nat")) && !has_ips)
        (void)add_missing_address(call, diags);
    for (size_t i = 0; i < nested_list_count(config, "ips"); i++) {
        Value ip = nested_list_at(config, "ips", i);
        if (value_is_present(ip))
            validate_ip(call, ip, i, diags);
    }
    return diags->error_count == before;
}

/* Without a configured mode, a new network is a NAT network, and an imported one keeps its mode. */
static bool check_new_address(const Call *call, const PlanRequest *request, Diags *diags) {
    Value mode = object_attribute(request->config, "mode");
    Value ips = object_attribute(request->config, "ips");
    bool has_ips = !value_is_null(ips) && (!value_is_known(ips) || ips.count > 0);
    return !value_is_null(mode) || has_ips || add_missing_address(call, diags);
}

/* Returns the effect of a restart on guests, which depends on the attribute. */
static const char *guests_see(const char *attribute) {
    if (strcmp(attribute, "mtu") == 0)
        return "; guests get the new size at their next start";
    if (strcmp(attribute, "ips") == 0)
        return "; guests get a new address when their lease ends, or at their next start";
    return "";
}

static Str restart_note(const Call *call, Str name, const char *attribute) {
    Diags ignored = diags_new(call->arena);
    SCOPED(virConnectPtr) connection = NULL;
    DomainUsers users = {0};
    if (call->client && libvirt_client_connect(call, &connection, &ignored))
        users = domain_users_of_network(connection, name, call->arena);
    if (users.count == 0)
        return STR("restarts the network (virNetworkDestroy, virNetworkCreate)");
    return str_format(call->arena,
                      "restarts the network and reconnects %.*s without a restart of %s%s "
                      "(virNetworkDestroy, virNetworkCreate, virDomainUpdateDeviceFlags)",
                      STR_ARG(domain_users_names(&users, call->arena)),
                      users.count == 1 ? "the machine" : "the machines", guests_see(attribute));
}

static bool read_network(const Call *call, void *network, Value *state, Diags *diags) {
    SCOPED(XmlDoc) doc = {0};
    int autostart = 0;
    int is_active = virNetworkIsActive(network);
    if (is_active < 0 || virNetworkGetAutostart(network, &autostart) < 0 ||
        !xml_take(libvirt_kind_describe_inactive(&libvirt_kind_network, network), &doc))
        return libvirt_error_add(call, diags, "Cannot read the network");
    ObjectBuilder builder = object_builder_of(*state, call->arena);
    network_xml_read(&builder, *state, xml_root(&doc), call->arena);
    object_builder_set(&builder, "running", value_bool(is_active == 1));
    object_builder_set(&builder, "autostart", value_bool(autostart != 0));
    *state = object_builder_value(&builder);
    return true;
}

static void network_plan_changes(const Call *call, Value prior, Value planned,
                                 PlanResponse *response) {
    Arena *arena = call->arena;
    if (!object_bool(prior, "running", true) || !object_bool(planned, "running", true))
        return;
    NetworkEffects effects = network_update_compare(prior, planned, arena);
    vec_each(&effects.all, effect)
        plan_note(response, path_attribute((Path){0}, str_from_cstr(effect->attribute), arena),
                  effects.restarts
                      ? restart_note(call, object_text(prior, "name", STR_EMPTY), effect->attribute)
                      : effect->how,
                  arena);
}

static bool network_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                         Diags *diags) {
    if (!value_is_present(response->planned))
        return true;
    adoption_keep(call, request, response);
    PlanCheck check = plan_check_open(call, request, response, diags);
    plan_check_promise(&check, "network", object_text(response->planned, "name", STR_EMPTY));
    if (!plan_check_close(&check))
        return false;
    if (value_is_null(request->prior))
        return check_new_address(call, request, diags) &&
               libvirt_object_plan_adoption(call, request, response, diags);
    network_plan_changes(call, request->prior, response->planned, response);
    return true;
}

static bool network_run(const Call *call, void *network, Value planned, Diags *diags) {
    Str name = object_text(planned, "name", STR_EMPTY);
    bool is_active = virNetworkIsActive(network) == 1;
    bool shall_run = object_bool(planned, "running", true);
    if (virNetworkSetAutostart(network, object_bool(planned, "autostart", true)) < 0)
        return libvirt_error_add(call, diags, "Cannot set autostart of network \"%.*s\"",
                                 STR_ARG(name));
    if (shall_run && !is_active && !network_update_start(call, network, diags))
        return false;
    if (!shall_run && is_active && virNetworkDestroy(network) < 0)
        return libvirt_error_add(call, diags, "Cannot stop network \"%.*s\"", STR_ARG(name));
    return true;
}

/* Applies live changes first: if libvirt rejects one, the inactive XML must not have it either. */
static bool network_change(const Call *call, void *network, Value prior, Value planned,
                           Diags *diags) {
    const XmlRows rows = {network_attributes, NETWORK_ATTRIBUTE_COUNT};
    SCOPED(XmlDoc) doc = {0};
    if (!xml_map_differs(rows, prior, planned))
        return true;
    if (!xml_take(libvirt_kind_describe_inactive(&libvirt_kind_network, network), &doc))
        return libvirt_error_add(call, diags, "Cannot read the network");
    NetworkEffects effects = network_update_compare(prior, planned, call->arena);
    bool stays_on = virNetworkIsActive(network) == 1 && object_bool(planned, "running", true);
    if (stays_on && !network_update_live(call, network, &effects, diags))
        return false;
    network_edit(call, prior, planned, xml_root(&doc));
    SCOPED(virNetworkPtr)
    again = virNetworkDefineXML(virNetworkGetConnect(network), xml_print(&doc, call->arena));
    if (!again)
        return libvirt_error_add(call, diags, "Cannot redefine the network");
    return !stays_on || !effects.restarts || network_update_restart(call, network, diags);
}

static bool network_remove(const Call *call, void *network, Value prior, Diags *diags) {
    Str name = object_text(prior, "name", STR_EMPTY);
    /* An active network that is undefined would continue until it stops. */
    if (virNetworkIsActive(network) == 1 && virNetworkDestroy(network) < 0)
        return libvirt_error_add(call, diags, "Cannot stop network \"%.*s\"", STR_ARG(name));
    if (virNetworkUndefine(network) < 0 && !libvirt_error_is_gone(libvirt_error_code()))
        return libvirt_error_add(call, diags, "Cannot remove network \"%.*s\"", STR_ARG(name));
    return true;
}

/* One update at a time per network, since an update reads and then writes the XML; one creation at
 * a time per host, since libvirt may give one bridge name to two new networks. */
static bool network_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                           Diags *) {
    LimitAction action = request->action;
    Value object = request->object;
    if (action == LIMIT_CREATE)
        libvirt_identity_limit(call, "libvirt_networks",
                               str_from_cstr(libvirt_client_options(call)->uri), 1,
                               &response->limits);
    if (action == LIMIT_UPDATE && value_is_present(object))
        libvirt_identity_limit(call, "libvirt_network", object_text(object, "id", STR_EMPTY), 1,
                               &response->limits);
    return true;
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

static void *network_define(virConnectPtr connection, const char *text) {
    return virNetworkDefineXML(connection, text);
}

static const LibvirtObject network_object = {
    .kind = &libvirt_kind_network,
    .read = read_network,
    .own = "stp",
    .describe = network_xml_describe,
    .define = network_define,
    .change = network_change,
    .run = network_run,
    .remove = network_remove,
};

const ResourceType libvirt_network = {
    .name = "libvirt_network",
    .destroy_after_dependents_update = true,
    .schema = {.attributes = network_attributes,
               .attribute_count = NETWORK_ATTRIBUTE_COUNT,
               SCHEMA_BLOCKS(blocks),
               .version = FOREIGN_STATE_VERSION,
               .foreign = &dmacvicar_network_names,
               .text_check = xml_text_check,
               .description = "A virtual network on the host."},
    .validate = network_validate,
    .plan = network_plan,
    .create = libvirt_object_create,
    .update = libvirt_object_update,
    .delete = libvirt_object_delete,
    .read = libvirt_object_read,
    .upgrade = libvirt_object_upgrade,
    .payload = &network_object,
    LIBVIRT_OBJECT_SLOTS,
    .import_id = "UUID or name of the network",
    .limits = network_limits,
};
