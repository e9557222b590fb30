/* libvirt_secret: a secret of the host, such as the passphrase of a volume, identified by its UUID.
 */
#include "libvirt_object.h"

#include "adoption.h"
#include "libvirt_client.h"
#include "libvirt_identity.h"
#include "libvirt_types.h"
#include "object_builder.h"
#include "object_id.h"
#include "plan_check.h"
#include "timeouts.h"
#include "xml_map.h"
#include "xml_text.h"

LIBVIRT_HANDLE(virSecretPtr, virSecretFree);

/* clang-format off */
static const Attribute secret_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Usage name of the secret, unique among the secrets of its usage type.", .binding = XML("usage/name")},
    {"usage_type", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Usage type of the secret: volume (passphrase of a volume or disk), ceph, iscsi, tls or vtpm.",
     .default_json = "\"volume\"", .one_of = "volume ceph iscsi tls vtpm", .binding = XML("usage/@type")},
    {"description", &TYPE_STRING, OPTIONAL, "Description of the secret.", .binding = XML("description")},
    {"ephemeral", &TYPE_BOOL, OPTIONAL | FORCES_NEW, "Whether libvirt keeps the secret in memory only. The secret does not survive a restart of libvirt.", .binding = XML("@ephemeral")},
    {"private", &TYPE_BOOL, OPTIONAL, "Whether libvirt refuses to return the value to clients.", .binding = XML("@private")},
    {"value", &TYPE_STRING, REQUIRED | SENSITIVE, "Value of the secret."},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the secret."},
};
/* clang-format on */

static const XmlRows secret_rows = {secret_attributes, ARRAY_COUNT(secret_attributes)};

/* Returns the child of <usage> that contains the usage name; libvirt has one for each type. */
static const char *usage_element(Value secret) {
    Str type = object_text(secret, "usage_type", STR_EMPTY);
    return str_equal(type, STR("volume"))  ? "volume"
           : str_equal(type, STR("iscsi")) ? "target"
                                           : "name";
}

/* Sets the value. libvirt does not return the value of a private secret: then keeps the state's. */
static void libvirt_secret_read_value(virSecretPtr secret, ObjectBuilder *builder, Arena *arena) {
    size_t size = 0;
    unsigned char *bytes = virSecretGetValue(secret, &size, 0);
    if (bytes)
        object_builder_set_text(builder, "value", str_clone((Str){(char *)bytes, size}, arena),
                                arena);
    free(bytes);
    virResetLastError();
}

static bool libvirt_secret_read_secret(const Call *call, void *secret, Value *state, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    if (!xml_take(virSecretGetXMLDesc(secret, 0), &doc) || virSecretGetUUIDString(secret, uuid) < 0)
        return libvirt_error_add(call, diags, "Cannot read the secret");
    ObjectBuilder builder = object_builder_of(*state, arena);
    bool is_import = !object_has(*state, "name");
    xml_map_read(secret_rows, *state, xml_root(&doc), is_import, &builder, arena);
    object_builder_set_copy(&builder, "name", virSecretGetUsageID(secret), arena);
    object_builder_set_copy(&builder, "id", uuid, arena);
    libvirt_secret_read_value(secret, &builder, arena);
    *state = object_builder_value(&builder);
    return true;
}

static const struct {
    const char *name;
    int type;
} usage_types[] = {
    {"volume", VIR_SECRET_USAGE_TYPE_VOLUME}, {"ceph", VIR_SECRET_USAGE_TYPE_CEPH},
    {"iscsi", VIR_SECRET_USAGE_TYPE_ISCSI},   {"tls", VIR_SECRET_USAGE_TYPE_TLS},
    {"vtpm", VIR_SECRET_USAGE_TYPE_VTPM},
};

/* Finds "USAGE_TYPE/NAME", else the first secret of that name: secrets of different usage types may
 * have the same name. */
static void *libvirt_secret_by_name(virConnectPtr connection, const char *name) {
    virSecretPtr found = NULL;
    const char *slash = strchr(name, '/');
    for (size_t i = 0; slash && !found && i < ARRAY_COUNT(usage_types); i++)
        if (str_equal_cstr((Str){name, (size_t)(slash - name)}, usage_types[i].name))
            found = virSecretLookupByUsage(connection, usage_types[i].type, slash + 1);
    for (size_t i = 0; !found && i < ARRAY_COUNT(usage_types); i++)
        found = virSecretLookupByUsage(connection, usage_types[i].type, name);
    return found;
}

static Str libvirt_secret_name_of(Value planned, Arena *arena) {
    return str_format(arena, "%.*s/%.*s",
                      STR_ARG(object_text(planned, "usage_type", STR("volume"))),
                      STR_ARG(object_text(planned, "name", STR_EMPTY)));
}

