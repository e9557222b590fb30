/* volume_find: looks up volumes, despite libvirt's stale results. */
#include "volume_find.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "xml.h"

bool volume_find_pool(const Call *call, virConnectPtr connection, Str name, virStoragePoolPtr *out,
                      Diags *diags) {
    *out = virStoragePoolLookupByName(connection, str_to_cstr(name, call->arena));
    if (!*out)
        return libvirt_error_add(call, diags, "Cannot find pool \"%.*s\"", STR_ARG(name));
    if (virStoragePoolIsActive(*out) == 1)
        return true;
    return libvirt_error_say(
        call, diags, str_format(call->arena, "The pool \"%.*s\" is not active", STR_ARG(name)),
        STR("Its volumes cannot be read or created until it is started (\"running\" of its "
            "libvirt_pool, or virsh pool-start)."));
}

static virStorageVolPtr find_in_pool(virConnectPtr connection, Str id, Arena *arena) {
    size_t slash = str_find_char(id, '/', 0);
    if (slash == SIZE_MAX || slash == 0)
        return NULL;
    SCOPED(virStoragePoolPtr)
    pool = virStoragePoolLookupByName(connection, str_to_cstr(str_slice(id, 0, slash), arena));
    if (!pool)
        return NULL;
    return virStorageVolLookupByName(pool, str_to_cstr(str_after(id, slash + 1), arena));
}

virStorageVolPtr volume_find_by_id(virConnectPtr connection, Str id, Arena *arena) {
    const char *text = str_to_cstr(id, arena);
    virStorageVolPtr volume = virStorageVolLookupByKey(connection, text);
    if (!volume)
        volume = find_in_pool(connection, id, arena);
    return volume ? volume : virStorageVolLookupByPath(connection, text);
}

Str volume_find_format(virStorageVolPtr volume, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(virStorageVolGetXMLDesc(volume, 0), &doc))
        return STR_EMPTY;
    return xml_get(xml_root(&doc), "target/format/@type", arena);
}

bool volume_find_add_error(const Call *call, virStoragePoolPtr pool, Str pool_name, Str name,
                           Diags *diags) {
    LibvirtError error = libvirt_error_last(call->arena);
    SCOPED(virStorageVolPtr)
    other = virStorageVolLookupByName(pool, str_to_cstr(name, call->arena));
    if (!other)
        return libvirt_error_add_this(call, &error, diags, "Cannot create volume \"%.*s\"",
                                      STR_ARG(name));
    return libvirt_error_say(
        call, diags, str_format(call->arena, "The volume \"%.*s\" already exists", STR_ARG(name)),
        str_format(call->arena,
                   "The pool \"%.*s\" has a volume of this name, which loam did not create. It was "
                   "not changed. Choose another name, or remove the volume.",
                   STR_ARG(pool_name)));
}

Str volume_find_identity(const Call *call, Str pool, Str name) {
    Diags ignored = diags_new(call->arena);
    SCOPED(virConnectPtr) connection = NULL;
    Str identity = str_format(call->arena, "%.*s/%.*s", STR_ARG(pool), STR_ARG(name));
    if (!libvirt_client_connect(call, &connection, &ignored))
        return identity;
    SCOPED(virStorageVolPtr) other = find_in_pool(connection, identity, call->arena);
    return other ? STR("taken") : identity;
}

/* Returns whether the volume does not exist. While the host creates or deletes a volume, its name
 * exists but not its file. */
static bool volume_find_is_absent(virStorageVolPtr *volume) {
    virStorageVolInfo info;
    if (!*volume || virStorageVolGetInfo(*volume, &info) == 0)
        return !*volume && libvirt_error_is_gone(libvirt_error_code());
    bool is_gone = libvirt_error_is_gone(libvirt_error_code());
    if (is_gone) {
        (void)virStorageVolFree(*volume);
        *volume = NULL;
    }
    return is_gone;
}

bool volume_find_recovered(const Call *call, virConnectPtr connection, Str identity,
                           virStorageVolPtr *out, Diags *diags) {
    *out = NULL;
    size_t slash = str_find_char(identity, '/', 0);
    if (slash == SIZE_MAX)
        return true;
    Str pool_name = str_slice(identity, 0, slash);
    SCOPED(virStoragePoolPtr)
    pool = virStoragePoolLookupByName(connection, str_to_cstr(pool_name, call->arena));
    if (!pool && libvirt_error_is_gone(libvirt_error_code()))
        return true; /* the volume was removed with its pool */
    SCOPED(virStoragePoolPtr) active = NULL;
    if (!volume_find_pool(call, connection, pool_name, &active, diags))
        return false;
    const char *name = str_to_cstr(str_after(identity, slash + 1), call->arena);
    unsigned attempt = 0;
    bool absent = false;
    do {
        (void)virStoragePoolRefresh(pool, 0);
        *out = virStorageVolLookupByName(pool, name);
        absent = volume_find_is_absent(out);
    } while (absent && libvirt_client_wait_for_late(call, &attempt));
    return *out || absent || libvirt_error_add(call, diags, "Cannot find the volume");
}

