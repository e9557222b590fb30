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
#include "network_edit.h"
#include "network_update.h"
#include "object_id.h"
#include "path_error.h"
#include "plan_check.h"
#include "timeouts.h"
#include "xml_edit.h"
#include "xml_merge.h"
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

static const char *network_describe(const Call *call, Value planned, Str uuid) {
    SCOPED(XmlDoc) doc = xml_new("network");
    xmlNodePtr root = xml_root(&doc);
    xml_add_text(root, "name", object_text(planned, "name", STR_EMPTY));
    xml_add_text(root, "uuid", uuid);
    libvirt_identity_add_owner(call, root);
    if (!network_edit_is_foreign(object_text(planned, "mode", STR("nat"))))
        xml_set(xml_add(root, "bridge"), "delay", STR("0"));
    ObjectBuilder none = object_builder_null(planned.type, call->arena);
    network_edit(call, object_builder_value(&none), planned, root);
    return xml_print(&doc, call->arena);
}

/* A list read from elements, in the order of the state. */
typedef struct ListRead {
    const char *path;
    const char *key; /* attribute of both value and element; the MAC address may replace it */
    XmlRows rows;    /* of an item */
    bool only_declared;
} ListRead;

static Value read_item(const ListRead *kind, xmlNodePtr node, const Type *type, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    xml_map_read(kind->rows, value_null(type), node, true, &builder, arena);
    return object_builder_value(&builder);
}

/* Keeps the user's spelling of a MAC address. */
static Value network_keep_spelling(Value found, Value old, Arena *arena) {
    size_t index = 0;
    if (!type_find_attribute(found.type, STR("mac"), &index))
        return found;
    Str a = object_text(found, "mac", STR_EMPTY);
    Str b = object_text(old, "mac", STR_EMPTY);
    return a.len && xml_edit_same_text(a, b) ? object_with_text(found, "mac", b, arena) : found;
}

/* Returns the index of the item's node, found by one attribute; the number of nodes if none. */
static size_t network_find_entry(const XmlNodes *nodes, const bool *is_taken, const char *key,
                                 Value item, Arena *arena) {
    size_t index = 0;
    const char *path = str_to_cstr(str_format(arena, "@%s", key), arena);
    bool has_key = type_find_attribute(item.type, str_from_cstr(key), &index);
    Str wanted = has_key ? object_text(item, key, STR_EMPTY) : STR_EMPTY;
    for (size_t n = 0; wanted.len && n < nodes->count; n++) {
        if (!is_taken[n] && xml_edit_same_text(xml_get(nodes->items[n], path, arena), wanted))
            return n;
    }
    return nodes->count;
}

static Value network_read_list(const ListRead *kind, xmlNodePtr parent, Value old, const Type *type,
                               bool all, Arena *arena) {
    XmlNodes nodes = {0};
    if (parent)
        nodes = xml_find_all(parent, kind->path, arena);
    bool *is_taken = arena_new_array(arena, bool, nodes.count);
    ValueVec values = {0};
    for (size_t i = 0; value_is_present(old) && i < old.count; i++) {
        Value item = value_at(old, i);
        size_t n = network_find_entry(&nodes, is_taken, kind->key, item, arena);
        if (n == nodes.count)
            n = network_find_entry(&nodes, is_taken, "mac", item, arena);
        if (n == nodes.count)
            continue;
        is_taken[n] = true;
        Value found = read_item(kind, nodes.items[n], type->element, arena);
        vec_push(arena, &values, network_keep_spelling(found, item, arena));
    }
    for (size_t n = 0; n < nodes.count; n++)
        if (!is_taken[n] && (all || (!kind->only_declared && value_is_present(old))))
            vec_push(arena, &values, read_item(kind, nodes.items[n], type->element, arena));
    bool was_null = !value_is_present(old);
    return was_null && values.count == 0 ? value_null(type)
                                         : nested_list_value(type, &values, arena);
}

