/* Networks as XML. */
#include "network_xml.h"

#include <libxml/tree.h>

#include "cidr.h"
#include "items.h"
#include "libvirt_identity.h"

static void set_if(xmlNodePtr node, const char *attribute, Value object, const char *name) {
    if (items_has(object, name))
        xml_set(node, attribute, draft_text(object, name, STR_EMPTY));
}

static void add_dhcp_host(xmlNodePtr parent, Value host) {
    xmlNodePtr node = xml_add(parent, "host");
    set_if(node, "mac", host, "mac");
    set_if(node, "name", host, "name");
    set_if(node, "ip", host, "ip");
}

static void add_range(xmlNodePtr parent, Value range) {
    xmlNodePtr node = xml_add(parent, "range");
    set_if(node, "start", range, "start");
    set_if(node, "end", range, "end");
}

static void add_dns_host(xmlNodePtr parent, Value host, Arena *arena) {
    xmlNodePtr node = xml_add(parent, "host");
    set_if(node, "ip", host, "ip");
    StrVec names = items_texts(host, "hostnames", arena);
    vec_each(&names, name)
        xml_add_text(node, "hostname", *name);
}

/* The first element below a scratch root, as text. */
static const char *print_first(XmlDoc *doc, Arena *arena) {
    return xml_print_node(xml_find(xml_root(doc), "*"), arena);
}

const char *network_xml_dhcp_host(Value host, Arena *arena) {
    SCOPED(XmlDoc) doc = xml_new("dhcp");
    add_dhcp_host(xml_root(&doc), host);
    return print_first(&doc, arena);
}

const char *network_xml_range(Value range, Arena *arena) {
    SCOPED(XmlDoc) doc = xml_new("dhcp");
    add_range(xml_root(&doc), range);
    return print_first(&doc, arena);
}

const char *network_xml_dns_host(Value host, Arena *arena) {
    SCOPED(XmlDoc) doc = xml_new("dns");
    add_dns_host(xml_root(&doc), host, arena);
    return print_first(&doc, arena);
}

static bool is_declared(Value ip, xmlNodePtr host, Arena *arena) {
    Value dhcp = items_object(ip, "dhcp", arena);
    for (size_t i = 0; i < items_count(dhcp, "hosts"); i++)
        if (str_equal(draft_text(items_at(dhcp, "hosts", i), "ip", STR_EMPTY),
                      xml_get(host, "@ip", arena)))
            return true;
    return false;
}

/* Reservations in the host's description that neither the prior nor the planned value declares. */
static void keep_foreign_hosts(
    xmlNodePtr dhcp, Value planned_ip, Value prior, xmlNodePtr current_ip, Arena *arena) {
    XmlNodes hosts = xml_find_all(current_ip, "dhcp/host", arena);
    vec_each(&hosts, host) {
        bool is_ours = is_declared(planned_ip, *host, arena);
        for (size_t i = 0; !value_is_null(prior) && i < items_count(prior, "ips"); i++)
            is_ours |= is_declared(items_at(prior, "ips", i), *host, arena);
        if (!is_ours)
            xmlAddChild(dhcp, xmlDocCopyNode(*host, dhcp->doc, 1));
    }
}

static xmlNodePtr find_ip(const XmlDoc *current, Str address, Arena *arena) {
    XmlNodes ips = {0};
    if (current)
        ips = xml_find_all(xml_root(current), "ip", arena);
    vec_each(&ips, ip)
        if (str_equal(xml_get(*ip, "@address", arena), address))
            return *ip;
    return NULL;
}

