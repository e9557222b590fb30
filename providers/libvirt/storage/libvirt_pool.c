/* libvirt_pool: a directory on the host that holds volumes, identified by its UUID. */
#include <errno.h>

#include "adoption.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_object.h"
#include "libvirt_types.h"
#include "nested_list.h"
#include "object_id.h"

static Str check_path(Value value, Arena *arena) {
    (void)arena;
    return str_starts_with(value_text(value), STR("/")) ? STR_EMPTY
                                                        : STR("The path must be absolute.");
}

#define POOL_TYPES                                                                                 \
    "dir fs netfs logical disk iscsi iscsi-direct scsi mpath rbd sheepdog gluster zfs vstorage"

/* clang-format off */
static const Attribute pool_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
    {"type", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Kind of pool: dir, a directory on the host. Pools of other kinds can be imported.",
     .default_json = "\"dir\"", .one_of = POOL_TYPES},
    {"path", &TYPE_STRING, OPTIONAL | FORCES_NEW,
     "Path of the directory, which is created if it does not exist. Required for the type dir.",
     .check = check_path},
    {"running", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the pool is active.",
     .default_json = "true"},
    {"autostart", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the pool starts with the host.",
     .default_json = "true"},
    {"on_delete", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Treatment of the directory: undefine keeps it, delete_empty removes it if it is empty, delete_all removes its volumes first.",
     .default_json = "\"undefine\"", .one_of = "undefine delete_empty delete_all"},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the pool."},
};
/* clang-format on */

/* Returns the inactive XML; libvirt's test driver has only one XML. */
static char *describe_inactive(virStoragePoolPtr pool) {
    char *text = virStoragePoolGetXMLDesc(pool, VIR_STORAGE_XML_INACTIVE);
    if (text || libvirt_error_code() != VIR_ERR_INVALID_ARG)
        return text;
    return virStoragePoolGetXMLDesc(pool, 0);
}

/* Reads the pool into the state. A pool without its directory counts as active until it is
 * refreshed; then libvirt stops it and hides its volumes. */
static bool read_pool(const Call *call, void *pool, Value *state, Diags *diags) {
    Arena *arena = call->arena;
    if (virStoragePoolIsActive(pool) == 1)
        (void)virStoragePoolRefresh(pool, 0);
    SCOPED(XmlDoc) doc = {0};
    virStoragePoolInfo info = {0};
    int autostart = 0;
    char uuid[VIR_UUID_STRING_BUFLEN];
    if (!xml_take(describe_inactive(pool), &doc) || virStoragePoolGetInfo(pool, &info) < 0 ||
        virStoragePoolGetAutostart(pool, &autostart) < 0 ||
        virStoragePoolGetUUIDString(pool, uuid) < 0)
        return libvirt_error_add(call, diags, "Cannot read the pool");
    xmlNodePtr root = xml_root(&doc);
    ObjectBuilder builder = object_builder_of(*state, arena);
    object_builder_set_copy(&builder, "id", uuid, arena);
    object_builder_set_text(&builder, "name", xml_get(root, "name", arena), arena);
    object_builder_set_text(&builder, "type", xml_get(root, "@type", arena), arena);
    Str path = xml_get(root, "target/path", arena);
    if (!str_equal(disk_without_end_slashes(path),
                   disk_without_end_slashes(object_text(*state, "path", STR_EMPTY))))
        object_builder_set_optional(&builder, "path", path, arena);
    object_builder_set(&builder, "running", value_bool(info.state != VIR_STORAGE_POOL_INACTIVE));
    object_builder_set(&builder, "autostart", value_bool(autostart != 0));
    if (!object_has(*state, "on_delete"))
        object_builder_set_text(&builder, "on_delete", STR("undefine"), arena);
    *state = object_builder_value(&builder);
    return true;
}

static const char *describe(const Call *call, Value planned, Str uuid) {
    SCOPED(XmlDoc) doc = xml_new("pool");
    xmlNodePtr root = xml_root(&doc);
    xml_set(root, "type", object_text(planned, "type", STR("dir")));
    xml_add_text(root, "name", object_text(planned, "name", STR_EMPTY));
    xml_add_text(root, "uuid", uuid);
    xml_add_text(xml_add(root, "target"), "path", object_text(planned, "path", STR_EMPTY));
    return xml_print(&doc, call->arena);
}

/* Builds the directory only if it is missing, since a build would change the owner of an existing
 * one. */
