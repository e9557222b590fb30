/* libvirt_cloudinit_disk: the data for the first boot of a machine (cloud-init's NoCloud seed): an
 * image in a pool, or a directory for containers. Every change creates a new seed. */
#include "adoption.h"

#include "foreign_state.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_handle.h"
#include "libvirt_types.h"
#include "nested_list.h"
#include "object_id.h"
#include "plan_check.h"
#include "provider.h"
#include "seed_files.h"
#include "str_quote.h"
#include "timeouts.h"
#include "volume_find.h"
#include "volume_transfer.h"
#include "xml.h"
#include "yaml_text.h"

#define FULL_BELOW       65536 /* bytes */
#define SEED_IMAGE_LIMIT (16u << 20)

/* The files of a seed as a directory on the host, for containers, which share its kernel.
 *
 * libvirt creates directories only for pools: the directory is a pool within the given pool. */

typedef struct SeedDirectory {
    Str uuid; /* of its pool */
    Str path; /* empty: it does not exist */
    SeedFiles files;
    bool is_there; /* of a read: the files could be read */
} SeedDirectory;

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

/* Creates the directory with its files in an active pool, and sets the path; also if an upload
 * fails. */
static bool seed_directory_create(const Call *call, virStoragePoolPtr parent, Str name,
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

/* Reads path and files of the directory with this UUID. */
static bool seed_directory_read(const Call *call, virConnectPtr connection,
                                SeedDirectory *directory, Diags *diags) {
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

static bool seed_directory_delete(const Call *call, virConnectPtr connection, Str uuid,
                                  Diags *diags) {
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

/* Rejects user data that cloud-init would silently ignore. */
static Str check_user_data(Value value, Arena *arena) {
    Str text = value_text(value);
    if (str_starts_with(text, STR("\xef\xbb\xbf")))
        return str_format(arena,
                          "The text begins with a byte order mark, so cloud-init would ignore it.");
    if (text.len &&
        (str_starts_with(text, STR("#")) || str_starts_with(text, STR("Content-Type:")) ||
         str_starts_with(text, STR("MIME-Version:"))))
        return STR_EMPTY;
    return str_format(arena,
                      "The first line must be the type of the data (#cloud-config, #!/bin/sh, "
                      "#include, Content-Type: …); otherwise cloud-init would ignore it.");
}

static Str check_document(Value value, Arena *arena) {
    TypeKind kind = value.type->kind;
    if (kind == KIND_STRING || kind == KIND_OBJECT || kind == KIND_MAP)
        return STR_EMPTY;
    return str_format(arena, "The value must be a map, or its YAML text.");
}

/* Rejects a network configuration without a version: cloud-init would configure no interface. */
static Str check_network(Value value, Arena *arena) {
    static const char *const keys[] = {"version", "network", "config"};
    Str error = check_document(value, arena);
    bool is_text = value.type->kind == KIND_STRING;
    bool is_found = is_text && !str_trim(value_text(value)).len;
    for (size_t i = 0; !error.len && i < ARRAY_COUNT(keys); i++) {
        Value member;
        is_found |= is_text ? str_find(value_text(value), str_from_cstr(keys[i]), 0) != SIZE_MAX
                            : value_find(value, str_from_cstr(keys[i]), &member);
    }
    if (error.len || is_found)
        return error;
    return str_format(arena, "The configuration has no \"version\", so cloud-init would configure "
                             "no interface. Add \"version: 2\".");
}

/* Earlier versions of loam stored "folder" for "directory". Both count as one value, so that an
 * upgrade of loam does not replace seeds. */
static bool is_directory_kind(Value kind) {
    return value_is_present(kind) && (str_equal(value_text(kind), STR("directory")) ||
                                      str_equal(value_text(kind), STR("folder")));
}

static bool kind_forces_new(Value prior, Value planned) {
    return !(is_directory_kind(prior) && is_directory_kind(planned));
}

static const Attribute cloudinit_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW,
     "Name of the seed. The name of its volume also has a digest."},
    {"pool", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Name of the pool (default: the provider's default_pool)."},
    {"kind", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Format of the seed: \"iso\" for an ISO image that a virtual machine reads, \"directory\" for "
     "a directory that a container "
     "mounts at /var/lib/cloud/seed/nocloud. The value \"folder\" is deprecated; it means "
     "\"directory\".",
     .default_json = "\"iso\"", .one_of = "iso directory folder", .forces_new = kind_forces_new},
    {"user_data", &TYPE_STRING, OPTIONAL | SENSITIVE | FORCES_NEW,
     "Content of user-data, such as a cloud-config or a script.", .check = check_user_data},
    {"vendor_data", &TYPE_STRING, OPTIONAL | SENSITIVE | FORCES_NEW, "Content of vendor-data."},
    {"meta_data", &TYPE_DYNAMIC, OPTIONAL | FORCES_NEW,
     "Content of meta-data, as a map or as YAML (default: an instance-id made from the name).",
     .check = check_document},
    {"network_config", &TYPE_DYNAMIC, OPTIONAL | FORCES_NEW,
     "Content of network-config, as a map or as YAML.", .check = check_network},
    {"id", &TYPE_STRING, COMPUTED, "Digest of the files."},
    {"volume_id", &TYPE_STRING, COMPUTED,
     "Key of the image's volume, for the cloudinit of a domain."},
    {"path", &TYPE_STRING, COMPUTED, "Path of the image or the directory on the host."},
    {"folder_id", &TYPE_STRING, COMPUTED, "UUID of the pool for the directory."},
};

static const struct {
    const char *attribute;
    const char *file;
} seed_names[] = {
    {"user_data", "user-data"},
    {"vendor_data", "vendor-data"},
    {"meta_data", "meta-data"},
    {"network_config", "network-config"},
};

/* user-data and meta-data are required, even if empty; other files are optional. */
static SeedFiles files_of(Value object, Arena *arena) {
    SeedFiles files = {0};
    for (size_t i = 0; i < ARRAY_COUNT(seed_names); i++)
        if (object_has(object, seed_names[i].attribute))
            seed_files_add(&files, str_from_cstr(seed_names[i].file),
                           yaml_text_of(object_attribute(object, seed_names[i].attribute), arena),
                           arena);
    Str name = object_text(object, "name", STR_EMPTY);
    if (!object_has(object, "user_data"))
        seed_files_add(&files, STR("user-data"), STR("#cloud-config\n{}\n"), arena);
    if (!object_has(object, "meta_data"))
        seed_files_add(&files, STR("meta-data"),
                       str_format(arena, "instance-id: %.*s\n", STR_ARG(str_quote(name, arena))),
                       arena);
    return files;
}

static bool is_directory(Value object) {
    return is_directory_kind(object_attribute(object, "kind"));
}

static Str volume_name(Value object, Arena *arena) {
    SeedFiles files = files_of(object, arena);
    return str_format(arena, "%.*s-%.*s.iso", STR_ARG(object_text(object, "name", STR_EMPTY)),
                      STR_ARG(str_slice(seed_files_digest(&files, arena), 0, 12)));
}

static bool are_seeds_known(const ObjectBuilder *builder) {
    for (size_t i = 0; i < ARRAY_COUNT(seed_names); i++)
        if (!value_is_wholly_known(object_builder_get(builder, seed_names[i].attribute)))
            return false;
    return value_is_known(object_builder_get(builder, "name"));
}

static bool cloudinit_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                           Diags *diags) {
    if (!value_is_present(response->planned))
        return true;
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    if (!value_is_null(request->prior)) {
        /* A seed keeps the spelling of its kind, so that the other spelling is no change. */
        if (is_directory(request->prior) && is_directory_kind(object_builder_get(&builder, "kind")))
            object_builder_set(&builder, "kind", object_attribute(request->prior, "kind"));
        response->planned = object_builder_value(&builder);
        adoption_keep(call, request, response);
        response->requires_replace = (Paths){0};
        schema_replace_paths(&libvirt_cloudinit_disk.schema, request->prior, response->planned,
                             &response->requires_replace, call->arena);
        return true;
    }
    if (!value_is_known(object_builder_get(&builder, "pool")) && call->client)
        object_builder_set_text(&builder, "pool", libvirt_client_options(call)->default_pool,
                                call->arena);
    if (are_seeds_known(&builder)) {
        SeedFiles files = files_of(object_builder_value(&builder), call->arena);
        object_builder_set_text(&builder, "id", seed_files_digest(&files, call->arena),
                                call->arena);
        builder = object_builder_of(object_builder_value(&builder), call->arena);
    }
    Value kind = object_builder_get(&builder, "kind");
    if (value_is_known(kind))
        object_builder_set(&builder, is_directory_kind(kind) ? "volume_id" : "folder_id",
                           value_null(&TYPE_STRING));
    response->planned = object_builder_value(&builder);
    return plan_check_one(call, request, response, "pool", "pool", diags);
}

/* If the host's files differ from the state, their texts are set in the state, so that the plan
 * shows the difference. */
static void set_changed_files(ObjectBuilder *builder, const SeedFiles *files, Arena *arena) {
    SeedFiles expected = files_of(object_builder_value(builder), arena);
    *builder = object_builder_of(object_builder_value(builder), arena);
    for (size_t i = 0; i < ARRAY_COUNT(seed_names); i++) {
        const char *name = seed_names[i].attribute;
        Str file = str_from_cstr(seed_names[i].file);
        Str wanted = STR_EMPTY;
        Str content = STR_EMPTY;
        bool was_there = seed_files_find(&expected, file, &wanted);
        bool is_there = seed_files_find(files, file, &content);
        if (is_there && !(was_there && str_equal(wanted, content)))
            object_builder_set_text(builder, name, content, arena);
        if (was_there && !is_there)
            object_builder_set(builder, name, value_null(object_builder_get(builder, name).type));
    }
    object_builder_set_text(builder, "id", seed_files_digest(files, arena), arena);
}

static void read_image(const Call *call, virStorageVolPtr volume, Value *state) {
    Arena *arena = call->arena;
    Str image = STR_EMPTY;
    SeedFiles files = {0};
    /* If the host cannot return the content (libvirt's test driver), assume no drift. */
    if (!volume_transfer_download(volume, SEED_IMAGE_LIMIT, &image, arena))
        return;
    bool is_seed = seed_files_from_iso(image, &files, arena);
    Str digest = seed_files_digest(&files, arena);
    if (is_seed && str_equal(digest, object_text(*state, "id", STR_EMPTY)))
        return;
    ObjectBuilder builder = object_builder_of(*state, arena);
    set_changed_files(&builder, &files, arena);
    *state = object_builder_value(&builder);
}

static bool cloudinit_disk_read_directory(const Call *call, virConnectPtr connection, Value *state,
                                          Diags *diags) {
    SeedDirectory directory = {.uuid = object_text(*state, "folder_id", STR_EMPTY)};
    if (!seed_directory_read(call, connection, &directory, diags))
        return false;
    if (!directory.path.len) {
        *state = value_null(state->type);
        return true;
    }
    Str digest = seed_files_digest(&directory.files, call->arena);
    if (directory.is_there && str_equal(digest, object_text(*state, "id", STR_EMPTY)))
        return true;
    ObjectBuilder builder = object_builder_of(*state, call->arena);
    set_changed_files(&builder, &directory.files, call->arena);
    /* An unreadable directory must still be deletable; a valid seed never has empty user data. */
    if (!directory.is_there)
        object_builder_set_text(&builder, "user_data", STR_EMPTY, call->arena);
    *state = object_builder_value(&builder);
    return true;
}

static void set_volume(ObjectBuilder *builder, virStorageVolPtr volume, Arena *arena) {
    char *path = virStorageVolGetPath(volume);
    object_builder_set_copy(builder, "volume_id", virStorageVolGetKey(volume), arena);
    object_builder_set_copy(builder, "path", path, arena);
    object_builder_set(builder, "folder_id", value_null(&TYPE_STRING));
    free(path);
}

static bool cloudinit_read(const Call *call, const ReadRequest *, ReadResponse *response,
                           Diags *diags) {
    Value *state = &response->state;
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStorageVolPtr) volume = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    if (is_directory(*state))
        return cloudinit_disk_read_directory(call, connection, state, diags);
    Str pool = object_text(*state, "pool", STR_EMPTY);
    Str id = object_text(*state, "volume_id", STR_EMPTY);
    if (!id.len) {
        *state = value_null(state->type); /* an upgraded state whose seed is no volume */
        return true;
    }
    switch (volume_find_fresh(call, connection, pool, id, &volume, diags)) {
    case VOLUME_THERE: break;
    case VOLUME_GONE: *state = value_null(state->type); return true;
    case VOLUME_HIDDEN: return true;
    case VOLUME_ERROR: return false;
    }
    /* An upgraded state of another provider has no digest yet. */
    if (!object_text(*state, "id", STR_EMPTY).len) {
        ObjectBuilder builder = object_builder_of(*state, call->arena);
        set_volume(&builder, volume, call->arena);
        *state = object_builder_value(&builder);
        response->private_data = adoption_begin(response->private_data, call->arena);
    }
    read_image(call, volume, state);
    return true;
}

/* The name contains the digest, so a volume with that name and content is the same seed. */
static bool is_same_seed(const Call *call, virStorageVolPtr volume, Str digest) {
    Str image = STR_EMPTY;
    SeedFiles files = {0};
    return volume_transfer_download(volume, SEED_IMAGE_LIMIT, &image, call->arena) &&
           seed_files_from_iso(image, &files, call->arena) &&
           str_equal(seed_files_digest(&files, call->arena), digest);
}

/* libvirt reports a full pool in different ways: it may give the reason, end the stream without
 * one, or drop the connection. So the upload uses a separate connection, and the pool's free space
 * is checked. */
static bool cloudinit_disk_is_full(const Call *call, virStoragePoolPtr pool) {
    virStoragePoolInfo info = {0};
    unsigned attempt = 0;
    while (virStoragePoolRefresh(pool, 0) < 0) {
        if (!libvirt_client_wait_for_late(call, &attempt))
            return false;
    }
    return virStoragePoolGetInfo(pool, &info) == 0 && info.available < FULL_BELOW;
}

static bool upload_image(const Call *call, virStoragePoolPtr pool, virStorageVolPtr volume,
                         Str image, Diags *diags) {
    SCOPED(virConnectPtr) alone = NULL;
    if (!libvirt_client_connect_alone(call, &alone, diags))
        return false;
    Diags upload_errors = diags_new(call->arena);
    SCOPED(virStorageVolPtr)
    target = virStorageVolLookupByKey(alone, virStorageVolGetKey(volume));
    bool is_sent = target
                       ? volume_transfer_upload(call, target, image, &upload_errors)
                       : libvirt_error_add(call, &upload_errors, "Cannot upload into the volume");
    if (!is_sent && !call_is_cancelled(call) && cloudinit_disk_is_full(call, pool))
        return libvirt_error_say(
            call, diags, STR("No space for the seed in the pool"),
            STR("No space left on device. Free some space, or choose another pool."));
    diags_append(diags, &upload_errors);
    return is_sent;
}

static bool create_image(const Call *call, virStoragePoolPtr pool, const SeedFiles *files,
                         ObjectBuilder *builder, Diags *diags) {
    Arena *arena = call->arena;
    Str name = volume_name(object_builder_value(builder), arena);
    Str digest = seed_files_digest(files, arena);
    Str image = STR_EMPTY;
    if (!seed_files_to_iso(files, &image, arena, diags))
        return false;
    *builder = object_builder_of(object_builder_value(builder), arena);
    SCOPED(virStorageVolPtr) volume = virStorageVolLookupByName(pool, str_to_cstr(name, arena));
    if (volume && is_same_seed(call, volume, digest)) {
        set_volume(builder, volume, arena);
        return true;
    }
    bool is_taken = volume != NULL;
    if (!volume)
        volume =
            virStorageVolCreateXML(pool, volume_transfer_describe(name, image.len, call->arena), 0);
    if (!volume || is_taken)
        return volume_find_add_error(call, pool, str_from_cstr(virStoragePoolGetName(pool)), name,
                                     diags);
    bool is_sent = upload_image(call, pool, volume, image, diags);
    if (!is_sent && virStorageVolDelete(volume, 0) == 0)
        return false;
    set_volume(builder, volume, arena);
    return is_sent;
}

static bool cloudinit_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                             Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStoragePoolPtr) pool = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value planned = request->planned;
    Str pool_name = object_text(planned, "pool", STR("default"));
    if (!volume_find_pool(call, connection, pool_name, &pool, diags))
        return false;
    SeedFiles files = files_of(planned, arena);
    ObjectBuilder builder = object_builder_of(planned, arena);
    object_builder_set_text(&builder, "id", seed_files_digest(&files, arena), arena);
    object_builder_set(&builder, "volume_id", value_null(&TYPE_STRING));
    object_builder_set(&builder, "folder_id", value_null(&TYPE_STRING));
    object_builder_set(&builder, "path", value_null(&TYPE_STRING));
    bool is_made = false;
    if (is_directory(planned)) {
        SeedDirectory directory = {.uuid = object_id_uuid(call), .files = files};
        Str name = object_text(planned, "name", STR_EMPTY);
        is_made = seed_directory_create(call, pool, name, &directory, diags);
        object_builder_set_optional(&builder, "path", directory.path, arena);
        if (directory.path.len)
            object_builder_set_text(&builder, "folder_id", directory.uuid, arena);
    } else {
        is_made = create_image(call, pool, &files, &builder, diags);
    }
    bool is_there = !value_is_null(object_builder_get(&builder, "volume_id")) ||
                    !value_is_null(object_builder_get(&builder, "folder_id"));
    response->in_doubt = virConnectIsAlive(connection) != 1;
    if (is_made || is_there)
        response->state = object_builder_value(&builder);
    return is_made;
}