static void add_ip(xmlNodePtr root, Value ip, Value prior, const XmlDoc *current, Arena *arena) {
    Str text = draft_text(ip, "address", STR_EMPTY);
    Cidr cidr = {0};
    if (!cidr_parse(text, &cidr))
        return; /* validated */
    xmlNodePtr node = xml_add(root, "ip");
    if (cidr.is_v6)
        xml_set(node, "family", STR("ipv6"));
    xml_set(node, "address", cidr_address_text(text));
    xml_set_int(node, "prefix", cidr.prefix);
    xmlNodePtr dhcp_node = xml_add(node, "dhcp");
    Value dhcp = items_object(ip, "dhcp", arena);
    for (size_t i = 0; i < items_count(dhcp, "ranges"); i++)
        add_range(dhcp_node, items_at(dhcp, "ranges", i));
    for (size_t i = 0; i < items_count(dhcp, "hosts"); i++)
        add_dhcp_host(dhcp_node, items_at(dhcp, "hosts", i));
    xmlNodePtr current_ip = find_ip(current, cidr_address_text(text), arena);
    if (current_ip)
        keep_foreign_hosts(dhcp_node, ip, prior, current_ip, arena);
    if (!dhcp_node->children)
        xml_remove(dhcp_node);
}

static void add_dns(xmlNodePtr root, Value dns, Arena *arena) {
    xmlNodePtr node = xml_add(root, "dns");
    if (!draft_bool(dns, "enabled", true))
        xml_set(node, "enable", STR("no"));
    StrVec forwarders = items_texts(dns, "forwarders", arena);
    vec_each(&forwarders, forwarder)
        xml_set(xml_add(node, "forwarder"), "addr", *forwarder);
    for (size_t i = 0; i < items_count(dns, "hosts"); i++)
        add_dns_host(node, items_at(dns, "hosts", i), arena);
}

static void add_bridge(xmlNodePtr root, Value planned, const XmlDoc *current, Arena *arena) {
    bool is_foreign = str_equal(draft_text(planned, "mode", STR("nat")), STR("bridge"));
    xmlNodePtr bridge = xml_add(root, "bridge");
    set_if(bridge, "name", planned, "bridge");
    if (!is_foreign)
        xml_set(bridge, "stp", draft_bool(planned, "stp", true) ? STR("on") : STR("off"));
    if (!is_foreign)
        xml_set(bridge, "delay", STR("0"));
    Str mac = current ? xml_get(xml_root(current), "mac/@address", arena) : STR_EMPTY;
    if (mac.len && !is_foreign)
        xml_set(xml_add(root, "mac"), "address", mac);
}

const char *network_xml_describe(
    const Call *call, Value planned, Value prior, Str uuid, const XmlDoc *current) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = xml_new("network");
    xmlNodePtr root = xml_root(&doc);
    xml_add_text(root, "name", draft_text(planned, "name", STR_EMPTY));
    xml_add_text(root, "uuid", uuid);
    libvirt_identity_add_owner(call, root);
    Str mode = draft_text(planned, "mode", STR("nat"));
    if (!str_equal(mode, STR("isolated")))
        xml_set(xml_add(root, "forward"), "mode", mode);
    add_bridge(root, planned, current, arena);
    if (items_has(planned, "mtu"))
        xml_set_int(xml_add(root, "mtu"), "size", draft_int(planned, "mtu", 0));
    if (items_has(planned, "domain"))
        xml_set(xml_add(root, "domain"), "name", draft_text(planned, "domain", STR_EMPTY));
    if (items_has(planned, "dns"))
        add_dns(root, draft_attribute(planned, "dns"), arena);
    for (size_t i = 0; i < items_count(planned, "ips"); i++)
        add_ip(root, items_at(planned, "ips", i), prior, current, arena);
    return xml_print(&doc, arena);
}

/* A list read from elements, in the order that the state has. */
typedef struct ListRead {
    const char *path;
    const char *key; /* attribute of value and element alike; a MAC address stands in for it */
    Value (*read)(xmlNodePtr node, const Type *type, Arena *arena);
    bool only_declared;
} ListRead;

static Value read_dhcp_host(xmlNodePtr node, const Type *type, Arena *arena) {
    Draft draft = items_draft(type, arena);
    items_set_text(&draft, "mac", xml_get(node, "@mac", arena), arena);
    items_set_text(&draft, "ip", xml_get(node, "@ip", arena), arena);
    items_set_text(&draft, "name", xml_get(node, "@name", arena), arena);
    return draft_value(&draft);
}

