/* network_update: updates networks in place. */
#include "network_update.h"

#include "domain_device.h"
#include "domain_users.h"
#include "libvirt_error.h"
#include "nested_list.h"
#include "network_attributes.h"
#include "network_edit.h"
#include "xml.h"

#include <strings.h>

static Value dhcp_list(Value ip, const char *name, Arena *arena) {
    return object_attribute(object_nested(ip, "dhcp", arena), name);
}

/* Null and empty lists are equal. */
static bool lists_differ(Value a, Value b) {
    bool a_empty = value_is_null(a) || (value_is_known(a) && a.count == 0);
    bool b_empty = value_is_null(b) || (value_is_known(b) && b.count == 0);
    if (a_empty && b_empty)
        return false;
    return !value_is_wholly_known(a) || !value_is_wholly_known(b) || !value_equal(a, b);
}

static bool same_addresses(Value prior, Value planned) {
    size_t count = nested_list_count(planned, "ips");
    if (count != nested_list_count(prior, "ips"))
        return false;
    for (size_t i = 0; i < count; i++)
        if (object_differs(nested_list_at(prior, "ips", i), nested_list_at(planned, "ips", i),
                           "address"))
            return false;
    return true;
}

/* Returns whether a change of any row requires a restart of the network. */
static bool rows_need_restart(XmlRows rows, Value prior, Value planned, Arena *arena) {
    for (size_t i = 0; i < rows.count; i++) {
        const char *name = rows.attributes[i].name;
        XmlChange change = xml_map_change(&rows.attributes[i], object_attribute(prior, name),
                                          object_attribute(planned, name), arena);
        if (change != XML_LIVE && change != XML_UNCHANGED)
            return true;
    }
    return false;
}

static bool ip_needs_restart(Value prior, Value planned, size_t i, Arena *arena) {
    Value old = nested_list_at(prior, "ips", i);
    Value new = nested_list_at(planned, "ips", i);
    return rows_need_restart(network_attributes_of("ips"), old, new, arena) ||
           rows_need_restart(network_attributes_of_dhcp(), object_nested(old, "dhcp", arena),
                             object_nested(new, "dhcp", arena), arena);
}

/* Returns the first argument that differs, is not live, and that xml_map writes or does not. Port
 * groups are replaced as a whole, so each of their changes is live. */
static const char *find_row_restart(Value prior, Value planned, bool is_by_hand, Arena *arena) {
    for (size_t i = 0; i < NETWORK_ATTRIBUTE_COUNT; i++) {
        const Attribute *row = &network_attributes[i];
        const XmlBinding *binding = row->binding;
        XmlChange change = xml_map_change(row, object_attribute(prior, row->name),
                                          object_attribute(planned, row->name), arena);
        if (change != XML_UNCHANGED && is_by_hand == !binding->path &&
            (!is_by_hand || change != XML_LIVE) && strcmp(row->name, "portgroups") != 0)
            return row->name;
    }
    return NULL;
}

static bool dns_needs_restart(Value prior, Value planned, Arena *arena) {
    Value old = object_nested(prior, "dns", arena);
    Value new = object_nested(planned, "dns", arena);
    return rows_need_restart(network_attributes_of("dns"), old, new, arena) ||
           object_bool(old, "enabled", true) != object_bool(new, "enabled", true) ||
           lists_differ(object_attribute(old, "forwarders"), object_attribute(new, "forwarders"));
}

static const char *find_restart(Value prior, Value planned, Arena *arena) {
    const char *row = find_row_restart(prior, planned, true, arena);
    if (row)
        return row;
    if (!value_is_known(object_attribute(planned, "ips")) || !same_addresses(prior, planned))
        return "ips";
    for (size_t i = 0; i < nested_list_count(planned, "ips"); i++)
        if (ip_needs_restart(prior, planned, i, arena))
            return "ips";
    row = find_row_restart(prior, planned, false, arena);
    return row || !dns_needs_restart(prior, planned, arena) ? row : "dns";
}

/* A list of the network whose entries can change live. */
typedef struct NetworkSection {
    const char *attribute; /* of the network */
    const char *list;      /* in that argument */
    unsigned section;
    const char *element;
    const char *what;
} Section;

