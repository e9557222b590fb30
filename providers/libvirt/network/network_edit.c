/* network_edit: edits a network's XML. */
#include "network_edit.h"

#include "cidr.h"
#include "nested_list.h"
#include "network_attributes.h"
#include "xml_edit.h"
#include "xml_merge.h"

/* Compares addresses by value, other texts ignoring case. */
static bool is_same_key(Str a, Str b) {
    Cidr left;
    Cidr right;
    if (cidr_parse_address(a, &left) && cidr_parse_address(b, &right))
        return cidr_equal(&left, &right);
    return xml_edit_same_text(a, b);
}

static xmlNodePtr find_node(xmlNodePtr parent, const char *path, const char *attribute, Str text) {
    SCOPED(ArenaRef) scratch = arena_open("network");
    const char *key = str_to_cstr(str_format(scratch, "@%s", attribute), scratch);
    XmlNodes nodes = xml_find_all(parent, path, scratch);
    vec_each(&nodes, node)
        if (is_same_key(xml_get(*node, key, scratch), text))
            return *node;
    return NULL;
}

/* Entries of one kind below one element. An entry is found by its key, an attribute of both value
 * and element. */
typedef struct ListEdit {
    const char *path;
    const char *key;
    XmlRows rows; /* of an item */
} ListEdit;

/* An entry of the planned list: its prior value and its element. */
typedef struct Entry {
    Value before;
    xmlNodePtr node;
} Entry;

typedef bool (*EntrySame)(const ListEdit *kind, Value a, Value b);

static bool is_equal_entry(const ListEdit *, Value a, Value b) {
    return value_equal(a, b);
}

static bool edit_has_same_key(const ListEdit *kind, Value a, Value b) {
    return is_same_key(object_text(a, kind->key, STR_EMPTY), object_text(b, kind->key, STR_EMPTY));
}

/* Pairs each unpaired entry with the first unpaired prior entry that is_same accepts. */
static void pair_entries(const ListEdit *kind, EntrySame is_same, Value before, Value after,
                         bool *taken, Entry *out) {
    size_t old_count = value_is_present(before) ? before.count : 0;
    for (size_t i = 0; i < after.count; i++)
        for (size_t n = 0; n < old_count && !value_is_present(out[i].before); n++) {
            if (taken[n] || !is_same(kind, value_at(before, n), value_at(after, i)))
                continue;
            taken[n] = true;
            out[i].before = value_at(before, n);
        }
}

/* Pairs planned with prior entries: equal ones, else those with the same key, else by index if the
 * lists have equal length. */
static Entry *find_entries(const ListEdit *kind, Value before, Value after, Arena *arena) {
    size_t count = value_is_present(after) ? after.count : 0;
    size_t old_count = value_is_present(before) ? before.count : 0;
    Entry *entries = arena_new_array(arena, Entry, count);
    bool *taken = arena_new_array(arena, bool, old_count);
    for (size_t i = 0; i < count; i++)
        entries[i].before = value_null(after.type->element);
    if (count == 0)
        return entries;
    pair_entries(kind, is_equal_entry, before, after, taken, entries);
    pair_entries(kind, edit_has_same_key, before, after, taken, entries);
    for (size_t i = 0; i < count && count == old_count; i++)
        if (!taken[i] && !value_is_present(entries[i].before))
            entries[i].before = value_at(before, i);
    return entries;
}

/* Returns whether the element has all known values of the entry. */
static bool edit_has_entry(const ListEdit *kind, xmlNodePtr node, Value item) {
    SCOPED(ArenaRef) scratch = arena_open("network");
    const char *key = str_to_cstr(str_format(scratch, "@%s", kind->key), scratch);
    if (!is_same_key(xml_get(node, key, scratch), object_text(item, kind->key, STR_EMPTY)))
        return false;
    size_t index = 0;
    return !type_find_attribute(item.type, STR("end"), &index) ||
           is_same_key(xml_get(node, "@end", scratch), object_text(item, "end", STR_EMPTY));
}

static xmlNodePtr claim_node(const ListEdit *kind, XmlNodes *nodes, Value item) {
    vec_each(nodes, node) {
        xmlNodePtr found = *node;
        if (!found || !edit_has_entry(kind, found, item))
            continue;
        *node = NULL;
        return found;
    }
    return NULL;
}

static void network_edit_list(const ListEdit *kind, xmlNodePtr parent, Value before, Value after,
                              Arena *arena) {
    size_t count = value_is_present(after) ? after.count : 0;
    size_t old_count = value_is_present(before) ? before.count : 0;
    Entry *entries = find_entries(kind, before, after, arena);
    XmlNodes nodes = xml_find_all(parent, kind->path, arena);
    for (size_t i = 0; i < count; i++) {
        bool is_old = value_is_present(entries[i].before);
        entries[i].node = claim_node(kind, &nodes, is_old ? entries[i].before : value_at(after, i));
    }
    for (size_t n = 0; n < old_count; n++) {
        Value old = value_at(before, n);
        bool is_kept = false;
        for (size_t i = 0; i < count; i++)
            is_kept |= value_is_present(entries[i].before) && value_equal(entries[i].before, old);
        xmlNodePtr node = is_kept ? NULL : claim_node(kind, &nodes, old);
        if (node)
            xml_remove(node);
    }
    for (size_t i = 0; i < count; i++) {
        Value item = value_at(after, i);
        Value old = entries[i].before;
        if (!entries[i].node)
            entries[i].node = xml_add(parent, kind->path);
        xml_map_edit(kind->rows, old, item, entries[i].node, arena);
    }
}

