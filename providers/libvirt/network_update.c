/* Changes of networks in place. */
#include "network_update.h"

#include "domain_device.h"
#include "domain_users.h"
#include "items.h"
#include "libvirt_error.h"
#include "network_xml.h"
#include "xml.h"

#include <strings.h>

static Value dhcp_list(Value ip, const char *name, Arena *arena) {
    return draft_attribute(items_object(ip, "dhcp", arena), name);
}

/* Null and empty mean the same. */
static bool lists_differ(Value a, Value b) {
    bool a_empty = value_is_null(a) || (value_is_known(a) && a.count == 0);
    bool b_empty = value_is_null(b) || (value_is_known(b) && b.count == 0);
    if (a_empty && b_empty)
        return false;
    return !value_is_wholly_known(a) || !value_is_wholly_known(b) || !value_equal(a, b);
}

static bool same_addresses(Value prior, Value planned) {
    size_t count = items_count(planned, "ips");
    if (count != items_count(prior, "ips"))
        return false;
    for (size_t i = 0; i < count; i++)
        if (items_differ(items_at(prior, "ips", i), items_at(planned, "ips", i), "address"))
            return false;
    return true;
}

static const char *find_restart(Value prior, Value planned, Arena *arena) {
    static const char *const names[] = {"mode", "bridge", "stp", "domain", "mtu"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (items_differ(prior, planned, names[i]))
            return names[i];
    if (!value_is_known(draft_attribute(planned, "ips")) || !same_addresses(prior, planned))
        return "ips";
    Value old_dns = items_object(prior, "dns", arena);
    Value new_dns = items_object(planned, "dns", arena);
    bool was_enabled = draft_bool(old_dns, "enabled", true);
    if (was_enabled != draft_bool(new_dns, "enabled", true) ||
        lists_differ(draft_attribute(old_dns, "forwarders"),
                     draft_attribute(new_dns, "forwarders")))
        return "dns";
    return NULL;
}

NetworkChange network_update_compare(Value prior, Value planned, Arena *arena) {
    NetworkChange change = {.restart = find_restart(prior, planned, arena)};
    if (change.restart)
        return change;
    for (size_t i = 0; i < items_count(planned, "ips"); i++) {
        Value old_ip = items_at(prior, "ips", i);
        Value new_ip = items_at(planned, "ips", i);
        change.hosts |=
            lists_differ(dhcp_list(old_ip, "hosts", arena), dhcp_list(new_ip, "hosts", arena));
        change.ranges |=
            lists_differ(dhcp_list(old_ip, "ranges", arena), dhcp_list(new_ip, "ranges", arena));
    }
    change.dns_hosts = lists_differ(draft_attribute(items_object(prior, "dns", arena), "hosts"),
                                    draft_attribute(items_object(planned, "dns", arena), "hosts"));
    return change;
}

/* One section of the network, as lists of values before and after. */
typedef struct Section {
    unsigned section;
    int parent; /* index of the <ip>, -1: none */
    const char *(*describe)(Value item, Arena *arena);
    const char *element;
    const char *what;
} Section;

static bool list_has(Value list, Value item) {
    for (size_t i = 0; value_is_present(list) && i < list.count; i++)
        if (value_equal(value_at(list, i), item))
            return true;
    return false;
}

/* All that is asked for stands in the element that was found; libvirt writes MAC addresses small.
 */
static bool is_same_entry(xmlNodePtr wanted, xmlNodePtr found, Arena *arena) {
    static const char *const parts[] = {"@mac", "@ip", "@name", "@start", "@end"};
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

static bool has_entry(
    virNetworkPtr network, unsigned flags, const Section *section, const char *text, Arena *arena) {
    SCOPED(XmlDoc) wanted = {0};
    SCOPED(XmlDoc) doc = {0};
    if (!xml_parse(text, &wanted) || !xml_take(virNetworkGetXMLDesc(network, flags), &doc))
        return false;
    Str path = section->parent < 0
                   ? str_format(arena, "dns/%s", section->element)
                   : str_format(arena, "ip[%d]/dhcp/%s", section->parent + 1, section->element);
    XmlNodes entries = xml_find_all(xml_root(&doc), str_to_cstr(path, arena), arena);
    vec_each(&entries, entry) {
        if (is_same_entry(xml_root(&wanted), *entry, arena))
            return true;
    }
    return false;
}

static bool send(const Call *call,
                 virNetworkPtr network,
                 const Section *section,
                 unsigned command,
                 Value item,
                 Diags *diags) {
    bool is_active = virNetworkIsActive(network) == 1;
    unsigned flags = VIR_NETWORK_UPDATE_AFFECT_CONFIG;
    if (is_active)
        flags |= VIR_NETWORK_UPDATE_AFFECT_LIVE;
    const char *text = section->describe(item, call->arena);
    if (virNetworkUpdate(network, command, section->section, section->parent, text, flags) == 0)
        return true;
    /* A run that was killed may have done it: what shall go is gone, what shall come is there. */
    LibvirtError error = libvirt_error_last(call->arena);
    bool is_done = error.code == VIR_ERR_OPERATION_INVALID;
    if (command == VIR_NETWORK_UPDATE_COMMAND_ADD_LAST) {
        unsigned kept = is_active ? VIR_NETWORK_XML_INACTIVE : 0;
        is_done = is_done && has_entry(network, 0, section, text, call->arena) &&
                  has_entry(network, kept, section, text, call->arena);
    }
    return is_done || libvirt_error_add_this(call, &error, diags,
                                             "Cannot change a %s of the network", section->what);
}

/* First all that goes, then all that comes: two entries may swap their addresses. */
static bool update_section(const Call *call,
                           virNetworkPtr network,
                           const Section *section,
                           Value before,
                           Value after,
                           Diags *diags) {
    for (size_t i = 0; value_is_present(before) && i < before.count; i++) {
        Value item = value_at(before, i);
        if (!list_has(after, item) &&
            !send(call, network, section, VIR_NETWORK_UPDATE_COMMAND_DELETE, item, diags))
            return false;
    }
    for (size_t i = 0; value_is_present(after) && i < after.count; i++) {
        Value item = value_at(after, i);
        if (!list_has(before, item) &&
            !send(call, network, section, VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, item, diags))
            return false;
    }
    return true;
}

bool network_update_live(
    const Call *call, virNetworkPtr network, Value prior, Value planned, Diags *diags) {
    Arena *arena = call->arena;
    for (size_t i = 0; i < items_count(planned, "ips"); i++) {
        Value old_ip = items_at(prior, "ips", i);
        Value new_ip = items_at(planned, "ips", i);
        Section ranges = {VIR_NETWORK_SECTION_IP_DHCP_RANGE, (int)i, network_xml_range, "range",
                          "DHCP range"};
        Section hosts = {VIR_NETWORK_SECTION_IP_DHCP_HOST, (int)i, network_xml_dhcp_host, "host",
                         "DHCP reservation"};
        if (!update_section(call, network, &ranges, dhcp_list(old_ip, "ranges", arena),
                            dhcp_list(new_ip, "ranges", arena), diags) ||
            !update_section(call, network, &hosts, dhcp_list(old_ip, "hosts", arena),
                            dhcp_list(new_ip, "hosts", arena), diags))
            return false;
    }
    Section names = {VIR_NETWORK_SECTION_DNS_HOST, -1, network_xml_dns_host, "host", "DNS entry"};
    return update_section(call, network, &names,
                          draft_attribute(items_object(prior, "dns", arena), "hosts"),
                          draft_attribute(items_object(planned, "dns", arena), "hosts"), diags);
}

static void replug(const Call *call,
                   virConnectPtr connection,
                   const DomainUser *user,
                   Diags *diags) {
    SCOPED(virDomainPtr)
    domain = virDomainLookupByUUIDString(connection, str_to_cstr(user->uuid, call->arena));
    if (domain && domain_device_replug(call, domain, user->device))
        return;
    LibvirtError error = libvirt_error_last(call->arena);
    libvirt_error_warn(
        call, diags,
        str_format(call->arena, "The guest \"%.*s\" is off the network", STR_ARG(user->name)),
        str_format(call->arena,
                   "The network was started anew and the guest's interface %.*s could not be "
                   "plugged in again (%.*s). Stop and start the guest.",
                   STR_ARG(user->device), STR_ARG(error.message)));
}

bool network_update_restart(const Call *call, virNetworkPtr network, Diags *diags) {
    if (virNetworkIsActive(network) != 1)
        return true;
    virConnectPtr connection = virNetworkGetConnect(network);
    Str name = str_clone(str_from_cstr(virNetworkGetName(network)), call->arena);
    DomainUsers users = domain_users_of_network(connection, name, call->arena);
    if (virNetworkDestroy(network) < 0)
        return libvirt_error_add(call, diags, "Cannot stop network \"%.*s\"", STR_ARG(name));
    if (virNetworkCreate(network) < 0)
        return libvirt_error_add(call, diags, "Cannot start network \"%.*s\"", STR_ARG(name));
    vec_each(&users, user)
        replug(call, connection, user, diags);
    return true;
}