static Str ip_text(xmlNodePtr node, Arena *arena) {
    Str address = xml_get(node, "@address", arena);
    bool is_v6 = str_find_char(address, ':', 0) != SIZE_MAX;
    unsigned prefix = (unsigned)xml_get_int(node, "@prefix", is_v6 ? 64 : 24);
    Str mask = xml_get(node, "@netmask", arena);
    if (mask.len)
        (void)!cidr_prefix_of_mask(mask, &prefix);
    return str_format(arena, "%.*s/%u", STR_ARG(address), prefix);
}

static Value read_ip(xmlNodePtr node, Value old, const Type *type, bool all, Arena *arena) {
    ObjectBuilder builder =
        value_is_present(old) ? object_builder_of(old, arena) : object_builder_null(type, arena);
    Str text = ip_text(node, arena);
    Cidr found;
    Cidr known;
    bool is_same = value_is_present(old) && cidr_parse(text, &found) &&
                   cidr_parse(object_text(old, "address", STR_EMPTY), &known) &&
                   cidr_equal(&found, &known);
    if (!is_same)
        object_builder_set_text(&builder, "address", text, arena);
    Value old_dhcp = object_builder_get(&builder, "dhcp");
    const Type *dhcp_type = object_attribute_type(type, "dhcp");
    ObjectBuilder dhcp = value_is_present(old_dhcp) ? object_builder_of(old_dhcp, arena)
                                                    : object_builder_null(dhcp_type, arena);
    XmlRows rows = network_attributes_of_dhcp();
    const ListRead dhcp_ranges = {"dhcp/range", "start", xml_map_nested(rows, "ranges"), false};
    const ListRead dhcp_hosts = {"dhcp/host", "ip", xml_map_nested(rows, "hosts"), true};
    Value ranges = network_read_list(&dhcp_ranges, node, object_builder_get(&dhcp, "ranges"),
                                     object_attribute_type(dhcp_type, "ranges"), all, arena);
    Value hosts = network_read_list(&dhcp_hosts, node, object_builder_get(&dhcp, "hosts"),
                                    object_attribute_type(dhcp_type, "hosts"), all, arena);
    object_builder_set(&dhcp, "ranges", ranges);
    object_builder_set(&dhcp, "hosts", hosts);
    bool is_new = !value_is_present(old);
    xmlNodePtr dhcp_node = xml_find(node, "dhcp");
    xml_map_read(network_attributes_of("ips"), old, node, is_new, &builder, arena);
    if (dhcp_node)
        xml_map_read(network_attributes_of_dhcp(), old_dhcp, dhcp_node, is_new, &dhcp, arena);
    if (value_is_present(old_dhcp) || dhcp_node)
        object_builder_set(&builder, "dhcp", object_builder_value(&dhcp));
    return object_builder_value(&builder);
}

static void read_ips(ObjectBuilder *builder, Value state, xmlNodePtr root, bool all, Arena *arena) {
    XmlNodes nodes = xml_find_all(root, "ip", arena);
    const Type *type = object_attribute_type(builder->type, "ips");
    ValueVec ips = {0};
    for (size_t i = 0; i < nodes.count; i++) {
        bool is_known = i < nested_list_count(state, "ips");
        Value old = is_known ? nested_list_at(state, "ips", i) : value_null(type->element);
        vec_push(arena, &ips, read_ip(nodes.items[i], old, type->element, all, arena));
    }
    if (ips.count || object_has(state, "ips"))
        object_builder_set(builder, "ips", nested_list_value(type, &ips, arena));
}

