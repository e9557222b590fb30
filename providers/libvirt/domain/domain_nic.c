/* domain_nic: network interfaces of machines. */
#include "domain_nic.h"

#include "digest.h"
#include "domain_attributes.h"
#include "domain_device.h"
#include "filter_ref.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "nested_list.h"
#include "xml_edit.h"

/* Interface types other than network and bridge. The argument has the name of the XML's type. */
static const char *const kinds[] = {"direct", "user", "vhostuser"};

const char *domain_nic_kind(Value nic) {
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        if (object_has(nic, kinds[i]))
            return kinds[i];
    return NULL;
}

/* Writes the interface type and its argument. */
static void edit_kind(xmlNodePtr node, const char *kind, Value before, Value nic, Arena *arena) {
    Value planned = object_attribute(nic, kind);
    Value old =
        value_is_present(before) ? object_attribute(before, kind) : value_null(planned.type);
    xml_edit_attribute(node, "type", str_from_cstr(kind));
    xml_map_edit(xml_map_nested(domain_attributes_of("network_interface"), kind), old, planned,
                 node, arena);
    if (strcmp(kind, "vhostuser") == 0)
        xml_edit_child(node, "source", "type", STR("unix"));
}

/* Sets the reference below `parent`; a null one removes it. */
static void edit_filter(xmlNodePtr parent, Value reference, const char *name_key, Arena *arena) {
    xmlNodePtr node = xml_find(parent, "filterref");
    if (!value_is_present(reference))
        xml_edit_remove_all(parent, "filterref");
    else if (node)
        filter_ref_edit_node(node, reference, name_key, arena);
    else
        filter_ref_add(parent, reference, name_key, arena);
}

size_t domain_nic_index(Value domain, Str mac) {
    for (size_t i = 0; i < nested_list_count(domain, "network_interface"); i++) {
        Value nic = nested_list_at(domain, "network_interface", i);
        if (xml_edit_same_text(object_text(nic, "mac", STR_EMPTY), mac))
            return i;
    }
    return SIZE_MAX;
}

Value domain_nic_find(Value domain, Str mac) {
    size_t i = domain_nic_index(domain, mac);
    return i == SIZE_MAX ? value_null(nested_list_element(domain.type, "network_interface"))
                         : nested_list_at(domain, "network_interface", i);
}

bool domain_nic_same_source(Value a, Value b) {
    bool is_same = true;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        is_same &= !object_differs(a, b, kinds[i]);
    return is_same && !object_differs(a, b, "network_id") && !object_differs(a, b, "network") &&
           !object_differs(a, b, "bridge");
}

static bool network_name(const Call *call, virConnectPtr connection, Value nic, Str *out,
                         Diags *diags) {
    *out = object_text(nic, "network", STR_EMPTY);
    Str id = object_text(nic, "network_id", STR_EMPTY);
    if (!id.len)
        return true;
    SCOPED(virNetworkPtr)
    network = virNetworkLookupByUUIDString(connection, str_to_cstr(id, call->arena));
    if (!network)
        return libvirt_error_add(call, diags, "Cannot find the interface's network %.*s",
                                 STR_ARG(id));
    *out = str_clone(str_from_cstr(virNetworkGetName(network)), call->arena);
    return true;
}

/* The host side of a container's interface needs a name that is known in advance; otherwise libvirt
 * cannot apply its filter. */
static Str container_device(Value domain, Value nic, Arena *arena) {
    Str name = str_concat(object_text(domain, "name", STR_EMPTY),
                          object_text(nic, "mac", STR_EMPTY), arena);
    return str_format(arena, "lm%.*s",
                      STR_ARG(str_slice(digest_hex(DIGEST_SHA256, name, arena), 0, 8)));
}

/* Returns whether the schema can express the element. Others are never changed. */
static bool is_known_nic(xmlNodePtr node, Arena *arena) {
    static const Str types[] = {STR_CONST("network"), STR_CONST("bridge"), STR_CONST("direct"),
                                STR_CONST("user"), STR_CONST("vhostuser")};
    return str_is_among(xml_get(node, "@type", arena), types, ARRAY_COUNT(types));
}