static Value read_range(xmlNodePtr node, const Type *type, Arena *arena) {
    Draft draft = items_draft(type, arena);
    items_set_text(&draft, "start", xml_get(node, "@start", arena), arena);
    items_set_text(&draft, "end", xml_get(node, "@end", arena), arena);
    return draft_value(&draft);
}

static Value read_dns_host(xmlNodePtr node, const Type *type, Arena *arena) {
    Draft draft = items_draft(type, arena);
    XmlNodes nodes = xml_find_all(node, "hostname", arena);
    StrVec names = {0};
    vec_each(&nodes, name)
        vec_push(arena, &names, xml_get(*name, ".", arena));
    items_set_text(&draft, "ip", xml_get(node, "@ip", arena), arena);
    draft_set(&draft, "hostnames", items_text_list(&names, arena));
    return draft_value(&draft);
}

static const ListRead dhcp_hosts = {"dhcp/host", "ip", read_dhcp_host, true};
static const ListRead dhcp_ranges = {"dhcp/range", "start", read_range, false};
static const ListRead dns_hosts = {"host", "ip", read_dns_host, false};

/* The user's own spelling of a MAC address stays. */
static Value keep_spelling(Value found, Value old, Arena *arena) {
    size_t index = 0;
    if (!type_find_attribute(found.type, STR("mac"), &index))
        return found;
    Str a = draft_text(found, "mac", STR_EMPTY);
    Str b = draft_text(old, "mac", STR_EMPTY);
    if (a.len == 0 || a.len != b.len || strncasecmp(a.ptr, b.ptr, a.len) != 0)
        return found;
    Draft draft = draft_of(found, arena);
    draft_set_text(&draft, "mac", b, arena);
    return draft_value(&draft);
}

/* The entry that stands for the item, by one attribute; the count of nodes when there is none. */
static size_t find_entry(
    const XmlNodes *nodes, const bool *is_taken, const char *key, Value item, Arena *arena) {
    size_t index = 0;
    const char *path = str_to_cstr(str_format(arena, "@%s", key), arena);
    bool has_key = type_find_attribute(item.type, str_from_cstr(key), &index);
    Str wanted = has_key ? draft_text(item, key, STR_EMPTY) : STR_EMPTY;
    for (size_t n = 0; wanted.len && n < nodes->count; n++) {
        Str text = xml_get(nodes->items[n], path, arena);
        if (!is_taken[n] && text.len == wanted.len &&
            strncasecmp(text.ptr, wanted.ptr, text.len) == 0)
            return n;
    }
    return nodes->count;
}

static Value read_list(
    const ListRead *kind, xmlNodePtr parent, Value old, const Type *type, bool all, Arena *arena) {
    XmlNodes nodes = {0};
    if (parent)
        nodes = xml_find_all(parent, kind->path, arena);
    bool *is_taken = arena_new_array(arena, bool, nodes.count);
    Values values = {0};
    for (size_t i = 0; value_is_present(old) && i < old.count; i++) {
        Value item = value_at(old, i);
        size_t n = find_entry(&nodes, is_taken, kind->key, item, arena);
        if (n == nodes.count)
            n = find_entry(&nodes, is_taken, "mac", item, arena);
        if (n == nodes.count)
            continue;
        is_taken[n] = true;
        Value found = kind->read(nodes.items[n], type->element, arena);
        vec_push(arena, &values, keep_spelling(found, item, arena));
    }
    for (size_t n = 0; n < nodes.count; n++)
        if (!is_taken[n] && (all || !kind->only_declared))
            vec_push(arena, &values, kind->read(nodes.items[n], type->element, arena));
    bool was_null = !value_is_present(old);
    return was_null && values.count == 0 ? value_null(type) : items_list(type, &values, arena);
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
    Draft draft = value_is_present(old) ? draft_of(old, arena) : items_draft(type, arena);
    Str text = ip_text(node, arena);
    Cidr found;
    Cidr known;
    bool is_same = value_is_present(old) && cidr_parse(text, &found) &&
                   cidr_parse(draft_text(old, "address", STR_EMPTY), &known) &&
                   cidr_equal(&found, &known);
    if (!is_same)
        draft_set_text(&draft, "address", text, arena);
    Value old_dhcp = draft_get(&draft, "dhcp");
    const Type *dhcp_type = items_type(type, "dhcp");
    Draft dhcp =
        value_is_present(old_dhcp) ? draft_of(old_dhcp, arena) : items_draft(dhcp_type, arena);
    Value ranges = read_list(&dhcp_ranges, node, draft_get(&dhcp, "ranges"),
                             items_type(dhcp_type, "ranges"), all, arena);
    Value hosts = read_list(&dhcp_hosts, node, draft_get(&dhcp, "hosts"),
                            items_type(dhcp_type, "hosts"), all, arena);
    draft_set(&dhcp, "ranges", ranges);
    draft_set(&dhcp, "hosts", hosts);
    if (value_is_present(old_dhcp) || !value_is_null(ranges) || !value_is_null(hosts))
        draft_set(&draft, "dhcp", draft_value(&dhcp));
    return draft_value(&draft);
}

