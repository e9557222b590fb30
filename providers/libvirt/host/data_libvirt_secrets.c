/* data libvirt_secrets: the secrets of the host, without their values. */
#include "data_source.h"

#include "libvirt_types.h"

/* clang-format off */
static const Attribute data_secret_attributes[] = {
    {"name", &TYPE_STRING, COMPUTED, "Usage name of the secret."},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the secret.", .binding = XML("uuid")},
    {"usage_type", &TYPE_STRING, COMPUTED, "Usage type: volume, ceph, iscsi, tls or vtpm.", .binding = XML("usage/@type")},
    {"description", &TYPE_STRING, COMPUTED, "Description of the secret.", .binding = XML("description")},
    {"ephemeral", &TYPE_BOOL, COMPUTED, "Whether libvirt keeps the secret in memory only.", .binding = XML("@ephemeral")},
    {"private", &TYPE_BOOL, COMPUTED, "Whether libvirt refuses to return the value to clients.", .binding = XML("@private")},
};

static const Attribute secrets_attributes[] = {
    {"secrets", NULL, COMPUTED, "The secrets, sorted by name.", .nested = NESTED(NEST_LIST, data_secret_attributes)},
};
/* clang-format on */

static void secrets_fill(void *secret, ObjectBuilder *builder, Arena *arena) {
    const char *name = virSecretGetUsageID(secret);
    if (name)
        object_builder_set_copy(builder, "name", name, arena);
}

static const DataList secrets_payload = {
    .attribute = "secrets",
    .noun = "secrets",
    .kind = &libvirt_kind_secret,
    .rows = {data_secret_attributes, ARRAY_COUNT(data_secret_attributes)},
    .fill = secrets_fill,
};

const DataSourceType data_libvirt_secrets = {
    .mode = MODE_DATA,
    .name = "libvirt_secrets",
    .schema = {SCHEMA_ATTRIBUTES(secrets_attributes),
               .description = "The secrets of the host, without their values."},
    .payload = &secrets_payload,
    .read = data_source_list,
};
