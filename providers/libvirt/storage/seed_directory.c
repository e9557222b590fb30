/* seed_directory: stores each seed as the volumes of a libvirt pool of its own directory. */
#include "seed_directory.h"

#include "libvirt_error.h"
#include "volume_transfer.h"
#include "xml.h"

#define SEED_FILE_LIMIT (4u << 20)

static Str pool_path(virStoragePoolPtr pool, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(virStoragePoolGetXMLDesc(pool, 0), &doc))
        return STR_EMPTY;
    return xml_get(xml_root(&doc), "target/path", arena);
}

static const char *describe_pool(Str name, Str uuid, Str path, Arena *arena) {
    SCOPED(XmlDoc) doc = xml_new("pool");
    xmlNodePtr root = xml_root(&doc);
    xml_set(root, "type", STR("dir"));
    xml_add_text(root, "name", name);
    xml_add_text(root, "uuid", uuid);
    xmlNodePtr target = xml_add(root, "target");
    xml_add_text(target, "path", path);
    xml_add_text(xml_add(target, "permissions"), "mode", STR("0700"));
    return xml_print(&doc, arena);
}

static bool read_content(const Call *call, virStorageVolPtr volume, Str *out) {
    virStorageVolInfo info = {0};
    *out = STR_EMPTY;
    return virStorageVolGetInfo(volume, &info) == 0 &&
           (info.capacity == 0 ||
            volume_transfer_download(volume, SEED_FILE_LIMIT, out, call->arena));
}

typedef enum FileState { FILE_ABSENT, FILE_SAME, FILE_OTHER } FileState;

/* The directory may remain from a seed whose pool was undefined by a user. */
static FileState file_state(const Call *call, virStoragePoolPtr pool, const SeedFile *file) {
    SCOPED(virStorageVolPtr)
    volume = virStorageVolLookupByName(pool, str_to_cstr(file->name, call->arena));
    Str found;
    if (!volume)
        return FILE_ABSENT;
    return read_content(call, volume, &found) && str_equal(found, file->content) ? FILE_SAME
                                                                                 : FILE_OTHER;
}

static bool directory_check_free(const Call *call, virStoragePoolPtr pool, const SeedFiles *files,
                                 Str directory, Diags *diags) {
    vec_each(files, file)
        if (file_state(call, pool, file) == FILE_OTHER)
            return libvirt_error_say(
                call, diags,
                str_format(call->arena, "The directory %.*s is in use", STR_ARG(directory)),
                str_format(call->arena,
                           "It has a file \"%.*s\" that loam did not create. Choose another "
                           "\"name\" for the seed, or remove the directory on the host.",
                           STR_ARG(file->name)));
    return true;
}

static bool put_file(const Call *call, virStoragePoolPtr pool, const SeedFile *file, Diags *diags) {
    if (file_state(call, pool, file) == FILE_SAME)
        return true;
    SCOPED(virStorageVolPtr)
    volume = virStorageVolCreateXML(
        pool, volume_transfer_describe(file->name, file->content.len, call->arena), 0);
    if (!volume)
        return libvirt_error_add(call, diags, "Cannot create the seed's file \"%.*s\"",
                                 STR_ARG(file->name));
    if (file->content.len == 0)
        return true;
    return volume_transfer_upload(call, volume, file->content, diags);
}

bool seed_directory_create(const Call *call, virStoragePoolPtr parent, Str name,
                           SeedDirectory *directory, Diags *diags) {
    Arena *arena = call->arena;
    Str path = str_format(arena, "%.*s/%.*s", STR_ARG(pool_path(parent, arena)), STR_ARG(name));
    Str pool_name = str_format(arena, "%s-%.*s", virStoragePoolGetName(parent), STR_ARG(name));
    SCOPED(virStoragePoolPtr)
    pool = virStoragePoolDefineXML(virStoragePoolGetConnect(parent),
                                   describe_pool(pool_name, directory->uuid, path, arena), 0);
    if (!pool)
        return libvirt_error_add(call, diags, "Cannot define the seed's directory");
    directory->path = path;
    if (virStoragePoolBuild(pool, VIR_STORAGE_POOL_BUILD_NEW) < 0 ||
        virStoragePoolCreate(pool, 0) < 0 || virStoragePoolSetAutostart(pool, 1) < 0)
        return libvirt_error_add(call, diags, "Cannot create the seed's directory");
    if (!directory_check_free(call, pool, &directory->files, path, diags)) {
        if (virStoragePoolDestroy(pool) == 0 && virStoragePoolUndefine(pool) == 0)
            directory->path = STR_EMPTY;
        return false;
    }
    vec_each(&directory->files, file)
        if (!put_file(call, pool, file, diags))
            return false;
    return true;
}

static bool get_file(const Call *call, virStorageVolPtr volume, SeedFiles *files, Diags *diags) {
    Str content;
    Str name = str_clone(str_from_cstr(virStorageVolGetName(volume)), call->arena);
    if (!read_content(call, volume, &content))
        return libvirt_error_add(call, diags, "Cannot read the seed's file \"%.*s\"",
                                 STR_ARG(name));
    seed_files_add(files, name, content, call->arena);
    return true;
}

bool seed_directory_read(const Call *call, virConnectPtr connection, SeedDirectory *directory,
                         Diags *diags) {
    SCOPED(virStoragePoolPtr)
    pool = virStoragePoolLookupByUUIDString(connection, str_to_cstr(directory->uuid, call->arena));
    directory->is_there = pool != NULL;
    if (!pool)
        return libvirt_error_is_gone(libvirt_error_code()) ||
               libvirt_error_add(call, diags, "Cannot find the seed's directory");
    directory->path = pool_path(pool, call->arena);
    /* The pool is stopped or its directory is missing: create it again. */
    if (virStoragePoolRefresh(pool, 0) < 0) {
        directory->is_there = false;
        return true;
    }
    virStorageVolPtr *volumes = NULL;
    int count = virStoragePoolListAllVolumes(pool, &volumes, 0);
    bool is_read = true;
    for (int i = 0; i < count; i++) {
        is_read = is_read && get_file(call, volumes[i], &directory->files, diags);
        (void)virStorageVolFree(volumes[i]);
    }
    free(volumes);
    return is_read;
}

bool seed_directory_delete(const Call *call, virConnectPtr connection, Str uuid, Diags *diags) {
    SCOPED(virStoragePoolPtr)
    pool = virStoragePoolLookupByUUIDString(connection, str_to_cstr(uuid, call->arena));
    if (!pool)
        return libvirt_error_is_gone(libvirt_error_code()) ||
               libvirt_error_add(call, diags, "Cannot find the seed's directory");
    /* The files of a stopped pool are not visible. */
    if (virStoragePoolIsActive(pool) == 0)
        (void)virStoragePoolCreate(pool, 0);
    virStorageVolPtr *volumes = NULL;
    int count = virStoragePoolListAllVolumes(pool, &volumes, 0);
    for (int i = 0; i < count; i++) {
        (void)virStorageVolDelete(volumes[i], 0);
        (void)virStorageVolFree(volumes[i]);
    }
    free(volumes);
    if (virStoragePoolIsActive(pool) == 1 && virStoragePoolDestroy(pool) < 0)
        return libvirt_error_add(call, diags, "Cannot stop the seed's directory");
    /* Keeps a directory with foreign files. */
    (void)virStoragePoolDelete(pool, VIR_STORAGE_POOL_DELETE_NORMAL);
    return virStoragePoolUndefine(pool) == 0 || libvirt_error_is_gone(libvirt_error_code()) ||
           libvirt_error_add(call, diags, "Cannot remove the seed's directory");
}