static bool cloudinit_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                             Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStorageVolPtr) volume = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value prior = request->prior;
    if (is_directory(prior))
        return seed_directory_delete(call, connection, object_text(prior, "folder_id", STR_EMPTY),
                                     diags);
    Str pool = object_text(prior, "pool", STR_EMPTY);
    Str id = object_text(prior, "volume_id", STR_EMPTY);
    VolumeLook look = volume_find_fresh(call, connection, pool, id, &volume, diags);
    if (look == VOLUME_GONE)
        return true;
    if (look == VOLUME_ERROR)
        return false;
    /* A guest that has the file open keeps it until it stops. */
    if (volume &&
        (virStorageVolDelete(volume, 0) == 0 || libvirt_error_is_gone(libvirt_error_code())))
        return true;
    return libvirt_error_add(call, diags, "Cannot delete the seed \"%.*s\"", STR_ARG(id));
}

static bool cloudinit_marker(const Call *call, const MarkerRequest *request,
                             MarkerResponse *response, Diags *) {
    Value planned = request->planned;
    if (is_directory(planned))
        response->marker = object_id_uuid(call);
    else
        response->marker = volume_find_identity(call, object_text(planned, "pool", STR("default")),
                                                volume_name(planned, call->arena));
    return true;
}

static bool recover_directory(const Call *call, virConnectPtr connection,
                              const RecoverRequest *request, ObjectBuilder *builder,
                              RecoverOutcome *outcome, Diags *diags) {
    SeedDirectory directory = {.uuid = request->marker};
    if (!seed_directory_read(call, connection, &directory, diags))
        return false;
    if (!directory.path.len)
        return true;
    Str digest = seed_files_digest(&directory.files, call->arena);
    bool is_whole =
        directory.is_there && str_equal(digest, value_text(object_builder_get(builder, "id")));
    object_builder_set_text(builder, "path", directory.path, call->arena);
    object_builder_set_text(builder, "folder_id", request->marker, call->arena);
    object_builder_set(builder, "volume_id", value_null(&TYPE_STRING));
    *outcome = is_whole ? RECOVER_COMPLETE : RECOVER_TAINTED;
    return true;
}