static const char *secret_text_of(const Call *call, Value planned, Str uuid) {
    SCOPED(XmlDoc) doc = xml_new("secret");
    xmlNodePtr root = xml_root(&doc);
    xml_set(root, "ephemeral", STR("no"));
    xml_add_text(root, "uuid", uuid);
    xml_map_edit(secret_rows, value_null(planned.type), planned, root, call->arena);
    xmlNodePtr usage = xml_need(root, "usage");
    xml_remove(xml_need(usage, "name"));
    xml_add_text(usage, usage_element(planned), object_text(planned, "name", STR_EMPTY));
    return xml_print(&doc, call->arena);
}

/* Defines a secret, or redefines the one of this UUID. */
static void *secret_define(virConnectPtr connection, const char *text) {
    return virSecretDefineXML(connection, text, 0);
}

static bool secret_set_value(const Call *call, void *secret, Value planned, Diags *diags) {
    Str value = object_text(planned, "value", STR_EMPTY);
    return virSecretSetValue(secret, (const unsigned char *)value.ptr, value.len, 0) == 0 ||
           libvirt_error_add(call, diags, "Cannot set the value of secret \"%.*s\"",
                             STR_ARG(object_text(planned, "name", STR_EMPTY)));
}

static bool secret_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str uuid = object_text(request->prior, "id", STR_EMPTY);
    SCOPED(virSecretPtr)
    secret = secret_define(connection, secret_text_of(call, request->planned, uuid));
    if (!secret)
        return libvirt_error_add(call, diags, "Cannot change the secret");
    bool is_done = secret_set_value(call, secret, request->planned, diags);
    return libvirt_object_answer(call, secret, request->planned, is_done, response, diags);
}

static bool secret_remove(const Call *call, void *secret, Value, Diags *diags) {
    return virSecretUndefine(secret) == 0 || libvirt_error_is_gone(libvirt_error_code()) ||
           libvirt_error_add(call, diags, "Cannot remove the secret");
}

/* Adds an error if secrets of several usage types have that name. */
static bool is_unambiguous(const Call *call, Str name, Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    StrVec types = {0};
    const char *text = str_to_cstr(name, call->arena);
    for (size_t i = 0; i < ARRAY_COUNT(usage_types); i++) {
        SCOPED(virSecretPtr)
        secret = virSecretLookupByUsage(connection, usage_types[i].type, text);
        if (secret)
            vec_push(call->arena, &types, str_from_cstr(usage_types[i].name));
    }
    return types.count < 2 ||
           libvirt_error_say(
               call, diags,
               str_format(call->arena, "Several secrets are named \"%.*s\"", STR_ARG(name)),
               str_format(call->arena,
                          "Their usage types are %.*s. Import the UUID, or the usage type and the "
                          "name, such as \"%.*s/%.*s\".",
                          STR_ARG(str_join(types.items, types.count, STR(", "), call->arena)),
                          STR_ARG(types.items[0]), STR_ARG(name)));
}

static bool secret_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                          Diags *diags) {
    return is_unambiguous(call, request->id, diags) &&
           libvirt_object_import(call, request, response, diags);
}

static bool secret_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *diags) {
    if (value_is_present(response->planned))
        adoption_keep(call, request, response);
    response->requires_replace = (Paths){0};
    if (value_is_present(request->prior) && value_is_present(response->planned))
        schema_replace_paths(&libvirt_secret.schema, request->prior, response->planned,
                             &response->requires_replace, call->arena);
    PlanCheck check = plan_check_open(call, request, response, diags);
    return plan_check_close(&check);
}

static const LibvirtObject secret_object = {
    .kind = &libvirt_kind_secret,
    .by_name = libvirt_secret_by_name,
    .name_of = libvirt_secret_name_of,
    .read = libvirt_secret_read_secret,
    .describe = secret_text_of,
    .define = secret_define,
    .prepare = secret_set_value,
    .remove = secret_remove,
};

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_secret = {
    .name = "libvirt_secret",
    .schema = {SCHEMA_ATTRIBUTES(secret_attributes), SCHEMA_BLOCKS(blocks),
               .text_check = xml_text_check,
               .description = "A secret of the host, such as the passphrase of a volume."},
    .plan = secret_plan,
    .create = libvirt_object_create,
    .update = secret_update,
    .delete = libvirt_object_delete,
    .read = libvirt_object_read,
    .payload = &secret_object,
    .marker = object_id_marker,
    .recovery = RECOVERY_FINDS,
    .recover = libvirt_object_recover,
    .import = secret_import,
    .import_id = "UUID, USAGE, or TYPE/USAGE of the secret, such as ceph/client.admin",
};
