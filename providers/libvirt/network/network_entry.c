/* network_entry: changes single entries by virNetworkUpdate. */
#include "network_entry.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_kind.h"
#include "plan_check.h"
#include "xml_edit.h"

static xmlNodePtr entry_find_entry(const NetworkEntry *entry, xmlNodePtr root, Str key,
                                   Arena *arena) {
    const char *path = str_to_cstr(str_format(arena, "%s/%s", entry->list, entry->element), arena);
    const char *attribute = str_to_cstr(str_format(arena, "@%s", entry->key), arena);
    XmlNodes nodes = xml_find_all(root, path, arena);
    vec_each(&nodes, node) {
        if (xml_edit_same_text(xml_get(*node, attribute, arena), key))
            return *node;
    }
    return NULL;
}

/* Changes the entry in the definition, and in the running network if it is active. Returns false
 * with libvirt's error. */
static bool entry_update_section(const NetworkEntry *entry, virNetworkPtr network, unsigned command,
                                 Value object, Arena *arena) {
    SCOPED(XmlDoc) doc = xml_new(entry->element);
    xml_map_edit(entry->rows, value_null(object.type), object, xml_root(&doc), arena);
    unsigned flags = VIR_NETWORK_UPDATE_AFFECT_CONFIG;
    if (virNetworkIsActive(network) == 1)
        flags |= VIR_NETWORK_UPDATE_AFFECT_LIVE;
    return virNetworkUpdate(network, command, entry->section, -1, xml_print(&doc, arena), flags) ==
           0;
}

static bool open_network(const Call *call, Value object, virConnectPtr *connection,
                         virNetworkPtr *out, Diags *diags) {
    if (!libvirt_client_connect(call, connection, diags))
        return false;
    Str id = object_text(object, "network_id", STR_EMPTY);
    *out = libvirt_kind_find(&libvirt_kind_network, *connection, id, call->arena);
    return *out || libvirt_error_add(call, diags, "No network \"%.*s\"", STR_ARG(id));
}

static Str entry_key_of(const NetworkEntry *entry, Value object) {
    return object_text(object, entry->key, STR_EMPTY);
}

/* Returns whether the network already has this entry, for example after an interrupted run. */
static bool entry_has_entry(const NetworkEntry *entry, virNetworkPtr network, Value object,
                            Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(libvirt_kind_describe_inactive(&libvirt_kind_network, network), &doc))
        return false;
    xmlNodePtr node = entry_find_entry(entry, xml_root(&doc), entry_key_of(entry, object), arena);
    if (!node)
        return false;
    ObjectBuilder builder = object_builder_of(object, arena);
    xml_map_read(entry->rows, object, node, false, &builder, arena);
    return value_equal(object_builder_value(&builder), object);
}

static Value entry_with_id(const NetworkEntry *entry, virNetworkPtr network, Value object,
                           Arena *arena) {
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    (void)virNetworkGetUUIDString(network, uuid);
    return object_with_text(
        object, "id", str_format(arena, "%s/%.*s", uuid, STR_ARG(entry_key_of(entry, object))),
        arena);
}

static bool entry_add(const NetworkEntry *entry, const Call *call, virNetworkPtr network,
                      Value planned, ApplyResponse *response, Diags *diags) {
    Value object = entry_with_id(entry, network, planned, call->arena);
    if (!entry_update_section(entry, network, VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, object,
                              call->arena)) {
        LibvirtError error = libvirt_error_last(call->arena);
        if (!entry_has_entry(entry, network, object, call->arena))
            return libvirt_error_add_this(call, &error, diags, "Cannot add the %s %.*s",
                                          entry->noun, STR_ARG(entry_key_of(entry, object)));
    }
    response->state = object;
    return true;
}

static bool remove_entry(const NetworkEntry *entry, const Call *call, virNetworkPtr network,
                         Value prior, Diags *diags) {
    if (entry_update_section(entry, network, VIR_NETWORK_UPDATE_COMMAND_DELETE, prior,
                             call->arena) ||
        libvirt_error_code() == VIR_ERR_OPERATION_INVALID)
        return true;
    return libvirt_error_add(call, diags, "Cannot remove the %s %.*s", entry->noun,
                             STR_ARG(entry_key_of(entry, prior)));
}