/* clang-format off */
static const Section dhcp_sections[] = {
    {"ips", "ranges", VIR_NETWORK_SECTION_IP_DHCP_RANGE, "range", "DHCP range"},
    {"ips", "hosts", VIR_NETWORK_SECTION_IP_DHCP_HOST, "host", "DHCP reservation"},
};

static const Section dns_sections[] = {
    {"dns", "hosts", VIR_NETWORK_SECTION_DNS_HOST, "host", "DNS entry"},
    {"dns", "srvs", VIR_NETWORK_SECTION_DNS_SRV, "srv", "DNS service record"},
    {"dns", "txts", VIR_NETWORK_SECTION_DNS_TXT, "txt", "DNS text record"},
};

static const Section portgroups = {"portgroups", "portgroups", VIR_NETWORK_SECTION_PORTGROUP, "portgroup", "port group"};
/* clang-format on */

static bool network_update_list_has(Value list, Value item) {
    for (size_t i = 0; value_is_present(list) && i < list.count; i++)
        if (value_equal(value_at(list, i), item))
            return true;
    return false;
}

/* Adds the steps of one list. Deletes before it adds, since two entries may swap their
 * addresses. */
static void network_add_steps(NetworkEffect *effect, NetworkStep step, Value before, Value after,
                              Arena *arena) {
    step.command = VIR_NETWORK_UPDATE_COMMAND_DELETE;
    for (size_t i = 0; value_is_present(before) && i < before.count; i++) {
        step.item = value_at(before, i);
        if (!network_update_list_has(after, step.item))
            vec_push(arena, &effect->steps, step);
    }
    step.command = VIR_NETWORK_UPDATE_COMMAND_ADD_LAST;
    for (size_t i = 0; value_is_present(after) && i < after.count; i++) {
        step.item = value_at(after, i);
        if (!network_update_list_has(before, step.item))
            vec_push(arena, &effect->steps, step);
    }
    step.item = after;
    if (!value_is_known(after))
        vec_push(arena, &effect->steps, step);
}

static NetworkEffect compare_ips(Value prior, Value planned, Arena *arena) {
    NetworkEffect effect = {"ips", STR("live, guests stay connected (virNetworkUpdate)"), {0}};
    for (size_t i = 0; i < nested_list_count(planned, "ips"); i++)
        for (size_t n = 0; n < ARRAY_COUNT(dhcp_sections); n++)
            network_add_steps(
                &effect, (NetworkStep){.section = &dhcp_sections[n], .parent = (int)i},
                dhcp_list(nested_list_at(prior, "ips", i), dhcp_sections[n].list, arena),
                dhcp_list(nested_list_at(planned, "ips", i), dhcp_sections[n].list, arena), arena);
    return effect;
}

static NetworkEffect compare_portgroups(Value prior, Value planned, Arena *arena) {
    NetworkEffect effect = {
        "portgroups", STR("live, for interfaces that connect from now on (virNetworkUpdate)"), {0}};
    network_add_steps(&effect, (NetworkStep){.section = &portgroups, .parent = -1},
                      object_attribute(prior, "portgroups"),
                      object_attribute(planned, "portgroups"), arena);
    return effect;
}

static NetworkEffect compare_dns(Value prior, Value planned, Arena *arena) {
    NetworkEffect effect = {"dns", STR("live, guests stay connected (virNetworkUpdate)"), {0}};
    Value old = object_nested(prior, "dns", arena);
    Value new = object_nested(planned, "dns", arena);
    for (size_t i = 0; i < ARRAY_COUNT(dns_sections); i++)
        network_add_steps(&effect, (NetworkStep){.section = &dns_sections[i], .parent = -1},
                          object_attribute(old, dns_sections[i].list),
                          object_attribute(new, dns_sections[i].list), arena);
    return effect;
}

