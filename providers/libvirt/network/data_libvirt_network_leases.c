/* data libvirt_network_leases: the DHCP leases of a network. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "nested_list.h"

/* clang-format off */
static const Attribute lease_attributes[] = {
    {"ip", &TYPE_STRING, COMPUTED, "Leased address."},
    {"prefix", &TYPE_NUMBER, COMPUTED, "Prefix length of the network."},
    {"mac", &TYPE_STRING, COMPUTED, "MAC address of the machine."},
    {"hostname", &TYPE_STRING, COMPUTED, "Host name that the machine sent in its DHCP request."},
    {"client_id", &TYPE_STRING, COMPUTED, "DHCP client ID that the machine sent."},
    {"expires", &TYPE_NUMBER, COMPUTED, "End of the lease in seconds since 1970; 0 if the lease never expires."},
};

static const Attribute network_leases_attributes[] = {
    {"network", &TYPE_STRING, REQUIRED, "Name or UUID of the network."},
    {"mac", &TYPE_STRING, OPTIONAL, "MAC address that selects leases (default: all leases)."},
    {"leases", NULL, COMPUTED, "DHCP leases of the network.", .nested = NESTED(NEST_LIST, lease_attributes)},
};
/* clang-format on */

static Value lease_value(virNetworkDHCPLeasePtr lease, const Type *type, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    object_builder_set_copy(&builder, "ip", lease->ipaddr, arena);
    object_builder_set(&builder, "prefix", value_int(lease->prefix));
    object_builder_set(&builder, "expires", value_int(lease->expirytime));
    if (lease->mac)
        object_builder_set_copy(&builder, "mac", lease->mac, arena);
    if (lease->hostname)
        object_builder_set_copy(&builder, "hostname", lease->hostname, arena);
    if (lease->clientid)
        object_builder_set_copy(&builder, "client_id", lease->clientid, arena);
    return object_builder_value(&builder);
}

static bool leases_read(const Call *call, const DataReadRequest *request,
                        DataReadResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str given = object_text(request->config, "network", STR_EMPTY);
    const char *name = str_to_cstr(given, arena);
    SCOPED(virNetworkPtr)
    network = libvirt_kind_find(&libvirt_kind_network, connection, given, arena);
    if (!network)
        return libvirt_error_add(call, diags, "No network \"%s\"", name);
    const char *mac = str_to_cstr(object_text(request->config, "mac", STR_EMPTY), arena);
    virNetworkDHCPLeasePtr *leases = NULL;
    int count = virNetworkGetDHCPLeases(network, *mac ? mac : NULL, &leases, 0);
    if (count < 0)
        return libvirt_error_add(call, diags, "Cannot read the leases of network \"%s\"", name);
    ObjectBuilder builder = data_source_begin(request, &data_libvirt_network_leases.schema, arena);
    const Type *type = object_attribute_type(builder.type, "leases");
    ValueVec values = {0};
    for (int i = 0; i < count; i++) {
        vec_push(arena, &values, lease_value(leases[i], type->element, arena));
        virNetworkDHCPLeaseFree(leases[i]);
    }
    free(leases);
    object_builder_set(&builder, "leases", nested_list_value(type, &values, arena));
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_libvirt_network_leases = {
    .mode = MODE_DATA,
    .name = "libvirt_network_leases",
    .schema = {SCHEMA_ATTRIBUTES(network_leases_attributes),
               .description = "The DHCP leases of a network."},
    .read = leases_read,
};