static bool cloudinit_recover(const Call *call, const RecoverRequest *request,
                              RecoverResponse *response, Diags *diags) {
    RecoverOutcome *outcome = &response->outcome;
    Value *state = &response->state;
    Arena *arena = call->arena;
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStorageVolPtr) volume = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SeedFiles files = files_of(request->planned, arena);
    Str digest = seed_files_digest(&files, arena);
    ObjectBuilder builder = object_builder_of(request->planned, arena);
    object_builder_set_text(&builder, "id", digest, arena);
    if (is_directory(request->planned)) {
        if (!recover_directory(call, connection, request, &builder, outcome, diags))
            return false;
    } else {
        if (!volume_find_recovered(call, connection, request->marker, &volume, diags))
            return false;
        if (!volume)
            return true;
        set_volume(&builder, volume, arena);
        *outcome = is_same_seed(call, volume, digest) ? RECOVER_COMPLETE : RECOVER_TAINTED;
    }
    if (*outcome != RECOVER_ABSENT)
        *state = object_builder_value(&builder);
    return true;
}

/* Only the block "timeouts" changes in place, and it has no effect on the host. */
static bool cloudinit_update(const Call *, const ApplyRequest *request, ApplyResponse *response,
                             Diags *) {
    response->state = request->planned;
    return true;
}

static const Block cloudinit_disk_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_cloudinit_disk = {
    .name = "libvirt_cloudinit_disk",
    .destroy_after_dependents_update = true,
    .schema = {SCHEMA_ATTRIBUTES(cloudinit_attributes), SCHEMA_BLOCKS(cloudinit_disk_blocks),
               .version = FOREIGN_STATE_VERSION,
               .description = "A cloud-init seed, which a machine reads at its first start."},
    .plan = cloudinit_plan,
    .marker = cloudinit_marker,
    .create = cloudinit_create,
    .delete = cloudinit_delete,
    .update = cloudinit_update,
    .read = cloudinit_read,
    .upgrade = foreign_state_upgrade_seed,
    .recovery = RECOVERY_FINDS,
    .recover = cloudinit_recover,
};
