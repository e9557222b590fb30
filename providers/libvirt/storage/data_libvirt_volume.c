/* data libvirt_volume: a volume of a pool. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "volume_find.h"

/* clang-format off */
static const Attribute data_volume_attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the volume in its pool."},
    {"pool", &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the pool (default: the provider's default_pool)."},
    {"id", &TYPE_STRING, OPTIONAL | COMPUTED, "Key or path of the volume; set it instead of the name."},
    DATA_SOURCE_OPTIONAL,
    {"path", &TYPE_STRING, COMPUTED, "Path of the volume on the host.", .binding = XML("target/path")},
    {"capacity", &TYPE_NUMBER, COMPUTED, "Virtual size in bytes, as the guest sees it.", .binding = XML("capacity")},
    {"allocation", &TYPE_NUMBER, COMPUTED, "Allocated size in bytes.", .binding = XML("allocation")},
    {"format", &TYPE_STRING, COMPUTED, "Image format of the volume: qcow2, raw and others.", .binding = XML("target/format/@type")},
    {"base", &TYPE_STRING, COMPUTED, "Path of the backing image; null if none.", .binding = XML("backingStore/path")},
    {"xml", &TYPE_STRING, COMPUTED, "The description of the volume as XML."},
};
/* clang-format on */

static const ArgumentRule data_volume_rules[] = {{RULE_EXACTLY_ONE, {"name", "id"}}};

static bool data_libvirt_volume_read(const Call *call, const DataReadRequest *request,
                                     DataReadResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value config = request->config;
    Str pool = object_text(config, "pool", libvirt_client_options(call)->default_pool);
    Str id = object_text(config, "id", STR_EMPTY);
    if (!id.len)
        id = str_format(arena, "%.*s/%.*s", STR_ARG(pool),
                        STR_ARG(object_text(config, "name", STR_EMPTY)));
    SCOPED(virStorageVolPtr) found = volume_find_by_id(connection, id, arena);
    if (!found)
        return data_source_missing(call, request, response, "volume", id, diags);
    SCOPED(virStoragePoolPtr) owner = virStoragePoolLookupByVolume(found);
    const XmlRows rows = {data_volume_attributes, ARRAY_COUNT(data_volume_attributes)};
    ObjectBuilder builder = data_source_begin(request, &data_libvirt_volume.schema, arena);
    if (!data_source_read_xml(call, virStorageVolGetXMLDesc(found, 0), rows, &builder, diags))
        return false;
    object_builder_set_copy(&builder, "id", virStorageVolGetKey(found), arena);
    object_builder_set_copy(&builder, "name", virStorageVolGetName(found), arena);
    if (owner)
        object_builder_set_copy(&builder, "pool", virStoragePoolGetName(owner), arena);
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_libvirt_volume = {
    .mode = MODE_DATA,
    .name = "libvirt_volume",
    .schema = {SCHEMA_ATTRIBUTES(data_volume_attributes), SCHEMA_RULES(data_volume_rules),
               .description = "A volume of a pool."},
    .read = data_libvirt_volume_read,
};
