/* libvirt_pool: a storage pool of the host, such as a directory or a volume group, identified by
 * its UUID. */
#include <errno.h>

#include "adoption.h"
#include "dmacvicar_names.h"
#include "foreign_state.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_object.h"
#include "libvirt_types.h"
#include "nested_list.h"
#include "object_id.h"
#include "plan_check.h"
#include "timeouts.h"
#include "xml_map.h"
#include "xml_text.h"

static Str pool_check_path(Value value, Arena *) {
    return str_starts_with(value_text(value), STR("/")) ? STR_EMPTY
                                                        : STR("The path must be absolute.");
}

#define POOL_TYPES                                                                                 \
    "dir fs netfs logical disk iscsi iscsi-direct scsi mpath rbd sheepdog gluster zfs vstorage"

/* clang-format off */
static const Attribute host_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Host name or IP address of the storage server.", .binding = XML("@name")},
    {"port", &TYPE_NUMBER, OPTIONAL | FORCES_NEW, "Port of the storage server.", .binding = XML("@port")},
};

static const Attribute auth_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED | FORCES_NEW, "Authentication type: chap (for iscsi pools) or ceph (for rbd pools).",
     .one_of = "chap ceph", .binding = XML("@type")},
    {"username", &TYPE_STRING, REQUIRED | FORCES_NEW, "User name.", .binding = XML("@username")},
    {"secret_uuid", &TYPE_STRING, OPTIONAL | FORCES_NEW, "UUID of the libvirt_secret that contains the password.", .binding = XML("secret/@uuid")},
    {"secret_usage", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Usage name of the libvirt_secret that contains the password; set it instead of the UUID.",
     .binding = XML("secret/@usage")},
};