/* Changes the network or bridge, and removes the port group, which belongs to the old network. */
static bool edit_source(const Call *call, xmlNodePtr node, virConnectPtr connection, Value before,
                        Value nic, Diags *diags) {
    const char *kind = domain_nic_kind(nic);
    const char *old_kind = value_is_present(before) ? domain_nic_kind(before) : NULL;
    if (kind != old_kind) {
        xml_edit_remove_all(node, "source");
        xml_edit_remove_all(node, "backend");
        xml_edit_remove_all(node, "portForward");
        xml_edit_attribute(node, "trustGuestRxFilters", STR_EMPTY);
    }
    if (kind) {
        edit_kind(node, kind, kind == old_kind ? before : value_null(nic.type), nic, call->arena);
        return true;
    }
    Str network = STR_EMPTY;
    Str bridge = object_text(nic, "bridge", STR_EMPTY);
    if (!network_name(call, connection, nic, &network, diags))
        return false;
    Str name = bridge.len ? bridge : network;
    const char *attribute = bridge.len ? "bridge" : "network";
    Str now = xml_get(node, bridge.len ? "source/@bridge" : "source/@network", call->arena);
    if (str_equal(now, name) && str_equal_cstr(xml_get(node, "@type", call->arena), attribute))
        return true;
    xmlNodePtr source = xml_need(node, "source");
    xml_edit_attribute(node, "type", str_from_cstr(attribute));
    xml_edit_attribute(source, bridge.len ? "network" : "bridge", STR_EMPTY);
    xml_edit_attribute(source, "portgroup", STR_EMPTY);
    xml_edit_attribute(source, attribute, name);
    return true;
}

/* Edits the differences between `before`, the current content of the element, and `nic`. Returns
 * false, with an error, if the network does not exist. */
static bool edit_nic(const Call *call, xmlNodePtr node, virConnectPtr connection, Value before,
                     Value nic, Diags *diags) {
    bool is_new = !value_is_present(before);
    if ((is_new || !domain_nic_same_source(before, nic)) &&
        !edit_source(call, node, connection, before, nic, diags))
        return false;
    Str mac = object_text(nic, "mac", STR_EMPTY);
    if (!xml_edit_same_text(xml_get(node, "mac/@address", call->arena), mac))
        xml_edit_child(node, "mac", "address", mac);
    if (is_new || object_differs(before, nic, "model"))
        xml_edit_child(node, "model", "type", object_text(nic, "model", STR_EMPTY));
    if (is_new || object_differs(before, nic, "filter"))
        edit_filter(node, object_attribute(nic, "filter"), "name", call->arena);
    xml_map_edit(domain_attributes_of("network_interface"), before, nic, node, call->arena);
    return true;
}

/* Adds an element <interface>; returns false, with an error, if the network does not exist. */
static bool add_nic(const Call *call, xmlNodePtr root, virConnectPtr connection, Value domain,
                    Value nic, Diags *diags) {
    bool is_lxc = domain_schema_is_lxc(domain);
    xmlNodePtr node = xml_add(xml_need(root, "devices"), "interface");
    if (is_lxc)
        xml_set(xml_add(node, "target"), "dev", container_device(domain, nic, call->arena));
    if (!edit_nic(call, node, connection, value_null(nic.type), nic, diags))
        return false;
    if (is_lxc)
        xml_edit_remove_all(node, "model");
    else if (!object_has(nic, "model"))
        xml_edit_child(node, "model", "type", STR("virtio"));
    return true;
}

/* Returns the interface of `prior` that became interface i of `planned`: by MAC address, else by
 * index. Null for a new one. */
static Value nic_before(Value prior, Value planned, size_t i) {
    Value nic = nested_list_at(planned, "network_interface", i);
    Value same = domain_nic_find(prior, object_text(nic, "mac", STR_EMPTY));
    if (value_is_present(same) || i >= nested_list_count(prior, "network_interface"))
        return same;
    Value old = nested_list_at(prior, "network_interface", i);
    bool is_kept = value_is_present(domain_nic_find(planned, object_text(old, "mac", STR_EMPTY)));
    return is_kept ? same : old;
}

static const DomainDeviceList interfaces = {"network_interface", "mac",
                                            domain_device_find_interface};

bool domain_nic_edit(const Call *call, xmlNodePtr root, virConnectPtr connection, Value prior,
                     Value planned, Diags *diags) {
    Arena *arena = call->arena;
    size_t count = nested_list_count(planned, "network_interface");
    Value *before = arena_new_array(arena, Value, count);
    xmlNodePtr *nodes = arena_new_array(arena, xmlNodePtr, count);
    for (size_t i = 0; i < count; i++) {
        Value nic = nested_list_at(planned, "network_interface", i);
        before[i] = nic_before(prior, planned, i);
        nodes[i] = domain_device_of(root, &interfaces,
                                    value_is_present(before[i]) ? before[i] : nic, arena);
    }
    domain_device_remove_rest(root, &interfaces, prior, nodes, count, arena);
    for (size_t i = 0; i < count; i++) {
        Value nic = nested_list_at(planned, "network_interface", i);
        bool is_done = nodes[i] ? edit_nic(call, nodes[i], connection, before[i], nic, diags)
                                : add_nic(call, root, connection, planned, nic, diags);
        if (!is_done)
            return false;
    }
    return true;
}