NetworkEffects network_update_compare(Value prior, Value planned, Arena *arena) {
    NetworkEffects effects = {0};
    const char *restart = find_restart(prior, planned, arena);
    if (restart) {
        effects.restarts = true;
        vec_push(arena, &effects.all, (NetworkEffect){.attribute = restart});
        return effects;
    }
    const NetworkEffect live[] = {compare_ips(prior, planned, arena),
                                  compare_portgroups(prior, planned, arena),
                                  compare_dns(prior, planned, arena)};
    for (size_t i = 0; i < ARRAY_COUNT(live); i++)
        if (live[i].steps.count)
            vec_push(arena, &effects.all, live[i]);
    return effects;
}

/* Returns whether the found element has all wanted values; libvirt writes MAC addresses in lower
 * case. */
static bool is_same_entry(xmlNodePtr wanted, xmlNodePtr found, Arena *arena) {
    static const char *const parts[] = {"@mac", "@ip",      "@name",   "@start",
                                        "@end", "@service", "@target", "@value"};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        const char *text = str_to_cstr(xml_get(wanted, parts[i], arena), arena);
        if (strcasecmp(text, str_to_cstr(xml_get(found, parts[i], arena), arena)) != 0)
            return false;
    }
    XmlNodes names = xml_find_all(wanted, "hostname", arena);
    XmlNodes others = xml_find_all(found, "hostname", arena);
    bool is_same = names.count == others.count;
    for (size_t i = 0; is_same && i < names.count; i++)
        is_same =
            str_equal(xml_get(names.items[i], ".", arena), xml_get(others.items[i], ".", arena));
    return is_same;
}

static bool network_update_has_entry(virNetworkPtr network, const NetworkStep *step,
                                     const char *text, Arena *arena) {
    const Section *section = step->section;
    SCOPED(XmlDoc) wanted = {0};
    SCOPED(XmlDoc) doc = {0};
    if (!xml_parse(text, &wanted) || !xml_take(virNetworkGetXMLDesc(network, 0), &doc))
        return false;
    Str path = section->section == VIR_NETWORK_SECTION_PORTGROUP ? STR("portgroup")
               : step->parent < 0
                   ? str_format(arena, "dns/%s", section->element)
                   : str_format(arena, "ip[%d]/dhcp/%s", step->parent + 1, section->element);
    XmlNodes entries = xml_find_all(xml_root(&doc), str_to_cstr(path, arena), arena);
    vec_each(&entries, entry) {
        if (is_same_entry(xml_root(&wanted), *entry, arena))
            return true;
    }
    return false;
}

/* Returns the rows of an entry. */
static XmlRows section_rows(const Section *section) {
    if (strcmp(section->attribute, "portgroups") == 0)
        return network_attributes_of("portgroups");
    return xml_map_nested(strcmp(section->attribute, "dns") == 0 ? network_attributes_of("dns")
                                                                 : network_attributes_of_dhcp(),
                          section->list);
}

static bool network_update_make(const Call *call, virNetworkPtr network, const NetworkStep *step,
                                Diags *diags) {
    const Section *section = step->section;
    SCOPED(XmlDoc) doc = xml_new(section->element);
    xml_map_edit(section_rows(section), value_null(step->item.type), step->item, xml_root(&doc),
                 call->arena);
    const char *text = xml_print_node(xml_root(&doc), call->arena);
    if (virNetworkUpdate(network, step->command, section->section, step->parent, text,
                         VIR_NETWORK_UPDATE_AFFECT_LIVE) == 0)
        return true;
    /* An interrupted run may have made this change: the entry is already removed or added. */
    LibvirtError error = libvirt_error_last(call->arena);
    bool is_done = error.code == VIR_ERR_OPERATION_INVALID;
    if (step->command == VIR_NETWORK_UPDATE_COMMAND_ADD_LAST)
        is_done = is_done && network_update_has_entry(network, step, text, call->arena);
    return is_done || libvirt_error_add_this(call, &error, diags,
                                             "Cannot change a %s of the network", section->what);
}

bool network_update_live(const Call *call, virNetworkPtr network, const NetworkEffects *effects,
                         Diags *diags) {
    vec_each(&effects->all, effect)
        vec_each(&effect->steps, step)
            if (!network_update_make(call, network, step, diags))
                return false;
    return true;
}