/* Checks the file too, since the pool may be stale: a deleted file still has a volume until a
 * refresh. */
static virStorageVolPtr find_with_file(virConnectPtr connection, Str id, Arena *arena) {
    virStorageVolInfo info;
    virStorageVolPtr volume = volume_find_by_id(connection, id, arena);
    if (volume && virStorageVolGetInfo(volume, &info) == 0)
        return volume;
    if (volume)
        (void)virStorageVolFree(volume);
    return NULL;
}

typedef enum PoolState { POOL_GONE, POOL_INACTIVE, POOL_ACTIVE, POOL_UNKNOWN } PoolState;

static PoolState refresh_pool(virConnectPtr connection, Str name, Arena *arena) {
    SCOPED(virStoragePoolPtr)
    pool = virStoragePoolLookupByName(connection, str_to_cstr(name, arena));
    if (!pool)
        return libvirt_error_is_gone(libvirt_error_code()) ? POOL_GONE : POOL_UNKNOWN;
    int active = virStoragePoolIsActive(pool);
    if (active < 0)
        return POOL_UNKNOWN;
    if (active == 0)
        return POOL_INACTIVE;
    (void)virStoragePoolRefresh(pool, 0);
    return POOL_ACTIVE;
}

VolumeLook volume_find_fresh(const Call *call, virConnectPtr connection, Str pool, Str id,
                             virStorageVolPtr *out, Diags *diags) {
    *out = find_with_file(connection, id, call->arena);
    if (*out)
        return VOLUME_THERE;
    PoolState pool_state = refresh_pool(connection, pool, call->arena);
    if (pool_state == POOL_UNKNOWN) {
        libvirt_error_add(call, diags, "Cannot find pool \"%.*s\"", STR_ARG(pool));
        return VOLUME_ERROR;
    }
    if (pool_state == POOL_INACTIVE) {
        libvirt_error_warn(
            call, diags, str_format(call->arena, "The pool \"%.*s\" is not active", STR_ARG(pool)),
            STR("Its volumes cannot be read, so loam uses the recorded state."));
        return VOLUME_HIDDEN;
    }
    if (pool_state == POOL_GONE)
        return VOLUME_GONE;
    *out = find_with_file(connection, id, call->arena);
    if (*out)
        return VOLUME_THERE;
    if (libvirt_error_is_gone(libvirt_error_code()))
        return VOLUME_GONE;
    libvirt_error_add(call, diags, "Cannot find the volume");
    return VOLUME_ERROR;
}

/* Adds the names "POOL/VOLUME", or the keys of the volumes if `id` is a path. */
static void volume_find_add_names(virStoragePoolPtr pool, Str id, StrVec *out, Arena *arena) {
    virStorageVolPtr *volumes = NULL;
    int count = virStoragePoolListAllVolumes(pool, &volumes, 0);
    for (int i = 0; i < count; i++) {
        SCOPED(virStorageVolPtr) volume = volumes[i];
        Str key = str_clone(str_from_cstr(virStorageVolGetKey(volume)), arena);
        vec_push(arena, out,
                 str_starts_with(id, STR("/"))
                     ? key
                     : str_format(arena, "%s/%s", virStoragePoolGetName(pool),
                                  virStorageVolGetName(volume)));
    }
    free(volumes);
}

void volume_find_check(PlanCheck *check, const CheckedName *name) {
    Arena *arena = check->call->arena;
    virStoragePoolPtr *pools = NULL;
    StrVec names = {0};
    if (!check->connection || !name->name.len)
        return;
    SCOPED(virStorageVolPtr) found = volume_find_by_id(check->connection, name->name, arena);
    if (found || !libvirt_error_is_gone(libvirt_error_code()))
        return;
    int count = virConnectListAllStoragePools(check->connection, &pools,
                                              VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE);
    for (int i = 0; i < count; i++) {
        SCOPED(virStoragePoolPtr) pool = pools[i];
        volume_find_add_names(pool, name->name, &names, arena);
    }
    free(pools);
    plan_check_absent(check, name, &names);
}
