/* Network interfaces of machines. */
#include "domain_nic.h"

#include "cidr.h"
#include "digest.h"
#include "domain_device.h"
#include "filter_ref.h"
#include "items.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"

static bool same_mac(Str a, Str b) {
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

Value domain_nic_find(Value domain, Str mac) {
    for (size_t i = 0; i < items_count(domain, "network_interface"); i++) {
        Value nic = items_at(domain, "network_interface", i);
        if (same_mac(draft_text(nic, "mac", STR_EMPTY), mac))
            return nic;
    }
    return value_null(items_element(domain.type, "network_interface"));
}

bool domain_nic_same_source(Value a, Value b) {
    return !items_differ(a, b, "network_id") && !items_differ(a, b, "network") &&
           !items_differ(a, b, "bridge");
}

bool domain_nic_same_networks(Value prior, Value planned) {
    size_t count = items_count(planned, "network_interface");
    if (!value_is_known(draft_attribute(planned, "network_interface")) ||
        count != items_count(prior, "network_interface"))
        return false;
    for (size_t i = 0; i < count; i++) {
        Value nic = items_at(planned, "network_interface", i);
        Value old = domain_nic_find(prior, draft_text(nic, "mac", STR_EMPTY));
        if (!value_is_present(old) || !domain_nic_same_source(old, nic) ||
            items_differ(old, nic, "addresses"))
            return false;
    }
    return true;
}

static bool is_configured_mac(Value config, size_t i) {
    if (i >= items_count(config, "network_interface"))
        return false;
    Value nic = items_at(config, "network_interface", i);
    return value_is_present(nic) && !value_is_null(draft_attribute(nic, "mac"));
}

/* First the same network, then the same place in the list. */
static Value find_prior_mac(Value prior, Value nic, size_t i, bool *is_taken) {
    size_t count = items_count(prior, "network_interface");
    size_t found = count;
    for (size_t n = 0; n < count && found == count; n++)
        if (!is_taken[n] && domain_nic_same_source(items_at(prior, "network_interface", n), nic))
            found = n;
    if (found == count && i < count && !is_taken[i])
        found = i;
    if (found == count)
        return value_unknown(&TYPE_STRING);
    is_taken[found] = true;
    return draft_attribute(items_at(prior, "network_interface", found), "mac");
}

Value domain_nic_plan(Value prior, Value config, Value planned, Arena *arena) {
    Value list = draft_attribute(planned, "network_interface");
    if (!value_is_present(list) || value_is_null(prior))
        return list;
    bool *is_taken = arena_new_array(arena, bool, items_count(prior, "network_interface"));
    Values nics = {0};
    for (size_t i = 0; i < list.count; i++) {
        Value nic = value_at(list, i);
        if (!value_is_present(nic))
            return list;
        if (!is_configured_mac(config, i)) {
            Draft draft = draft_of(nic, arena);
            draft_set(&draft, "mac", find_prior_mac(prior, nic, i, is_taken));
            nic = draft_value(&draft);
        }
        vec_push(arena, &nics, nic);
    }
    return items_list(list.type, &nics, arena);
}

void domain_nic_resolve(const Call *call, Value *domain) {
    Value list = draft_attribute(*domain, "network_interface");
    if (!value_is_present(list))
        return;
    Values nics = {0};
    size_t next = 0;
    for (size_t i = 0; i < list.count; i++) {
        Value nic = value_at(list, i);
        if (!items_has(nic, "mac")) {
            Str mac = libvirt_identity_mac(call, next++);
            while (value_is_present(domain_nic_find(*domain, mac)))
                mac = libvirt_identity_mac(call, next++);
            Draft draft = draft_of(nic, call->arena);
            draft_set_text(&draft, "mac", mac, call->arena);
            nic = draft_value(&draft);
        }
        vec_push(call->arena, &nics, nic);
    }
    Draft draft = draft_of(*domain, call->arena);
    draft_set(&draft, "network_interface", items_list(list.type, &nics, call->arena));
    *domain = draft_value(&draft);
}

bool domain_nic_declared(Value domain, StrVec *out, Arena *arena) {
    Value list = draft_attribute(domain, "network_interface");
    if (!value_is_known(list))
        return false;
    for (size_t i = 0; i < items_count(domain, "network_interface"); i++) {
        Value nic = value_at(list, i);
        if (!value_is_present(nic))
            return false;
        Value addresses = draft_attribute(nic, "addresses");
        if (!value_is_wholly_known(addresses) || !items_count(nic, "addresses"))
            return false;
        StrVec texts = items_texts(nic, "addresses", arena);
        vec_each(&texts, text)
            vec_push(arena, out, cidr_address_text(*text));
    }
    return true;
}

static bool network_name(
    const Call *call, virConnectPtr connection, Value nic, Str *out, Diags *diags) {
    *out = draft_text(nic, "network", STR_EMPTY);
    Str id = draft_text(nic, "network_id", STR_EMPTY);
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

/* A container's end on the host needs a name that is known beforehand, or its filter finds none. */
static Str container_device(Value domain, Str mac, Arena *arena) {
    Str name = str_concat(draft_text(domain, "name", STR_EMPTY), mac, arena);
    return str_format(arena, "lm%.*s",
                      STR_ARG(str_slice(digest_hex(DIGEST_SHA256, name, arena), 0, 8)));
}

bool domain_nic_add(const Call *call,
                    xmlNodePtr devices,
                    virConnectPtr connection,
                    Value domain,
                    Value nic,
                    xmlNodePtr *out,
                    Diags *diags) {
    Arena *arena = call->arena;
    Str network = STR_EMPTY;
    Str bridge = draft_text(nic, "bridge", STR_EMPTY);
    Str mac = draft_text(nic, "mac", STR_EMPTY);
    if (!network_name(call, connection, nic, &network, diags))
        return false;
    xmlNodePtr node = xml_add(devices, "interface");
    xml_set(node, "type", bridge.len ? STR("bridge") : STR("network"));
    xml_set(xml_add(node, "mac"), "address", mac);
    xmlNodePtr source = xml_add(node, "source");
    xml_set(source, bridge.len ? "bridge" : "network", bridge.len ? bridge : network);
    if (domain_schema_is_lxc(domain))
        xml_set(xml_add(node, "target"), "dev", container_device(domain, mac, arena));
    else
        xml_set(xml_add(node, "model"), "type", draft_text(nic, "model", STR("virtio")));
    Value filter = draft_attribute(nic, "filter");
    if (value_is_present(filter))
        filter_ref_add(node, filter, "name", arena);
    if (out)
        *out = node;
    return true;
}

static void read_source(
    Draft *draft, virConnectPtr connection, Value old, xmlNodePtr node, Arena *arena) {
    Str network = xml_get(node, "source/@network", arena);
    Str bridge = network.len ? STR_EMPTY : xml_get(node, "source/@bridge", arena);
    bool is_known = value_is_present(old);
    Value none = value_null(&TYPE_STRING);
    if (bridge.len || !network.len) {
        draft_set(draft, "network", none);
        draft_set(draft, "network_id", none);
        items_set_text(draft, "bridge", bridge, arena);
        return;
    }
    draft_set(draft, "bridge", none);
    if (is_known && items_has(old, "network")) {
        draft_set_text(draft, "network", network, arena);
        return;
    }
    char uuid[VIR_UUID_STRING_BUFLEN];
    SCOPED(virNetworkPtr)
    found = virNetworkLookupByName(connection, str_to_cstr(network, arena));
    bool has_uuid = found && virNetworkGetUUIDString(found, uuid) == 0;
    if (has_uuid)
        items_set_copy(draft, "network_id", uuid, arena);
    else
        draft_set_text(draft, "network_id", network, arena);
}

static Value read_nic(
    virConnectPtr connection, Value old, xmlNodePtr node, const Type *type, Arena *arena) {
    bool is_known = value_is_present(old);
    Draft draft = is_known ? draft_of(old, arena) : items_draft(type, arena);
    Str model = xml_get(node, "model/@type", arena);
    Str mac = xml_get(node, "mac/@address", arena);
    read_source(&draft, connection, old, node, arena);
    if (!is_known || !same_mac(draft_text(old, "mac", STR_EMPTY), mac))
        draft_set_text(&draft, "mac", mac, arena);
    if (model.len)
        draft_set_text(&draft, "model", model, arena);
    if (!is_known && !model.len)
        draft_set_text(&draft, "model", STR("virtio"), arena);
    xmlNodePtr filter = xml_find(node, "filterref");
    const Type *filter_type = items_type(type, "filter");
    draft_set(&draft, "filter",
              filter ? filter_ref_read(filter, filter_type, "name", arena)
                     : value_null(filter_type));
    return draft_value(&draft);
}

Value domain_nic_read(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena) {
    const Type *type = items_type(state.type, "network_interface");
    XmlNodes nodes = xml_find_all(root, "devices/interface", arena);
    Values nics = {0};
    for (size_t i = 0; i < items_count(state, "network_interface"); i++) {
        Value old = items_at(state, "network_interface", i);
        xmlNodePtr node =
            domain_device_find_interface(root, draft_text(old, "mac", STR_EMPTY), arena);
        if (node)
            vec_push(arena, &nics, read_nic(connection, old, node, type->element, arena));
    }
    vec_each(&nodes, node) {
        if (value_is_present(domain_nic_find(state, xml_get(*node, "mac/@address", arena))))
            continue;
        Value none = value_null(type->element);
        vec_push(arena, &nics, read_nic(connection, none, *node, type->element, arena));
    }
    if (nics.count == 0 && !items_has(state, "network_interface"))
        return value_null(type);
    return items_list(type, &nics, arena);
}