static bool start_pool(virStoragePoolPtr pool) {
    if (virStoragePoolIsActive(pool) == 1)
        return true;
    if (virStoragePoolCreate(pool, 0) == 0)
        return true;
    const virError *error = virGetLastError();
    bool is_missing = error && error->code == VIR_ERR_SYSTEM_ERROR && error->int1 == ENOENT;
    if (!is_missing)
        return false;
    return virStoragePoolBuild(pool, VIR_STORAGE_POOL_BUILD_NEW) == 0 &&
           virStoragePoolCreate(pool, 0) == 0;
}

static bool add_start_error(const Call *call, Value planned, Diags *diags) {
    LibvirtError error = libvirt_error_last(call->arena);
    error.hint = str_format(call->arena, "The pool is defined, but inactive. \"path\" must be a "
                                         "directory on the host that libvirt can use or create.");
    return libvirt_error_add_this(call, &error, diags, "Cannot start pool \"%.*s\"",
                                  STR_ARG(object_text(planned, "name", STR_EMPTY)));
}

/* Applies running and autostart. */
static bool apply_run_state(const Call *call, virStoragePoolPtr pool, Value planned, Diags *diags) {
    Str name = object_text(planned, "name", STR_EMPTY);
    if (virStoragePoolSetAutostart(pool, object_bool(planned, "autostart", true)) < 0)
        return libvirt_error_add(call, diags, "Cannot set autostart of pool \"%.*s\"",
                                 STR_ARG(name));
    if (object_bool(planned, "running", true)) {
        if (!start_pool(pool))
            return add_start_error(call, planned, diags);
    } else if (virStoragePoolIsActive(pool) == 1 && virStoragePoolDestroy(pool) < 0) {
        return libvirt_error_add(call, diags, "Cannot stop pool \"%.*s\"", STR_ARG(name));
    }
    return true;
}

/* Pools of other kinds have a source, for which the schema has no arguments. */
static bool pool_plan(const Call *call,
                      const PlanRequest *request,
                      PlanResponse *response,
                      Diags *diags) {
    if (!value_is_present(response->planned))
        return true;
    response->planned = adoption_keep(&libvirt_pool.schema, request, response->planned,
                                      &response->private_data, call->arena);
    Str type = object_text(response->planned, "type", STR("dir"));
    if (value_is_present(request->prior))
        return true;
    if (str_equal(type, STR("dir")) && value_is_null(object_attribute(response->planned, "path")))
        return libvirt_error_say(
            call, diags, STR("Pool path missing"),
            STR("A pool of the type dir requires \"path\", a directory of the host."));
    if (str_equal(type, STR("dir")))
        return true;
    return libvirt_error_say(
        call, diags,
        str_format(call->arena, "A pool of the type %.*s cannot be created", STR_ARG(type)),
        STR("libvirt_pool can create only pools of the type dir. Define this one with virsh "
            "pool-define and import it."));
}

static void *by_uuid(virConnectPtr connection, const char *uuid) {
    return virStoragePoolLookupByUUIDString(connection, uuid);
}

static void *by_name(virConnectPtr connection, const char *name) {
    return virStoragePoolLookupByName(connection, name);
}

static int uuid_of(void *handle, char *uuid) {
    return virStoragePoolGetUUIDString(handle, uuid);
}

static int release(void *handle) {
    return virStoragePoolFree(handle);
}

static const LibvirtObject pool_object = {
    .noun = "pool",
    .type = &libvirt_pool,
    .by_uuid = by_uuid,
    .by_name = by_name,
    .uuid_of = uuid_of,
    .release = release,
    .read = read_pool,
};

static bool add_define_error(const Call *call,
                             virConnectPtr connection,
                             Value planned,
                             Str uuid,
                             ApplyResponse *response,
                             Diags *diags) {
    LibvirtError error = libvirt_error_last(call->arena);
    if (error.code == VIR_ERR_OPERATION_FAILED)
        error.hint = STR("Two pools cannot use the same directory. Choose another \"path\", or use "
                         "the existing pool.");
    return libvirt_object_add_define_error(&pool_object, call, connection, planned, uuid, &error,
                                           response, diags);
}

static bool pool_create(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value planned = request->planned;
    Str uuid = libvirt_identity_of(call, request);
    SCOPED(virStoragePoolPtr)
    pool = virStoragePoolDefineXML(connection, describe(call, planned, uuid), 0);
    if (!pool)
        return add_define_error(call, connection, planned, uuid, response, diags);
    bool is_done = apply_run_state(call, pool, planned, diags);
    return libvirt_object_answer(&pool_object, call, pool, planned, is_done, response, diags);
}

static bool pool_update(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags) {
    SCOPED(virStoragePoolPtr) pool = libvirt_object_get(&pool_object, call, request->prior, diags);
    if (!pool)
        return false;
    bool is_done = apply_run_state(call, pool, request->planned, diags);
    return libvirt_object_answer(&pool_object, call, pool, request->planned, is_done, response,
                                 diags);
}