static void read_ips(Draft *draft, Value state, xmlNodePtr root, bool all, Arena *arena) {
    XmlNodes nodes = xml_find_all(root, "ip", arena);
    const Type *type = items_type(draft->type, "ips");
    Values ips = {0};
    for (size_t i = 0; i < nodes.count; i++) {
        bool is_known = i < items_count(state, "ips");
        Value old = is_known ? items_at(state, "ips", i) : value_null(type->element);
        vec_push(arena, &ips, read_ip(nodes.items[i], old, type->element, all, arena));
    }
    if (ips.count || items_has(state, "ips"))
        draft_set(draft, "ips", items_list(type, &ips, arena));
}

static void read_dns(Draft *draft, Value state, xmlNodePtr root, bool all, Arena *arena) {
    xmlNodePtr node = xml_find(root, "dns");
    Value old = draft_attribute(state, "dns");
    bool is_disabled = node && str_equal(xml_get(node, "@enable", arena), STR("no"));
    if (!value_is_present(old) && !is_disabled && !all)
        return;
    if (!value_is_present(old) && !node)
        return;
    const Type *type = items_type(draft->type, "dns");
    Draft dns = value_is_present(old) ? draft_of(old, arena) : items_draft(type, arena);
    draft_set(&dns, "enabled", value_bool(!is_disabled));
    StrVec forwarders = {0};
    XmlNodes nodes = {0};
    if (node)
        nodes = xml_find_all(node, "forwarder", arena);
    vec_each(&nodes, forwarder)
        vec_push(arena, &forwarders, xml_get(*forwarder, "@addr", arena));
    if (forwarders.count || value_is_present(draft_get(&dns, "forwarders")))
        draft_set(&dns, "forwarders", items_text_list(&forwarders, arena));
    /* Without its last entry the whole element is gone. */
    draft_set(&dns, "hosts",
              read_list(&dns_hosts, node, draft_get(&dns, "hosts"), items_type(type, "hosts"), all,
                        arena));
    draft_set(draft, "dns", draft_value(&dns));
}

void network_xml_read(Draft *draft, Value state, xmlNodePtr root, Arena *arena) {
    bool is_import = !items_has(state, "name");
    Str mode = xml_get(root, "forward/@mode", arena);
    if (!mode.len)
        mode = xml_find(root, "forward") ? STR("nat") : STR("isolated");
    int64_t mtu = xml_get_int(root, "mtu/@size", 0);
    draft_set_text(draft, "id", xml_get(root, "uuid", arena), arena);
    draft_set_text(draft, "name", xml_get(root, "name", arena), arena);
    draft_set_text(draft, "mode", mode, arena);
    items_set_text(draft, "bridge", xml_get(root, "bridge/@name", arena), arena);
    Str stp = xml_get(root, "bridge/@stp", arena);
    if (stp.len || is_import)
        draft_set(draft, "stp", value_bool(!str_equal(stp, STR("off"))));
    items_set_text(draft, "domain", xml_get(root, "domain/@name", arena), arena);
    draft_set(draft, "mtu", mtu ? value_int(mtu) : value_null(&TYPE_NUMBER));
    read_ips(draft, state, root, is_import, arena);
    read_dns(draft, state, root, is_import, arena);
}