static void reconnect(const Call *call, virConnectPtr connection, const DomainUser *user,
                      const char *passage, Diags *diags) {
    SCOPED(virDomainPtr)
    domain = virDomainLookupByUUIDString(connection, str_to_cstr(user->uuid, call->arena));
    if (domain && domain_device_reconnect(call, domain, user->device, passage))
        return;
    LibvirtError error = libvirt_error_last(call->arena);
    libvirt_error_warn(call, diags,
                       str_format(call->arena,
                                  "The guest \"%.*s\" is disconnected from the network",
                                  STR_ARG(user->name)),
                       str_format(call->arena,
                                  "The network was restarted, and the guest's interface %.*s could "
                                  "not be reconnected (%.*s). Stop and start the guest.",
                                  STR_ARG(user->device), STR_ARG(error.message)));
}

/* Creates an empty temporary network through which interfaces are moved; NULL if that fails. */
static virNetworkPtr open_passage(virConnectPtr connection, virNetworkPtr network, Arena *arena) {
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    if (virNetworkGetUUIDString(network, uuid) < 0)
        return NULL;
    Str name = str_format(arena, "loam-passage-%.8s", uuid);
    /* left by an interrupted run */
    virNetworkPtr left = virNetworkLookupByName(connection, str_to_cstr(name, arena));
    if (left)
        return left;
    SCOPED(XmlDoc) doc = xml_new("network");
    xml_add_text(xml_root(&doc), "name", name);
    xmlNodePtr bridge = xml_add(xml_root(&doc), "bridge");
    xml_set(bridge, "name", str_format(arena, "loam%.8s", uuid));
    xml_set(bridge, "stp", STR("off"));
    return virNetworkCreateXML(connection, xml_print(&doc, arena));
}

/* Returns whether libvirt owns the network's bridge; bridges of the host stay unchanged. */
static bool owns_bridge(virNetworkPtr network, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(virNetworkGetXMLDesc(network, 0), &doc))
        return false;
    Str mode = xml_get(xml_root(&doc), "forward/@mode", arena);
    static const Str own[] = {STR_CONST(""), STR_CONST("nat"), STR_CONST("route"),
                              STR_CONST("open")};
    return str_is_among(mode, own, ARRAY_COUNT(own));
}

bool network_update_start(const Call *call, virNetworkPtr network, Diags *diags) {
    call_progress(call, 0, 0, "starting the network");
    if (virNetworkCreate(network) == 0)
        return true;
    LibvirtError error = libvirt_error_last(call->arena);
    /* An interrupted run may have started the network at the same time. */
    if (virNetworkIsActive(network) == 1)
        return true;
    error.hint = STR("The network is defined, but inactive. No other network of the host may have "
                     "its addresses or its bridge: change \"ips\" or \"bridge\", or remove the "
                     "other network, then apply again.");
    return libvirt_error_add_this(call, &error, diags, "Cannot start network \"%s\"",
                                  virNetworkGetName(network));
}

/* Reconnects the interfaces of running guests to a restarted network. Adds a warning for each guest
 * that stays disconnected. */
static void reconnect_all(const Call *call, virNetworkPtr network, Diags *diags) {
    virConnectPtr connection = virNetworkGetConnect(network);
    Str name = str_clone(str_from_cstr(virNetworkGetName(network)), call->arena);
    DomainUsers users = {0};
    if (owns_bridge(network, call->arena))
        users = domain_users_of_network(connection, name, call->arena);
    if (users.count == 0)
        return;
    call_progress(call, 0, 0, "reconnecting the machines");
    SCOPED(virNetworkPtr) passage = open_passage(connection, network, call->arena);
    vec_each(&users, user)
        reconnect(call, connection, user, passage ? virNetworkGetName(passage) : NULL, diags);
    if (passage)
        (void)virNetworkDestroy(passage);
}

bool network_update_restart(const Call *call, virNetworkPtr network, Diags *diags) {
    if (virNetworkIsActive(network) != 1)
        return true;
    call_progress(call, 0, 0, "stopping the network");
    if (virNetworkDestroy(network) < 0)
        return libvirt_error_add(call, diags, "Cannot stop network \"%s\"",
                                 virNetworkGetName(network));
    if (!network_update_start(call, network, diags))
        return false;
    reconnect_all(call, network, diags);
    return true;
}
