/* data libvirt_pool: a storage pool of the host. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "nested_list.h"

static const Attribute data_pool_attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the pool."},
    {"id", &TYPE_STRING, OPTIONAL | COMPUTED, "UUID of the pool; set it instead of the name."},
    DATA_SOURCE_OPTIONAL,
    {"type", &TYPE_STRING, COMPUTED, "Type of the pool.", .binding = XML("@type")},
    {"path", &TYPE_STRING, COMPUTED,
     "Target path of the pool: the directory that contains the volumes.",
     .binding = XML("target/path")},
    {"running", &TYPE_BOOL, COMPUTED, "Whether the pool is active."},
    {"autostart", &TYPE_BOOL, COMPUTED, "Whether the pool starts with the host."},
    {"capacity", &TYPE_NUMBER, COMPUTED, "Capacity in bytes."},
    {"allocation", &TYPE_NUMBER, COMPUTED, "Allocated size in bytes."},
    {"available", &TYPE_NUMBER, COMPUTED, "Free space in bytes."},
    {"volumes", &TYPE_LIST_OF_STRING, COMPUTED, "Names of the volumes, sorted."},
    {"xml", &TYPE_STRING, COMPUTED, "The definition of the pool as XML."},
};

static const ArgumentRule data_pool_rules[] = {{RULE_EXACTLY_ONE, {"name", "id"}}};

static int pool_compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns the names of the volumes, sorted. */
static Value pool_names_of(virStoragePoolPtr pool, Arena *arena) {
    StrVec texts = {0};
    int count = virStoragePoolNumOfVolumes(pool);
    char **names = arena_new_array(arena, char *, count > 0 ? (size_t)count : 1);
    count = count > 0 ? virStoragePoolListVolumes(pool, names, count) : 0;
    if (count > 0)
        qsort(names, (size_t)count, sizeof(*names), pool_compare_names);
    for (int i = 0; i < count; i++) {
        vec_push(arena, &texts, str_clone(str_from_cstr(names[i]), arena));
        free(names[i]);
    }
    return nested_list_of_texts(&texts, arena);
}

static void pool_fill(void *found, ObjectBuilder *builder, Arena *arena) {
    virStoragePoolInfo info = {0};
    int autostart = 0;
    bool is_active = virStoragePoolIsActive(found) == 1;
    if (is_active)
        (void)virStoragePoolRefresh(found, 0);
    (void)virStoragePoolGetInfo(found, &info);
    (void)virStoragePoolGetAutostart(found, &autostart);
    object_builder_set(builder, "running", value_bool(is_active));
    object_builder_set(builder, "autostart", value_bool(autostart != 0));
    object_builder_set(builder, "capacity", value_int((int64_t)info.capacity));
    object_builder_set(builder, "allocation", value_int((int64_t)info.allocation));
    object_builder_set(builder, "available", value_int((int64_t)info.available));
    object_builder_set(builder, "volumes", pool_names_of(found, arena));
}

static const DataObject data_pool_payload = {
    .kind = &libvirt_kind_pool,
    .rows = {data_pool_attributes, ARRAY_COUNT(data_pool_attributes)},
    .fill = pool_fill,
};

const DataSourceType data_libvirt_pool = {
    .mode = MODE_DATA,
    .name = "libvirt_pool",
    .schema = {SCHEMA_ATTRIBUTES(data_pool_attributes), SCHEMA_RULES(data_pool_rules),
               .description = "A storage pool of the host."},
    .payload = &data_pool_payload,
    .read = data_source_object,
};
