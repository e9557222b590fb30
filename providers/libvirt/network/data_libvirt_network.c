/* data libvirt_network: a network of the host. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "nested_list.h"

static const Attribute ip_attributes[] = {
    {"family", &TYPE_STRING, COMPUTED, "Address family: ipv4 or ipv6; null means ipv4.",
     .binding = XML("@family")},
    {"address", &TYPE_STRING, COMPUTED, "IP address.", .binding = XML("@address")},
    {"prefix", &TYPE_NUMBER, COMPUTED, "Prefix length.", .binding = XML("@prefix")},
    {"netmask", &TYPE_STRING, COMPUTED,
     "Netmask; null if the definition has a prefix length instead.", .binding = XML("@netmask")},
};

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the network."},
    {"id", &TYPE_STRING, OPTIONAL | COMPUTED, "UUID of the network; set it instead of the name."},
    DATA_SOURCE_OPTIONAL,
    {"mode", &TYPE_STRING, COMPUTED, "Forward mode of the network; null for an isolated network.",
     .binding = XML("forward/@mode")},
    {"bridge", &TYPE_STRING, COMPUTED, "Name of the bridge device on the host.",
     .binding = XML("bridge/@name")},
    {"domain", &TYPE_STRING, COMPUTED, "DNS domain of the network.",
     .binding = XML("domain/@name")},
    {"mtu", &TYPE_NUMBER, COMPUTED, "Maximum packet size in bytes.", .binding = XML("mtu/@size")},
    {"ips", NULL, COMPUTED, "IP addresses of the host in the network.",
     .nested = NESTED(NEST_LIST, ip_attributes), .binding = XML("ip")},
    {"running", &TYPE_BOOL, COMPUTED, "Whether the network is active."},
    {"autostart", &TYPE_BOOL, COMPUTED, "Whether the network starts with the host."},
    {"xml", &TYPE_STRING, COMPUTED, "The definition of the network as XML."},
};

static const ArgumentRule rules[] = {{RULE_EXACTLY_ONE, {"name", "id"}}};

static virNetworkPtr data_libvirt_network_find(virConnectPtr connection, Value config,
                                               Arena *arena) {
    const char *id = str_to_cstr(object_text(config, "id", STR_EMPTY), arena);
    const char *name = str_to_cstr(object_text(config, "name", STR_EMPTY), arena);
    return *id ? virNetworkLookupByUUIDString(connection, id)
               : virNetworkLookupByName(connection, name);
}

static void data_libvirt_network_fill(virNetworkPtr found, ObjectBuilder *builder, Arena *arena) {
    char uuid[VIR_UUID_STRING_BUFLEN];
    if (virNetworkGetUUIDString(found, uuid) == 0)
        object_builder_set_copy(builder, "id", uuid, arena);
    object_builder_set_copy(builder, "name", virNetworkGetName(found), arena);
    int autostart = 0;
    (void)virNetworkGetAutostart(found, &autostart);
    object_builder_set(builder, "running", value_bool(virNetworkIsActive(found) == 1));
    object_builder_set(builder, "autostart", value_bool(autostart != 0));
}

static bool data_libvirt_network_read(const Call *call, const DataReadRequest *request,
                                      DataReadResponse *response, Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value config = request->config;
    SCOPED(virNetworkPtr) found = data_libvirt_network_find(connection, config, call->arena);
    if (!found)
        return data_source_missing(
            call, request, response, "network",
            object_text(config, "name", object_text(config, "id", STR_EMPTY)), diags);
    const XmlRows rows = {attributes, ARRAY_COUNT(attributes)};
    ObjectBuilder builder = data_source_begin(request, &data_libvirt_network.schema, call->arena);
    if (!data_source_read_xml(call, virNetworkGetXMLDesc(found, 0), rows, &builder, diags))
        return false;
    data_libvirt_network_fill(found, &builder, call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_libvirt_network = {
    .mode = MODE_DATA,
    .name = "libvirt_network",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_RULES(rules),
               .description = "A network of the host."},
    .read = data_libvirt_network_read,
};
