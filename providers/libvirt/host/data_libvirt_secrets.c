/* data libvirt_secrets: the secrets of the host, without their values. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_types.h"

/* clang-format off */
static const Attribute secret_attributes[] = {
    {"name", &TYPE_STRING, COMPUTED, "Usage name of the secret."},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the secret.", .binding = XML("uuid")},
    {"usage_type", &TYPE_STRING, COMPUTED, "Usage type: volume, ceph, iscsi, tls or vtpm.", .binding = XML("usage/@type")},
    {"description", &TYPE_STRING, COMPUTED, "Description of the secret.", .binding = XML("description")},
    {"ephemeral", &TYPE_BOOL, COMPUTED, "Whether libvirt keeps the secret in memory only.", .binding = XML("@ephemeral")},
    {"private", &TYPE_BOOL, COMPUTED, "Whether libvirt refuses to return the value to clients.", .binding = XML("@private")},
};

static const Attribute attributes[] = {
    {"secrets", NULL, COMPUTED, "The secrets, sorted by name.", .nested = NESTED(NEST_LIST, secret_attributes)},
};
/* clang-format on */

static char *describe(void *secret) {
    return virSecretGetXMLDesc(secret, 0);
}

static int release(void *secret) {
    return virSecretFree(secret);
}

static void fill(void *secret, ObjectBuilder *builder, Arena *arena) {
    const char *name = virSecretGetUsageID(secret);
    if (name)
        object_builder_set_copy(builder, "name", name, arena);
}

static const DataList list = {
    .attribute = "secrets",
    .noun = "secrets",
    .rows = {secret_attributes, ARRAY_COUNT(secret_attributes)},
    .describe = describe,
    .fill = fill,
    .release = release,
};

static bool read(const Call *call,
                 const DataReadRequest *request,
                 DataReadResponse *response,
                 Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    virSecretPtr *all = NULL;
    int count = virConnectListAllSecrets(connection, &all, 0);
    return data_source_list(call, request, &list, (void **)all, count, response, diags);
}

const DataSourceType data_libvirt_secrets = {
    .name = "libvirt_secrets",
    .schema = {SCHEMA_ATTRIBUTES(attributes),
               .description = "The secrets of the host, without their values."},
    .read = read,
};