static const Attribute adapter_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED | FORCES_NEW, "Adapter type: scsi_host or fc_host (Fibre Channel).", .one_of = "scsi_host fc_host", .binding = XML("@type")},
    {"name", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Name of the adapter, such as scsi_host0.", .binding = XML("@name")},
    {"parent", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Name of the parent adapter of a virtual fc_host adapter.", .binding = XML("@parent")},
    {"wwnn", &TYPE_STRING, OPTIONAL | FORCES_NEW, "World Wide Node Name (WWNN) of an fc_host adapter.", .binding = XML("@wwnn")},
    {"wwpn", &TYPE_STRING, OPTIONAL | FORCES_NEW, "World Wide Port Name (WWPN) of an fc_host adapter.", .binding = XML("@wwpn")},
};

static const Attribute pool_source_attributes[] = {
    {"hosts", NULL, OPTIONAL, "Storage servers.", .nested = NESTED(NEST_LIST, host_attributes), .binding = XML("host")},
    {"devices", &TYPE_LIST_OF_STRING, OPTIONAL | FORCES_NEW, "Paths of block devices, or the target name (IQN) of an iscsi pool.", .binding = XML("device/@path")},
    {"dir", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Directory that the server exports.", .binding = XML("dir/@path")},
    {"name", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Name of the source: the volume group (logical), the Ceph or ZFS pool, or the Gluster volume.", .binding = XML("name")},
    {"format", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Format of the source: ext4, nfs, lvm2, gpt and others.", .binding = XML("format/@type")},
    {"protocol_version", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Protocol version of NFS.", .binding = XML("protocol/@ver")},
    {"initiator", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Initiator name (IQN) of the host for an iscsi-direct pool.", .binding = XML("initiator/iqn/@name")},
    {"adapter", NULL, OPTIONAL, "SCSI adapter of a scsi pool.", .nested = NESTED(NEST_SINGLE, adapter_attributes), .binding = XML("adapter")},
    {"auth", NULL, OPTIONAL, "Authentication at the storage server.", .nested = NESTED(NEST_SINGLE, auth_attributes), .binding = XML("auth")},
};

static const Attribute pool_permissions_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "Mode of the directory, such as 0755.", .binding = XML("mode")},
    {"owner", &TYPE_NUMBER, OPTIONAL, "Numeric user ID of the directory's owner.", .binding = XML("owner")},
    {"group", &TYPE_NUMBER, OPTIONAL, "Numeric group ID of the directory.", .binding = XML("group")},
    {"label", &TYPE_STRING, OPTIONAL, "SELinux label of the directory.", .binding = XML("label")},
};

static const Attribute pool_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
    {"type", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Type of the pool, such as dir for a directory on the host.",
     .default_json = "\"dir\"", .one_of = POOL_TYPES},
    {"path", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Target path of the pool. A missing directory is created. Required for the type dir; for logical and zfs, libvirt determines the path.",
     .check = pool_check_path},
    {"source", NULL, OPTIONAL, "Source of the storage, for types other than dir.",
     .nested = NESTED(NEST_SINGLE, pool_source_attributes), .binding = XML("source")},
    {"permissions", NULL, OPTIONAL, "Permissions of a directory that libvirt creates. An existing directory keeps its permissions.",
     .nested = NESTED(NEST_SINGLE, pool_permissions_attributes), .binding = XML("target/permissions")},
    {"mount_options", &TYPE_LIST_OF_STRING, OPTIONAL, "Mount options of a pool of the type fs or netfs.",
     .binding = XML("fs:mount_opts/fs:option/@name")},
    {"cow", &TYPE_BOOL, OPTIONAL | FORCES_NEW, "Whether copy-on-write is on for a pool directory on btrfs.", .binding = XML("features/cow/@state")},
    {"build", &TYPE_STRING, OPTIONAL | COMPUTED,
     "How a new pool is built: auto creates a missing directory, always also formats an unformatted source, overwrite formats the source even if it has data, never does nothing.",
     .default_json = "\"auto\"", .one_of = "auto always overwrite never"},
    {"adopt_existing", &TYPE_BOOL, OPTIONAL,
     "Whether to adopt an existing object of this name instead of failing. The plan lists the changes to the adopted object."},
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
    {"capacity", &TYPE_NUMBER, COMPUTED, "Capacity in bytes at the last read."},
};
/* clang-format on */

static const XmlRows pool_rows = {pool_attributes, ARRAY_COUNT(pool_attributes)};

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
    if (!xml_take(libvirt_kind_describe_inactive(&libvirt_kind_pool, pool), &doc) ||
        virStoragePoolGetInfo(pool, &info) < 0 ||
        virStoragePoolGetAutostart(pool, &autostart) < 0 ||
        virStoragePoolGetUUIDString(pool, uuid) < 0)
        return libvirt_error_add(call, diags, "Cannot read the pool");
    xmlNodePtr root = xml_root(&doc);
    ObjectBuilder builder = object_builder_of(*state, arena);
    object_builder_set_copy(&builder, "id", uuid, arena);
    object_builder_set_text(&builder, "name", xml_get(root, "name", arena), arena);
    object_builder_set_text(&builder, "type", xml_get(root, "@type", arena), arena);
    Str path = xml_get(root, "target/path", arena);
    if (!value_is_known(object_attribute(*state, "path")) ||
        !str_equal(disk_without_end_slashes(path),
                   disk_without_end_slashes(object_text(*state, "path", STR_EMPTY))))
        object_builder_set_optional(&builder, "path", path, arena);
    object_builder_set(&builder, "running", value_bool(info.state != VIR_STORAGE_POOL_INACTIVE));
    object_builder_set(&builder, "autostart", value_bool(autostart != 0));
    if (!object_has(*state, "on_delete"))
        object_builder_set_text(&builder, "on_delete", STR("undefine"), arena);
    if (!object_has(*state, "build"))
        object_builder_set_text(&builder, "build", STR("auto"), arena);
    object_builder_set(&builder, "capacity", value_int((int64_t)info.capacity));
    xml_map_read(pool_rows, *state, root, !object_has(*state, "name"), &builder, arena);
    *state = object_builder_value(&builder);
    return true;
}

static const char *pool_describe(const Call *call, Value planned, Str uuid) {
    SCOPED(XmlDoc) doc = xml_new("pool");
    xmlNodePtr root = xml_root(&doc);
    xml_set(root, "type", object_text(planned, "type", STR("dir")));
    xml_add_text(root, "name", object_text(planned, "name", STR_EMPTY));
    xml_add_text(root, "uuid", uuid);
    if (object_has(planned, "path"))
        xml_add_text(xml_add(root, "target"), "path", object_text(planned, "path", STR_EMPTY));
    xml_map_edit(pool_rows, value_null(planned.type), planned, root, call->arena);
    return xml_print(&doc, call->arena);
}

/* Returns whether the last libvirt call failed because the directory does not exist. */
static bool is_directory_missing(void) {
    const virError *error = virGetLastError();
    return error && error->code == VIR_ERR_SYSTEM_ERROR && error->int1 == ENOENT;
}

/* Builds the directory only if it is missing, since a build would change the owner of an existing
 * one. */
static bool start_pool(virStoragePoolPtr pool, Str build) {
    if (virStoragePoolIsActive(pool) == 1)
        return true;
    if (virStoragePoolCreate(pool, 0) == 0)
        return true;
    if (!is_directory_missing() || str_equal(build, STR("never")))
        return false;
    return virStoragePoolBuild(pool, VIR_STORAGE_POOL_BUILD_NEW) == 0 &&
           virStoragePoolCreate(pool, 0) == 0;
}

static bool pool_add_start_error(const Call *call, Value planned, Diags *diags) {
    LibvirtError error = libvirt_error_last(call->arena);
    error.hint = str_format(call->arena, "The pool is defined, but inactive. \"path\" must be a "
                                         "directory on the host that libvirt can use or create.");
    return libvirt_error_add_this(call, &error, diags, "Cannot start pool \"%.*s\"",
                                  STR_ARG(object_text(planned, "name", STR_EMPTY)));
}

/* Applies running and autostart. */
static bool pool_run(const Call *call, void *pool, Value planned, Diags *diags) {
    Str name = object_text(planned, "name", STR_EMPTY);
    if (virStoragePoolSetAutostart(pool, object_bool(planned, "autostart", true)) < 0)
        return libvirt_error_add(call, diags, "Cannot set autostart of pool \"%.*s\"",
                                 STR_ARG(name));
    if (object_bool(planned, "running", true)) {
        if (!start_pool(pool, object_text(planned, "build", STR("auto"))))
            return pool_add_start_error(call, planned, diags);
    } else if (virStoragePoolIsActive(pool) == 1 && virStoragePoolDestroy(pool) < 0) {
        return libvirt_error_add(call, diags, "Cannot stop pool \"%.*s\"", STR_ARG(name));
    }
    return true;
}

static bool pool_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags) {
    if (!value_is_present(response->planned))
        return true;
    adoption_keep(call, request, response);
    Str type = object_text(response->planned, "type", STR("dir"));
    PlanCheck check = plan_check_open(call, request, response, diags);
    plan_check_promise(&check, "pool", object_text(response->planned, "name", STR_EMPTY));
    if (!plan_check_close(&check))
        return false;
    if (value_is_present(request->prior))
        return true;
    if (str_equal(type, STR("dir")) && value_is_null(object_attribute(request->config, "path")))
        return libvirt_error_say(
            call, diags, STR("Pool path missing"),
            STR("A pool of the type dir requires \"path\", a directory of the host."));
    return libvirt_object_plan_adoption(call, request, response, diags);
}

/* Builds a new pool, which formats its source, if "build" is "always" or "overwrite". */
static bool format_pool(const Call *call, void *pool, Value planned, Diags *diags) {
    Str build = object_text(planned, "build", STR("auto"));
    bool is_overwrite = str_equal(build, STR("overwrite"));
    if (!is_overwrite && !str_equal(build, STR("always")))
        return true;
    unsigned flags =
        is_overwrite ? VIR_STORAGE_POOL_BUILD_OVERWRITE : VIR_STORAGE_POOL_BUILD_NO_OVERWRITE;
    bool is_dir = str_equal(object_text(planned, "type", STR("dir")), STR("dir"));
    return virStoragePoolBuild(pool, is_dir ? VIR_STORAGE_POOL_BUILD_NEW : flags) == 0 ||
           libvirt_error_add(call, diags, "Cannot build pool \"%.*s\"",
                             STR_ARG(object_text(planned, "name", STR_EMPTY)));
}

/* Redefines the pool with the planned changes; does nothing if no argument with a binding changes.
 */
static bool pool_redefine(const Call *call, void *pool, Value prior, Value planned, Diags *diags) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_map_differs(pool_rows, prior, planned))
        return true;
    if (!xml_take(libvirt_kind_describe_inactive(&libvirt_kind_pool, pool), &doc))
        return libvirt_error_add(call, diags, "Cannot read the pool");
    xml_map_edit(pool_rows, prior, planned, xml_root(&doc), call->arena);
    SCOPED(virStoragePoolPtr)
    again =
        virStoragePoolDefineXML(virStoragePoolGetConnect(pool), xml_print(&doc, call->arena), 0);
    return again || libvirt_error_add(call, diags, "Cannot redefine the pool");
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