/* Reads an interface of one of `kinds`. Returns false for an interface on a network or bridge. */
static bool read_kind(ObjectBuilder *builder, Value old, xmlNodePtr node, Arena *arena) {
    Str type = xml_get(node, "@type", arena);
    bool is_kind = false;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        const Type *kind_type = object_attribute_type(builder->type, kinds[i]);
        Value known =
            value_is_present(old) ? object_attribute(old, kinds[i]) : value_null(kind_type);
        object_builder_set(builder, kinds[i], value_null(kind_type));
        if (!str_equal_cstr(type, kinds[i]))
            continue;
        is_kind = true;
        ObjectBuilder found = value_is_present(known) ? object_builder_of(known, arena)
                                                      : object_builder_null(kind_type, arena);
        xml_map_read(xml_map_nested(domain_attributes_of("network_interface"), kinds[i]), known,
                     node, !value_is_present(known), &found, arena);
        object_builder_set(builder, kinds[i], object_builder_value(&found));
    }
    static const char *const names[] = {"network", "network_id", "bridge"};
    for (size_t i = 0; i < ARRAY_COUNT(names) && is_kind; i++)
        object_builder_set(builder, names[i], value_null(&TYPE_STRING));
    return is_kind;
}

static void nic_read_source(ObjectBuilder *builder, virConnectPtr connection, Value old,
                            xmlNodePtr node, Arena *arena) {
    Str network = xml_get(node, "source/@network", arena);
    Str bridge = network.len ? STR_EMPTY : xml_get(node, "source/@bridge", arena);
    bool is_known = value_is_present(old);
    Value none = value_null(&TYPE_STRING);
    if (read_kind(builder, old, node, arena))
        return;
    if (bridge.len || !network.len) {
        object_builder_set(builder, "network", none);
        object_builder_set(builder, "network_id", none);
        object_builder_set_optional(builder, "bridge", bridge, arena);
        return;
    }
    object_builder_set(builder, "bridge", none);
    if (is_known && object_has(old, "network")) {
        object_builder_set_text(builder, "network", network, arena);
        return;
    }
    object_builder_set(builder, "network_id", none);
    char uuid[VIR_UUID_STRING_BUFLEN];
    SCOPED(virNetworkPtr)
    found = virNetworkLookupByName(connection, str_to_cstr(network, arena));
    bool has_uuid = found && virNetworkGetUUIDString(found, uuid) == 0;
    if (has_uuid)
        object_builder_set_copy(builder, "network_id", uuid, arena);
    else
        object_builder_set_text(builder, "network", network, arena);
}

static Value read_nic(virConnectPtr connection, Value old, xmlNodePtr node, const Type *type,
                      Arena *arena) {
    bool is_known = value_is_present(old);
    ObjectBuilder builder =
        is_known ? object_builder_of(old, arena) : object_builder_null(type, arena);
    Str model = xml_get(node, "model/@type", arena);
    Str mac = xml_get(node, "mac/@address", arena);
    nic_read_source(&builder, connection, old, node, arena);
    if (!is_known || !xml_edit_same_text(object_text(old, "mac", STR_EMPTY), mac))
        object_builder_set_text(&builder, "mac", mac, arena);
    if (model.len)
        object_builder_set_text(&builder, "model", model, arena);
    if (!is_known && !model.len)
        object_builder_set_text(&builder, "model", STR("virtio"), arena);
    xmlNodePtr filter = xml_find(node, "filterref");
    const Type *filter_type = object_attribute_type(type, "filter");
    object_builder_set(&builder, "filter",
                       filter ? filter_ref_read(filter, filter_type, "name", arena)
                              : value_null(filter_type));
    xml_map_read(domain_attributes_of("network_interface"), old, node, !is_known, &builder, arena);
    return object_builder_value(&builder);
}

Value domain_nic_read(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena) {
    const Type *type = object_attribute_type(state.type, "network_interface");
    XmlNodes nodes = xml_find_all(root, "devices/interface", arena);
    ValueVec nics = {0};
    for (size_t i = 0; i < nested_list_count(state, "network_interface"); i++) {
        Value old = nested_list_at(state, "network_interface", i);
        xmlNodePtr node =
            domain_device_find_interface(root, object_text(old, "mac", STR_EMPTY), arena);
        if (node)
            vec_push(arena, &nics, read_nic(connection, old, node, type->element, arena));
    }
    vec_each(&nodes, node) {
        if (!is_known_nic(*node, arena) ||
            value_is_present(domain_nic_find(state, xml_get(*node, "mac/@address", arena))))
            continue;
        Value none = value_null(type->element);
        vec_push(arena, &nics, read_nic(connection, none, *node, type->element, arena));
    }
    if (nics.count == 0 && !object_has(state, "network_interface"))
        return value_null(type);
    return nested_list_value(type, &nics, arena);
}