static void edit_dhcp(xmlNodePtr ip_node, Value before, Value after, Arena *arena) {
    Value old = object_nested(before, "dhcp", arena);
    Value new = object_nested(after, "dhcp", arena);
    if (value_equal(old, new))
        return;
    xmlNodePtr node = xml_need(ip_node, "dhcp");
    xml_map_edit(network_attributes_of_dhcp(), old, new, node, arena);
    XmlRows rows = network_attributes_of_dhcp();
    const ListEdit dhcp_ranges = {"range", "start", xml_map_nested(rows, "ranges")};
    const ListEdit dhcp_hosts = {"host", "ip", xml_map_nested(rows, "hosts")};
    network_edit_list(&dhcp_ranges, node, object_attribute(old, "ranges"),
                      object_attribute(new, "ranges"), arena);
    network_edit_list(&dhcp_hosts, node, object_attribute(old, "hosts"),
                      object_attribute(new, "hosts"), arena);
    xml_edit_remove_empty(node);
}

/* The XML has the prefix as a length or a mask; it is written only if the length changes. */
static void edit_address(xmlNodePtr node, Value before, Value after, Arena *arena) {
    Str text = object_text(after, "address", STR_EMPTY);
    Cidr new = {0};
    Cidr old = {0};
    if (!object_differs(before, after, "address") || !cidr_parse(text, &new))
        return;
    bool had_old = cidr_parse(object_text(before, "address", STR_EMPTY), &old);
    xml_edit_attribute(node, "family", new.is_v6 ? STR("ipv6") : STR_EMPTY);
    xml_edit_attribute(node, "address", cidr_address_text(text));
    if (had_old && old.is_v6 == new.is_v6 &&old.prefix == new.prefix)
        return;
    xml_edit_attribute(node, "netmask", STR_EMPTY);
    xml_edit_attribute(node, "prefix", str_format(arena, "%u", new.prefix));
}

static Str edit_address_of(Value ip) {
    return cidr_address_text(object_text(ip, "address", STR_EMPTY));
}

static size_t find_ip(Value network, Value ip) {
    size_t count = nested_list_count(network, "ips");
    for (size_t i = 0; i < count; i++)
        if (is_same_key(edit_address_of(nested_list_at(network, "ips", i)), edit_address_of(ip)))
            return i;
    return count;
}

/* Returns the prior entry: by address, else by index if the lists have equal length. */
static Value ip_before(Value prior, Value planned, size_t i) {
    Value ip = nested_list_at(planned, "ips", i);
    size_t count = nested_list_count(prior, "ips");
    size_t same = find_ip(prior, ip);
    if (same < count)
        return nested_list_at(prior, "ips", same);
    size_t planned_count = nested_list_count(planned, "ips");
    bool is_place = count == planned_count &&
                    find_ip(planned, nested_list_at(prior, "ips", i)) == planned_count;
    return is_place ? nested_list_at(prior, "ips", i) : value_null(ip.type);
}

static void edit_ips(const Call *call, xmlNodePtr root, Value prior, Value planned) {
    if (!object_differs(prior, planned, "ips"))
        return;
    Arena *arena = call->arena;
    size_t count = nested_list_count(planned, "ips");
    Value *olds = arena_new_array(arena, Value, count);
    xmlNodePtr *nodes = arena_new_array(arena, xmlNodePtr, count);
    for (size_t i = 0; i < count; i++) {
        olds[i] = ip_before(prior, planned, i);
        Value named = value_is_present(olds[i]) ? olds[i] : nested_list_at(planned, "ips", i);
        nodes[i] = find_node(root, "ip", "address", edit_address_of(named));
    }
    for (size_t n = 0; n < nested_list_count(prior, "ips"); n++) {
        xmlNodePtr node =
            find_node(root, "ip", "address", edit_address_of(nested_list_at(prior, "ips", n)));
        bool is_kept = false;
        for (size_t i = 0; i < count; i++)
            is_kept |= nodes[i] == node;
        if (node && !is_kept)
            xml_remove(node);
    }
    for (size_t i = 0; i < count; i++) {
        Value ip = nested_list_at(planned, "ips", i);
        ObjectBuilder none = object_builder_null(ip.type, arena);
        Value old = value_is_present(olds[i]) ? olds[i] : object_builder_value(&none);
        if (!nodes[i])
            nodes[i] = xml_add(root, "ip");
        edit_address(nodes[i], old, ip, arena);
        edit_dhcp(nodes[i], old, ip, arena);
        xml_map_edit(network_attributes_of("ips"), old, ip, nodes[i], arena);
    }
}

