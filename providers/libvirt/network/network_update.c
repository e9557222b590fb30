/* network_update: updates networks in place. */
#include "network_update.h"

#include "domain_device.h"
#include "domain_users.h"
#include "libvirt_error.h"
#include "nested_list.h"
#include "network_attributes.h"
#include "network_xml.h"
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

/* Port groups are replaced as a whole, so each of their changes is live. */
static const char *find_row_restart(Value prior, Value planned, Arena *arena) {
    for (size_t i = 0; i < NETWORK_ATTRIBUTE_COUNT; i++) {
        const Attribute *attribute = &network_attributes[i];
        XmlChange change = xml_map_change(attribute, object_attribute(prior, attribute->name),
                                          object_attribute(planned, attribute->name), arena);
        if (change != XML_UNCHANGED && strcmp(attribute->name, "portgroups") != 0)
            return attribute->name;
    }
    return NULL;
}

static const char *find_restart(Value prior, Value planned, Arena *arena) {
    static const char *const names[] = {"mode", "bridge", "stp", "domain", "mtu", "xml_merge"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (object_differs(prior, planned, names[i]))
            return names[i];
    if (!value_is_known(object_attribute(planned, "ips")) || !same_addresses(prior, planned))
        return "ips";
    for (size_t i = 0; i < nested_list_count(planned, "ips"); i++)
        if (ip_needs_restart(prior, planned, i, arena))
            return "ips";
    const char *row = find_row_restart(prior, planned, arena);
    if (row)
        return row;
    Value old_dns = object_nested(prior, "dns", arena);
    Value new_dns = object_nested(planned, "dns", arena);
    if (rows_need_restart(network_attributes_of("dns"), old_dns, new_dns, arena))
        return "dns";
    bool was_enabled = object_bool(old_dns, "enabled", true);
    if (was_enabled != object_bool(new_dns, "enabled", true) ||
        lists_differ(object_attribute(old_dns, "forwarders"),
                     object_attribute(new_dns, "forwarders")))
        return "dns";
    return NULL;
}

NetworkChange network_update_compare(Value prior, Value planned, Arena *arena) {
    NetworkChange change = {.restart = find_restart(prior, planned, arena)};
    if (change.restart)
        return change;
    for (size_t i = 0; i < nested_list_count(planned, "ips"); i++) {
        Value old_ip = nested_list_at(prior, "ips", i);
        Value new_ip = nested_list_at(planned, "ips", i);
        change.hosts |=
            lists_differ(dhcp_list(old_ip, "hosts", arena), dhcp_list(new_ip, "hosts", arena));
        change.ranges |=
            lists_differ(dhcp_list(old_ip, "ranges", arena), dhcp_list(new_ip, "ranges", arena));
    }
    static const char *const records[] = {"hosts", "srvs", "txts"};
    for (size_t i = 0; i < ARRAY_COUNT(records); i++)
        change.dns_hosts |=
            lists_differ(object_attribute(object_nested(prior, "dns", arena), records[i]),
                         object_attribute(object_nested(planned, "dns", arena), records[i]));
    change.portgroups = lists_differ(object_attribute(prior, "portgroups"),
                                     object_attribute(planned, "portgroups"));
    return change;
}

/* A section of the network whose entries can change live. */
typedef struct Section {
    unsigned section;
    int parent; /* index of the <ip>; -1: none */
    void (*add)(xmlNodePtr parent, Value item, Arena *arena);
    const char *element;
    const char *what;
} Section;

static const char *network_update_print_entry(const Section *section, Value item, Arena *arena) {
    SCOPED(XmlDoc) doc = xml_new("section");
    section->add(xml_root(&doc), item, arena);
    return xml_print_node(xml_find(xml_root(&doc), section->element), arena);
}

static bool network_update_list_has(Value list, Value item) {
    for (size_t i = 0; value_is_present(list) && i < list.count; i++)
        if (value_equal(value_at(list, i), item))
            return true;
    return false;
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

static bool network_update_has_entry(virNetworkPtr network, const Section *section,
                                     const char *text, Arena *arena) {
    SCOPED(XmlDoc) wanted = {0};
    SCOPED(XmlDoc) doc = {0};
    if (!xml_parse(text, &wanted) || !xml_take(virNetworkGetXMLDesc(network, 0), &doc))
        return false;
    Str path = section->section == VIR_NETWORK_SECTION_PORTGROUP ? STR("portgroup")
               : section->parent < 0
                   ? str_format(arena, "dns/%s", section->element)
                   : str_format(arena, "ip[%d]/dhcp/%s", section->parent + 1, section->element);
    XmlNodes entries = xml_find_all(xml_root(&doc), str_to_cstr(path, arena), arena);
    vec_each(&entries, entry) {
        if (is_same_entry(xml_root(&wanted), *entry, arena))
            return true;
    }
    return false;
}

static bool network_update_send(const Call *call, virNetworkPtr network, const Section *section,
                                unsigned command, Value item, Diags *diags) {
    const char *text = network_update_print_entry(section, item, call->arena);
    if (virNetworkUpdate(network, command, section->section, section->parent, text,
                         VIR_NETWORK_UPDATE_AFFECT_LIVE) == 0)
        return true;
    /* An interrupted run may have made this change: the entry is already removed or added. */
    LibvirtError error = libvirt_error_last(call->arena);
    bool is_done = error.code == VIR_ERR_OPERATION_INVALID;
    if (command == VIR_NETWORK_UPDATE_COMMAND_ADD_LAST)
        is_done = is_done && network_update_has_entry(network, section, text, call->arena);
    return is_done || libvirt_error_add_this(call, &error, diags,
                                             "Cannot change a %s of the network", section->what);
}

/* Deletes before it adds, since two entries may swap their addresses. */
static bool network_update_section(const Call *call, virNetworkPtr network, const Section *section,
                                   Value before, Value after, Diags *diags) {
    for (size_t i = 0; value_is_present(before) && i < before.count; i++) {
        Value item = value_at(before, i);
        if (!network_update_list_has(after, item) &&
            !network_update_send(call, network, section, VIR_NETWORK_UPDATE_COMMAND_DELETE, item,
                                 diags))
            return false;
    }
    for (size_t i = 0; value_is_present(after) && i < after.count; i++) {
        Value item = value_at(after, i);
        if (!network_update_list_has(before, item) &&
            !network_update_send(call, network, section, VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, item,
                                 diags))
            return false;
    }
    return true;
}

/* Adds an element for `item`. `list` is the argument among `rows` that contains the item. */
static void add_by_rows(XmlRows rows, const char *list, const char *element, xmlNodePtr parent,
                        Value item, Arena *arena) {
    size_t i = 0;
    while (strcmp(rows.attributes[i].name, list) != 0)
        CHECK(++i < rows.count);
    xml_map_edit(xml_map_rows(rows.attributes[i].nested), value_null(item.type), item,
                 xml_add(parent, element), arena);
}

static void add_srv(xmlNodePtr parent, Value item, Arena *arena) {
    add_by_rows(network_attributes_of("dns"), "srvs", "srv", parent, item, arena);
}

static void add_txt(xmlNodePtr parent, Value item, Arena *arena) {
    add_by_rows(network_attributes_of("dns"), "txts", "txt", parent, item, arena);
}

static void add_portgroup(xmlNodePtr parent, Value item, Arena *arena) {
    const XmlRows rows = {network_attributes, NETWORK_ATTRIBUTE_COUNT};
    add_by_rows(rows, "portgroups", "portgroup", parent, item, arena);
}

bool network_update_live(const Call *call, virNetworkPtr network, Value prior, Value planned,
                         Diags *diags) {
    Arena *arena = call->arena;
    for (size_t i = 0; i < nested_list_count(planned, "ips"); i++) {
        Value old_ip = nested_list_at(prior, "ips", i);
        Value new_ip = nested_list_at(planned, "ips", i);
        Section ranges = {VIR_NETWORK_SECTION_IP_DHCP_RANGE, (int)i, network_xml_add_range, "range",
                          "DHCP range"};
        Section hosts = {VIR_NETWORK_SECTION_IP_DHCP_HOST, (int)i, network_xml_add_dhcp_host,
                         "host", "DHCP reservation"};
        if (!network_update_section(call, network, &ranges, dhcp_list(old_ip, "ranges", arena),
                                    dhcp_list(new_ip, "ranges", arena), diags) ||
            !network_update_section(call, network, &hosts, dhcp_list(old_ip, "hosts", arena),
                                    dhcp_list(new_ip, "hosts", arena), diags))
            return false;
    }
    Value old_dns = object_nested(prior, "dns", arena);
    Value new_dns = object_nested(planned, "dns", arena);
    static const struct {
        const char *name;
        Section section;
    } records[] = {
        {"hosts",
         {VIR_NETWORK_SECTION_DNS_HOST, -1, network_xml_add_dns_host, "host", "DNS entry"}},
        {"srvs", {VIR_NETWORK_SECTION_DNS_SRV, -1, add_srv, "srv", "DNS service record"}},
        {"txts", {VIR_NETWORK_SECTION_DNS_TXT, -1, add_txt, "txt", "DNS text record"}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(records); i++)
        if (!network_update_section(call, network, &records[i].section,
                                    object_attribute(old_dns, records[i].name),
                                    object_attribute(new_dns, records[i].name), diags))
            return false;
    static const Section groups = {VIR_NETWORK_SECTION_PORTGROUP, -1, add_portgroup, "portgroup",
                                   "port group"};
    return network_update_section(call, network, &groups, object_attribute(prior, "portgroups"),
                                  object_attribute(planned, "portgroups"), diags);
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
