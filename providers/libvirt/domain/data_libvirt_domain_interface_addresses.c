/* data libvirt_domain_interface_addresses: the addresses of a running machine from one source. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "nested_list.h"

/* clang-format off */
static const Attribute addressed_interface_attributes[] = {
    {"name", &TYPE_STRING, COMPUTED, "Name of the interface: on the host, or in the guest if the agent reports it."},
    {"mac", &TYPE_STRING, COMPUTED, "MAC address."},
    {"addresses", &TYPE_LIST_OF_STRING, COMPUTED, "IP addresses with prefix lengths, such as 10.0.0.5/24."},
};

static const Attribute domain_interface_addresses_attributes[] = {
    {"domain", &TYPE_STRING, REQUIRED, "Name or UUID of the machine."},
    {"source", &TYPE_STRING, OPTIONAL,
     "Source of the addresses: lease (DHCP leases of libvirt's networks, the default), agent (the guest agent) or arp (the host's ARP table).",
     .one_of = "lease agent arp"},
    {"interfaces", NULL, COMPUTED, "The interfaces that the source reports.",
     .nested = NESTED(NEST_LIST, addressed_interface_attributes)},
};
/* clang-format on */

static Value interface_value(virDomainInterfacePtr interface, const Type *type, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    StrVec addresses = {0};
    for (unsigned i = 0; i < interface->naddrs; i++)
        vec_push(arena, &addresses,
                 str_format(arena, "%s/%u", interface->addrs[i].addr, interface->addrs[i].prefix));
    object_builder_set_copy(&builder, "name", interface->name, arena);
    if (interface->hwaddr)
        object_builder_set_copy(&builder, "mac", interface->hwaddr, arena);
    object_builder_set(&builder, "addresses", nested_list_of_texts(&addresses, arena));
    return object_builder_value(&builder);
}

static unsigned addresses_source_of(Value config) {
    Str source = object_text(config, "source", STR("lease"));
    return str_equal(source, STR("agent")) ? VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT
           : str_equal(source, STR("arp")) ? VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP
                                           : VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE;
}

static bool addresses_read(const Call *call, const DataReadRequest *request,
                           DataReadResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    const char *name = str_to_cstr(object_text(request->config, "domain", STR_EMPTY), arena);
    SCOPED(virDomainPtr)
    domain = libvirt_kind_find(&libvirt_kind_machine, connection, str_from_cstr(name), arena);
    if (!domain)
        return libvirt_error_add(call, diags, "No machine \"%s\"", name);
    virDomainInterfacePtr *interfaces = NULL;
    int count =
        virDomainInterfaceAddresses(domain, &interfaces, addresses_source_of(request->config), 0);
    if (count < 0)
        return libvirt_error_add(call, diags, "Cannot read the addresses of the machine \"%s\"",
                                 name);
    ObjectBuilder builder = data_source_begin(request, &call->type->schema, arena);
    const Type *type = object_attribute_type(builder.type, "interfaces");
    ValueVec values = {0};
    for (int i = 0; i < count; i++) {
        vec_push(arena, &values, interface_value(interfaces[i], type->element, arena));
        virDomainInterfaceFree(interfaces[i]);
    }
    free(interfaces);
    object_builder_set(&builder, "interfaces", nested_list_value(type, &values, arena));
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_libvirt_domain_interface_addresses = {
    .mode = MODE_DATA,
    .name = "libvirt_domain_interface_addresses",
    .schema = {SCHEMA_ATTRIBUTES(domain_interface_addresses_attributes),
               .description = "The IP addresses of a running machine."},
    .read = addresses_read,
};