static void edit_forwarders(xmlNodePtr node, Value after, Arena *arena) {
    StrVec wanted = nested_list_texts(after, "forwarders", arena);
    XmlNodes nodes = xml_find_all(node, NETWORK_FORWARDERS, arena);
    for (size_t i = 0; i < nodes.count || i < wanted.count; i++) {
        if (i >= wanted.count)
            xml_remove(nodes.items[i]);
        else if (i >= nodes.count)
            xml_set(xml_add(node, "forwarder"), "addr", wanted.items[i]);
        else
            xml_edit_attribute(nodes.items[i], "addr", wanted.items[i]);
    }
}

static void edit_dns(const Call *call, xmlNodePtr root, Value prior, Value planned) {
    Arena *arena = call->arena;
    Value old = object_nested(prior, "dns", arena);
    Value new = object_nested(planned, "dns", arena);
    if (value_equal(old, new))
        return;
    xmlNodePtr node = xml_need(root, "dns");
    bool is_enabled = object_bool(new, "enabled", true);
    if (object_bool(old, "enabled", true) != is_enabled)
        xml_edit_attribute(node, "enable", is_enabled ? STR_EMPTY : STR("no"));
    if (object_differs(old, new, "forwarders"))
        edit_forwarders(node, new, arena);
    const ListEdit dns_hosts = {"host", "ip",
                                xml_map_nested(network_attributes_of("dns"), "hosts")};
    network_edit_list(&dns_hosts, node, object_attribute(old, "hosts"),
                      object_attribute(new, "hosts"), arena);
    xml_map_edit(network_attributes_of("dns"), old, new, node, arena);
    xml_edit_remove_empty(node);
}

/* Returns whether a network of this mode uses devices of the host instead of its own bridge. */
bool network_edit_is_foreign(Str mode) {
    static const Str modes[] = {STR_CONST("bridge"), STR_CONST("private"), STR_CONST("vepa"),
                                STR_CONST("passthrough"), STR_CONST("hostdev")};
    return str_is_among(mode, modes, ARRAY_COUNT(modes));
}

/* Removes elements that are valid only for the old mode. */
static void edit_mode(xmlNodePtr root, Value planned) {
    Str mode = object_text(planned, "mode", STR("nat"));
    if (str_equal(mode, STR("isolated"))) {
        xml_edit_remove_all(root, "forward");
        return;
    }
    xmlNodePtr node = xml_need(root, "forward");
    xml_edit_attribute(node, "mode", mode);
    if (!str_equal(mode, STR("nat")))
        xml_edit_remove_all(node, "nat");
    if (str_equal(mode, STR("open"))) { /* this mode has no firewall rules and allows no device */
        xml_edit_attribute(node, "dev", STR_EMPTY);
        xml_edit_remove_all(node, "interface");
    }
    if (!network_edit_is_foreign(mode))
        return;
    xml_edit_child(root, "bridge", "stp", STR_EMPTY);
    xml_edit_child(root, "bridge", "delay", STR_EMPTY);
    xml_edit_remove_all(root, "mac");
}

/* libvirt requires that the device of <forward> is that of its first <interface>. */
static void edit_forward_device(xmlNodePtr root, Value prior, Value planned, Arena *arena) {
    xmlNodePtr forward = xml_find(root, "forward[interface]");
    if (!forward)
        return;
    if (object_differs(prior, planned, "forward_dev"))
        xml_set(xml_find(forward, "interface"), "dev",
                object_text(planned, "forward_dev", STR_EMPTY));
    else if (object_differs(prior, planned, "forward_interfaces"))
        xml_set(forward, "dev", xml_get(forward, "interface/@dev", arena));
}

void network_edit(const Call *call, Value prior, Value planned, xmlNodePtr root) {
    Arena *arena = call->arena;
    if (object_differs(prior, planned, "mode"))
        edit_mode(root, planned);
    if (object_differs(prior, planned, "bridge"))
        xml_edit_child(root, "bridge", "name", object_text(planned, "bridge", STR_EMPTY));
    if (object_differs(prior, planned, "stp") &&
        !network_edit_is_foreign(object_text(planned, "mode", STR("nat"))))
        xml_edit_child(root, "bridge", "stp",
                       object_bool(planned, "stp", true) ? STR("on") : STR("off"));
    if (object_differs(prior, planned, "domain"))
        xml_edit_child(root, "domain", "name", object_text(planned, "domain", STR_EMPTY));
    if (object_differs(prior, planned, "mtu"))
        xml_edit_child(root, "mtu", "size",
                       object_has(planned, "mtu")
                           ? str_format(arena, "%lld", (long long)object_int(planned, "mtu", 0))
                           : STR_EMPTY);
    const XmlRows rows = {network_attributes, NETWORK_ATTRIBUTE_COUNT};
    xml_map_edit(rows, prior, planned, root, arena);
    if (object_has(prior, "name"))
        edit_forward_device(root, prior, planned, arena);
    edit_ips(call, root, prior, planned);
    edit_dns(call, root, prior, planned);
    xml_merge_edit(prior, planned, root, arena);
}