/* For delete_all: deletes all volumes. A pool without its directory, which an interrupted creation
 * can leave, has none. */
static bool empty_pool(const Call *call, virStoragePoolPtr pool, Str name, Diags *diags) {
    if (!start_pool(pool, STR("never")))
        return is_directory_missing() ||
               libvirt_error_add(call, diags, "Cannot start pool \"%.*s\"", STR_ARG(name));
    (void)virStoragePoolRefresh(pool, 0);
    return delete_volumes(call, pool, diags);
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

static bool pool_remove(const Call *call, void *pool, Value prior, Diags *diags) {
    Str name = object_text(prior, "name", STR_EMPTY);
    Str on_delete = object_text(prior, "on_delete", STR("undefine"));
    if (str_equal(on_delete, STR("delete_all")) && !empty_pool(call, pool, name, diags))
        return false;
    if (virStoragePoolIsActive(pool) == 1 && virStoragePoolDestroy(pool) < 0)
        return libvirt_error_add(call, diags, "Cannot stop pool \"%.*s\"", STR_ARG(name));
    if (!str_equal(on_delete, STR("undefine")))
        remove_directory(call, pool, prior, diags);
    if (virStoragePoolUndefine(pool) < 0 && !libvirt_error_is_gone(libvirt_error_code()))
        return libvirt_error_add(call, diags, "Cannot undefine pool \"%.*s\"", STR_ARG(name));
    return true;
}

/* One creation or deletion at a time: they change the same list on the host. */
static bool pool_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                        Diags *) {
    LimitAction action = request->action;
    if (action != LIMIT_UPDATE)
        libvirt_identity_limit(call, "libvirt_pools",
                               str_from_cstr(libvirt_client_options(call)->uri), 1,
                               &response->limits);
    return true;
}

