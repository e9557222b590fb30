/* data libvirt_nwfilters: the packet filters of the host. */
#include "data_source.h"

#include "libvirt_types.h"

/* clang-format off */
static const Attribute filter_attributes[] = {
    {"name", &TYPE_STRING, COMPUTED, "Name of the filter.", .binding = XML("@name")},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the filter.", .binding = XML("uuid")},
    {"chain", &TYPE_STRING, COMPUTED, "Chain of the rules, such as root or ipv4.", .binding = XML("@chain")},
    {"priority", &TYPE_NUMBER, COMPUTED, "Priority of the chain; null if it has the default.", .binding = XML("@priority")},
    {"filterrefs", &TYPE_LIST_OF_STRING, COMPUTED, "Names of the included filters.", .binding = XML("filterref/@filter")},
    {"xml", &TYPE_STRING, COMPUTED, "The definition of the filter as XML."},
};

static const Attribute nwfilters_attributes[] = {
    {"nwfilters", NULL, COMPUTED, "The filters, sorted by name.", .nested = NESTED(NEST_LIST, filter_attributes)},
};
/* clang-format on */

static void nwfilters_fill(void *filter, ObjectBuilder *builder, Arena *arena) {
    char *text = virNWFilterGetXMLDesc(filter, 0);
    if (text)
        object_builder_set_copy(builder, "xml", text, arena);
    free(text);
}

static const DataList nwfilters_payload = {
    .attribute = "nwfilters",
    .noun = "filters",
    .kind = &libvirt_kind_filter,
    .rows = {filter_attributes, ARRAY_COUNT(filter_attributes)},
    .fill = nwfilters_fill,
};

const DataSourceType data_libvirt_nwfilters = {
    .mode = MODE_DATA,
    .name = "libvirt_nwfilters",
    .schema = {SCHEMA_ATTRIBUTES(nwfilters_attributes),
               .description = "The packet filters of the host."},
    .payload = &nwfilters_payload,
    .read = data_source_list,
};
