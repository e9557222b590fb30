/* data libvirt_nwfilter_bindings: the interfaces of running machines that have a packet filter. */
#include "data_source.h"

#include "libvirt_types.h"

/* clang-format off */
static const Attribute binding_attributes[] = {
    {"name", &TYPE_STRING, COMPUTED, "Name of the interface on the host, such as vnet0.", .binding = XML("portdev/@name")},
    {"mac", &TYPE_STRING, COMPUTED, "MAC address of the interface.", .binding = XML("mac/@address")},
    {"filter", &TYPE_STRING, COMPUTED, "Name of the filter.", .binding = XML("filterref/@filter")},
    {"domain", &TYPE_STRING, COMPUTED, "Name of the machine.", .binding = XML("owner/name")},
    {"domain_id", &TYPE_STRING, COMPUTED, "UUID of the machine.", .binding = XML("owner/uuid")},
};

static const Attribute nwfilter_bindings_attributes[] = {
    {"bindings", NULL, COMPUTED, "The interfaces, sorted by name.", .nested = NESTED(NEST_LIST, binding_attributes)},
};
/* clang-format on */

static const DataList nwfilter_bindings_payload = {
    .attribute = "bindings",
    .noun = "filter bindings",
    .kind = &libvirt_kind_binding,
    .rows = {binding_attributes, ARRAY_COUNT(binding_attributes)},
};

const DataSourceType data_libvirt_nwfilter_bindings = {
    .mode = MODE_DATA,
    .name = "libvirt_nwfilter_bindings",
    .schema = {SCHEMA_ATTRIBUTES(nwfilter_bindings_attributes),
               .description = "The interfaces of running machines that have a packet filter."},
    .payload = &nwfilter_bindings_payload,
    .read = data_source_list,
};