static const Block pool_blocks[] = {TIMEOUTS_BLOCK};

static void *pool_define(virConnectPtr connection, const char *text) {
    return virStoragePoolDefineXML(connection, text, 0);
}

static Str pool_define_hint(const LibvirtError *error) {
    return error->code == VIR_ERR_OPERATION_FAILED
               ? STR("Two pools cannot use the same directory. Choose another \"path\", or use the "
                     "existing pool.")
               : error->hint;
}

static const LibvirtObject pool_object = {
    .kind = &libvirt_kind_pool,
    .read = read_pool,
    .own = "on_delete",
    .describe = pool_describe,
    .define = pool_define,
    .define_hint = pool_define_hint,
    .prepare = format_pool,
    .change = pool_redefine,
    .run = pool_run,
    .remove = pool_remove,
};

const ResourceType libvirt_pool = {
    .name = "libvirt_pool",
    .schema = {SCHEMA_ATTRIBUTES(pool_attributes), SCHEMA_BLOCKS(pool_blocks),
               .version = FOREIGN_STATE_VERSION, .foreign = &dmacvicar_pool_names,
               .text_check = xml_text_check, .description = "A storage pool on the host."},
    .plan = pool_plan,
    .create = libvirt_object_create,
    .update = libvirt_object_update,
    .delete = libvirt_object_delete,
    .read = libvirt_object_read,
    .upgrade = libvirt_object_upgrade,
    .payload = &pool_object,
    LIBVIRT_OBJECT_SLOTS,
    .import_id = "UUID or name of the pool",
    .limits = pool_limits,
};
