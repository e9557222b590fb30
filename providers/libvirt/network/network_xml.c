/* network_xml: networks as XML. */
#include "network_xml.h"

#include <libxml/tree.h>

#include "cidr.h"
#include "libvirt_identity.h"
#include "nested_list.h"
#include "network_attributes.h"
#include "xml_edit.h"
#include "xml_merge.h"

bool network_xml_is_foreign(Str mode) {
    static const Str modes[] = {STR_CONST("bridge"), STR_CONST("private"), STR_CONST("vepa"),
                                STR_CONST("passthrough"), STR_CONST("hostdev")};
    return str_is_among(mode, modes, ARRAY_COUNT(modes));
}

const char *network_xml_describe(const Call *call, Value planned, Str uuid) {
    SCOPED(XmlDoc) doc = xml_new("network");
    xmlNodePtr root = xml_root(&doc);
    xml_add_text(root, "name", object_text(planned, "name", STR_EMPTY));
    xml_add_text(root, "uuid", uuid);
    libvirt_identity_add_owner(call, root);
    if (!network_xml_is_foreign(object_text(planned, "mode", STR("nat"))))
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
static Value network_xml_keep_spelling(Value found, Value old, Arena *arena) {
    size_t index = 0;
    if (!type_find_attribute(found.type, STR("mac"), &index))
        return found;
    Str a = object_text(found, "mac", STR_EMPTY);
    Str b = object_text(old, "mac", STR_EMPTY);
    return a.len && xml_edit_same_text(a, b) ? object_with_text(found, "mac", b, arena) : found;
}

/* Returns the index of the item's node, found by one attribute; the number of nodes if none. */
static size_t network_xml_find_entry(const XmlNodes *nodes, const bool *is_taken, const char *key,
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

static Value network_xml_read_list(const ListRead *kind, xmlNodePtr parent, Value old,
                                   const Type *type, bool all, Arena *arena) {
    XmlNodes nodes = {0};
    if (parent)
        nodes = xml_find_all(parent, kind->path, arena);
    bool *is_taken = arena_new_array(arena, bool, nodes.count);
    ValueVec values = {0};
    for (size_t i = 0; value_is_present(old) && i < old.count; i++) {
        Value item = value_at(old, i);
        size_t n = network_xml_find_entry(&nodes, is_taken, kind->key, item, arena);
        if (n == nodes.count)
            n = network_xml_find_entry(&nodes, is_taken, "mac", item, arena);
        if (n == nodes.count)
            continue;
        is_taken[n] = true;
        Value found = read_item(kind, nodes.items[n], type->element, arena);
        vec_push(arena, &values, network_xml_keep_spelling(found, item, arena));
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
    Value ranges = network_xml_read_list(&dhcp_ranges, node, object_builder_get(&dhcp, "ranges"),
                                         object_attribute_type(dhcp_type, "ranges"), all, arena);
    Value hosts = network_xml_read_list(&dhcp_hosts, node, object_builder_get(&dhcp, "hosts"),
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
                       network_xml_read_list(&dns_hosts, node, object_builder_get(&dns, "hosts"),
                                             object_attribute_type(type, "hosts"), all, arena));
    if (node)
        xml_map_read(network_attributes_of("dns"), old, node, all, &dns, arena);
    object_builder_set(builder, "dns", object_builder_value(&dns));
}

void network_xml_read(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
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