bool network_entry_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *diags) {
    return plan_check_one(call, request, response, "network", "network_id", diags);
}

bool network_entry_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *diags) {
    const NetworkEntry *entry = call->type->payload;
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virNetworkPtr) network = NULL;
    return open_network(call, request->planned, &connection, &network, diags) &&
           entry_add(entry, call, network, request->planned, response, diags);
}

bool network_entry_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *diags) {
    const NetworkEntry *entry = call->type->payload;
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virNetworkPtr) network = NULL;
    if (!open_network(call, request->prior, &connection, &network, diags) ||
        !remove_entry(entry, call, network, request->prior, diags))
        return false;
    if (entry_add(entry, call, network, request->planned, response, diags))
        return true;
    /* libvirt modifies no DNS hosts, and checks modified reservations for no conflicts, so an entry
     * is removed and added; guests that use the prior entry must not lose it. */
    if (!entry_update_section(entry, network, VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, request->prior,
                              call->arena))
        (void)libvirt_error_add(call, diags, "Cannot restore the %s %.*s", entry->noun,
                                STR_ARG(entry_key_of(entry, request->prior)));
    return false;
}

bool network_entry_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                          Diags *diags) {
    const NetworkEntry *entry = call->type->payload;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virNetworkPtr)
    network = libvirt_kind_find(&libvirt_kind_network, connection,
                                object_text(request->prior, "network_id", STR_EMPTY), call->arena);
    if (!network && libvirt_error_is_gone(libvirt_error_code()))
        return true;
    if (!network)
        return libvirt_error_add(call, diags, "Cannot find the network of a %s", entry->noun);
    return remove_entry(entry, call, network, request->prior, diags);
}

static bool entry_read(const Call *call, Value *state, Diags *diags) {
    const NetworkEntry *entry = call->type->payload;
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(XmlDoc) doc = {0};
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virNetworkPtr)
    network = libvirt_kind_find(&libvirt_kind_network, connection,
                                object_text(*state, "network_id", STR_EMPTY), call->arena);
    bool is_gone = !network && libvirt_error_is_gone(libvirt_error_code());
    if (!is_gone &&
        (!network ||
         !xml_take(libvirt_kind_describe_inactive(&libvirt_kind_network, network), &doc)))
        return libvirt_error_add(call, diags, "Cannot read the network of a %s", entry->noun);
    xmlNodePtr node =
        is_gone ? NULL
                : entry_find_entry(entry, xml_root(&doc), entry_key_of(entry, *state), call->arena);
    if (!node) {
        *state = value_null(state->type);
        return true;
    }
    bool is_import = !object_has(*state, "id");
    ObjectBuilder builder = object_builder_of(*state, call->arena);
    xml_map_read(entry->rows, *state, node, is_import, &builder, call->arena);
    *state = entry_with_id(entry, network, object_builder_value(&builder), call->arena);
    return true;
}

bool network_entry_read(const Call *call, const ReadRequest *, ReadResponse *response,
                        Diags *diags) {
    return entry_read(call, &response->state, diags);
}

bool network_entry_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                          Diags *diags) {
    const NetworkEntry *entry = call->type->payload;
    Str id = request->id;
    Value *state = &response->state;
    size_t slash = str_find_char(id, '/', 0);
    if (slash == SIZE_MAX)
        return libvirt_error_say(call, diags, STR("Invalid import ID"),
                                 str_format(call->arena, "The ID must be NETWORK/%s.", entry->key));
    ObjectBuilder builder = object_builder_empty(&call->type->schema, call->arena);
    object_builder_set_text(&builder, "network_id", str_slice(id, 0, slash), call->arena);
    object_builder_set_text(&builder, entry->key, str_slice(id, slash + 1, id.len), call->arena);
    *state = object_builder_value(&builder);
    if (!entry_read(call, state, diags))
        return false;
    return !value_is_null(*state) ||
           libvirt_error_say(call, diags,
                             str_format(call->arena, "No %s \"%.*s\"", entry->noun, STR_ARG(id)),
                             STR("The network does not have it."));
}

bool network_entry_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                          Diags *) {
    if (value_is_present(request->object))
        libvirt_identity_limit(call, "libvirt_network",
                               object_text(request->object, "network_id", STR_EMPTY), 1,
                               &response->limits);
    return true;
}