static bool delete_volumes(const Call *call, virStoragePoolPtr pool, Diags *diags) {
    virStorageVolPtr *volumes = NULL;
    int count = virStoragePoolListAllVolumes(pool, &volumes, 0);
    if (count < 0)
        return libvirt_error_add(call, diags, "Cannot list the pool's volumes");
    bool all_gone = true;
    for (int i = 0; i < count; i++) {
        if (all_gone && virStorageVolDelete(volumes[i], 0) < 0 &&
            !libvirt_error_is_gone(libvirt_error_code()))
            all_gone = libvirt_error_add(call, diags, "Cannot delete volume \"%s\"",
                                         virStorageVolGetName(volumes[i]));
        (void)virStorageVolFree(volumes[i]);
    }
    free(volumes);
    return all_gone;
}

/* For delete_empty: removes the directory if it is empty, else keeps it. */
static void remove_directory(const Call *call, virStoragePoolPtr pool, Value prior, Diags *diags) {
    if (virStoragePoolDelete(pool, VIR_STORAGE_POOL_DELETE_NORMAL) == 0)
        return;
    LibvirtError error = libvirt_error_last(call->arena);
    if (error.system_errno == ENOENT)
        return;
    libvirt_error_warn(call, diags,
                       str_format(call->arena, "The directory %.*s was not removed",
                                  STR_ARG(object_text(prior, "path", STR_EMPTY))),
                       str_format(call->arena,
                                  "The pool was removed, but its directory could not be: %.*s",
                                  STR_ARG(error.message)));
}

static bool pool_delete(const Call *call,
                        const DeleteRequest *request,
                        DeleteResponse *response,
                        Diags *diags) {
    (void)response;
    bool is_gone = false;
    Str name = object_text(request->prior, "name", STR_EMPTY);
    Str on_delete = object_text(request->prior, "on_delete", STR("undefine"));
    SCOPED(virStoragePoolPtr)
    pool = libvirt_object_find(&pool_object, call, request->prior, &is_gone, diags);
    if (!pool)
        return is_gone;
    bool is_active = virStoragePoolIsActive(pool) == 1;
    if (str_equal(on_delete, STR("delete_all"))) {
        if (!is_active && !start_pool(pool))
            return libvirt_error_add(call, diags, "Cannot start pool \"%.*s\"", STR_ARG(name));
        is_active = true;
        (void)virStoragePoolRefresh(pool, 0);
        if (!delete_volumes(call, pool, diags))
            return false;
    }
    if (is_active && virStoragePoolDestroy(pool) < 0)
        return libvirt_error_add(call, diags, "Cannot stop pool \"%.*s\"", STR_ARG(name));
    if (!str_equal(on_delete, STR("undefine")))
        remove_directory(call, pool, request->prior, diags);
    if (virStoragePoolUndefine(pool) < 0 && !libvirt_error_is_gone(libvirt_error_code()))
        return libvirt_error_add(call, diags, "Cannot undefine pool \"%.*s\"", STR_ARG(name));
    return true;
}

static bool pool_read(const Call *call,
                      const ReadRequest *request,
                      ReadResponse *response,
                      Diags *diags) {
    (void)request;
    return libvirt_object_read(&pool_object, call, &response->state, diags);
}

static bool pool_import(const Call *call,
                        const ImportRequest *request,
                        ImportResponse *response,
                        Diags *diags) {
    response->private_data = adoption_begin();
    return libvirt_object_import(&pool_object, call, request->id, &response->state, diags);
}

static bool pool_recover(const Call *call,
                         const RecoverRequest *request,
                         RecoverResponse *response,
                         Diags *diags) {
    return libvirt_object_recover(&pool_object, call, request, response, diags);
}

/* One creation or deletion at a time: they change the same list on the host. */
static bool pool_limits(const Call *call,
                        const LimitsRequest *request,
                        LimitsResponse *response,
                        Diags *diags) {
    (void)diags;
    LimitAction action = request->action;
    if (action != LIMIT_UPDATE)
        libvirt_identity_limit(call, "libvirt_pools",
                               str_from_cstr(libvirt_client_options(call)->uri), 1,
                               &response->limits);
    return true;
}

const ResourceType libvirt_pool = {
    .name = "libvirt_pool",
    .schema = {SCHEMA_ATTRIBUTES(pool_attributes), .description = "A storage pool on the host."},
    .plan = pool_plan,
    .marker = object_id_marker,
    .create = pool_create,
    .update = pool_update,
    .delete = pool_delete,
    .read = pool_read,
    .import = pool_import,
    .recovery = RECOVERY_FINDS,
    .recover = pool_recover,
    .limits = pool_limits,
};