static void read_dns(ObjectBuilder *builder, Value state, xmlNodePtr root, bool all, Arena *arena) {
    xmlNodePtr node = xml_find(root, "dns");
    Value old = object_attribute(state, "dns");
    bool is_disabled = node && str_equal(xml_get(node, "@enable", arena), STR("no"));
    if (!value_is_present(old) && !is_disabled && !all)
        return;
    if (!value_is_present(old) && !node)
        return;
    const Type *type = object_attribute_type(builder->type, "dns");
    ObjectBuilder dns =
        value_is_present(old) ? object_builder_of(old, arena) : object_builder_null(type, arena);
    object_builder_set(&dns, "enabled", value_bool(!is_disabled));
    StrVec forwarders = {0};
    XmlNodes nodes = {0};
    if (node)
        nodes = xml_find_all(node, NETWORK_FORWARDERS, arena);
    vec_each(&nodes, forwarder)
        vec_push(arena, &forwarders, xml_get(*forwarder, "@addr", arena));
    if (forwarders.count || value_is_present(object_builder_get(&dns, "forwarders")))
        object_builder_set(&dns, "forwarders", nested_list_of_texts(&forwarders, arena));
    const ListRead dns_hosts = {"host", "ip", xml_map_nested(network_attributes_of("dns"), "hosts"),
                                false};
    /* An element without entries may be missing. */
    object_builder_set(&dns, "hosts",
                       network_read_list(&dns_hosts, node, object_builder_get(&dns, "hosts"),
                                         object_attribute_type(type, "hosts"), all, arena));
    if (node)
        xml_map_read(network_attributes_of("dns"), old, node, all, &dns, arena);
    object_builder_set(builder, "dns", object_builder_value(&dns));
}

/* Reads the XML into the builder. Lists keep the order of `state`. Reservations that it does not
 * declare are ignored, except on import. */
static void network_read_xml(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    bool is_import = !object_has(state, "name");
    Str mode = xml_get(root, "forward/@mode", arena);
    if (!mode.len)
        mode = xml_find(root, "forward") ? STR("nat") : STR("isolated");
    int64_t mtu = xml_get_int(root, "mtu/@size", 0);
    object_builder_set_text(builder, "id", xml_get(root, "uuid", arena), arena);
    object_builder_set_text(builder, "name", xml_get(root, "name", arena), arena);
    object_builder_set_text(builder, "mode", mode, arena);
    object_builder_set_optional(builder, "bridge", xml_get(root, "bridge/@name", arena), arena);
    Str stp = xml_get(root, "bridge/@stp", arena);
    if (stp.len || is_import)
        object_builder_set(builder, "stp", value_bool(!str_equal(stp, STR("off"))));
    object_builder_set_optional(builder, "domain", xml_get(root, "domain/@name", arena), arena);
    object_builder_set(builder, "mtu", mtu ? value_int(mtu) : value_null(&TYPE_NUMBER));
    const XmlRows rows = {network_attributes, NETWORK_ATTRIBUTE_COUNT};
    xml_map_read(rows, state, root, is_import, builder, arena);
    xml_merge_read(builder, state, root, arena);
    read_ips(builder, state, root, is_import, arena);
    read_dns(builder, state, root, is_import, arena);
}

static bool read_network(const Call *call, void *network, Value *state, Diags *diags) {
    SCOPED(XmlDoc) doc = {0};
    int autostart = 0;
    int is_active = virNetworkIsActive(network);
    if (is_active < 0 || virNetworkGetAutostart(network, &autostart) < 0 ||
        !xml_take(libvirt_kind_describe_inactive(&libvirt_kind_network, network), &doc))
        return libvirt_error_add(call, diags, "Cannot read the network");
    ObjectBuilder builder = object_builder_of(*state, call->arena);
    network_read_xml(&builder, *state, xml_root(&doc), call->arena);
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

static const Block network_blocks[] = {TIMEOUTS_BLOCK};

static void *network_define(virConnectPtr connection, const char *text) {
    return virNetworkDefineXML(connection, text);
}

static const LibvirtObject network_object = {
    .kind = &libvirt_kind_network,
    .read = read_network,
    .own = "stp",
    .describe = network_describe,
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
               SCHEMA_BLOCKS(network_blocks),
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
