/* libvirt_volume: a disk in a pool: empty, an overlay of another one, a copy, or an uploaded
 * image. */
#include "adoption.h"
#include "volume_find.h"

#include "byte_size.h"
#include "dmacvicar_names.h"
#include "domain_users.h"
#include "foreign_state.h"
#include "image_cache.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_types.h"
#include "nested_list.h"
#include "private_member.h"
#include "timeouts.h"
#include "volume_attributes.h"
#include "volume_check.h"
#include "volume_source.h"
#include "volume_transfer.h"
#include "xml.h"
#include "xml_map.h"
#include "xml_text.h"

static const XmlRows volume_xml = {volume_attributes, VOLUME_ATTRIBUTE_COUNT};

/* Keeps the spelling "20G" while it equals the size on the host. */
static void volume_read_size(ObjectBuilder *builder, Value state, uint64_t capacity, bool is_block,
                             Arena *arena) {
    if (!object_has(state, "size"))
        return;
    uint64_t wanted = 0;
    bool is_same = byte_size_parse(object_text(state, "size", STR_EMPTY), &wanted) &&
                   (wanted == capacity ||
                    /* block volumes are rounded up to extents of their group */
                    (is_block && capacity > wanted && capacity - wanted < (64u << 20)));
    if (!is_same)
        object_builder_set_text(builder, "size", byte_size_to_str(capacity, arena), arena);
}

static bool is_copied(Value volume) {
    Str mode = object_text(volume, "mode", STR_EMPTY);
    return str_equal(mode, STR("copy")) || str_equal(mode, STR("reflink"));
}

/* Sets the base volume if it differs from the state, or if an imported volume has one. */
static void read_base(ObjectBuilder *builder, Value state, virConnectPtr connection, Str path,
                      Arena *arena) {
    bool has_base = object_has(state, "base");
    bool is_found = !object_has(state, "name") && path.len;
    if ((!has_base && !is_found) || is_copied(state))
        return;
    Value base = object_nested(state, "base", arena);
    Str id = object_text(base, "volume_id", STR_EMPTY);
    if (str_equal(id, path) || str_equal(object_text(base, "path", STR_EMPTY), path))
        return;
    if (id.len && path.len) {
        SCOPED(virStorageVolPtr) below = volume_find_by_id(connection, id, arena);
        char *below_path = below ? virStorageVolGetPath(below) : NULL;
        bool is_same = below_path && str_equal(str_from_cstr(below_path), path);
        free(below_path);
        if (is_same)
            return;
    }
    ObjectBuilder changed = object_builder_of(base, arena);
    object_builder_set_optional(&changed, id.len || !has_base ? "volume_id" : "path", path, arena);
    object_builder_set(builder, "base", object_builder_value(&changed));
}

static bool read_volume(const Call *call, virConnectPtr connection, virStorageVolPtr volume,
                        Value *state, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(virStorageVolGetXMLDesc(volume, 0), &doc))
        return libvirt_error_add(call, diags, "Cannot read the volume");
    xmlNodePtr root = xml_root(&doc);
    int64_t capacity = xml_get_int(root, "capacity", 0);
    bool is_block = str_equal(xml_get(root, "@type", arena), STR("block"));
    Str format = xml_get(root, "target/format/@type", arena);
    ObjectBuilder builder = object_builder_of(*state, arena);
    object_builder_set_copy(&builder, "id", virStorageVolGetKey(volume), arena);
    object_builder_set_text(&builder, "path", xml_get(root, "target/path", arena), arena);
    object_builder_set_text(&builder, "name", xml_get(root, "name", arena), arena);
    object_builder_set(&builder, "capacity", value_int(capacity));
    volume_read_size(&builder, *state, (uint64_t)capacity, is_block, arena);
    read_base(&builder, *state, connection, xml_get(root, "backingStore/path", arena), arena);
    /* The host detects the format of an uploaded image ("iso"), which is not the configured one. */
    bool is_asked = object_has(*state, "source") && object_has(*state, "format");
    if (!is_asked)
        object_builder_set_text(&builder, "format",
                                str_equal(format, STR("qcow2")) ? format : STR("raw"), arena);
    if (!object_has(*state, "source"))
        object_builder_set(&builder, "source_digest", value_null(&TYPE_STRING));
    xml_map_read(volume_xml, *state, root, !object_has(*state, "name"), &builder, arena);
    *state = object_builder_value(&builder);
    return true;
}

static bool volume_read(const Call *call, const ReadRequest *, ReadResponse *response,
                        Diags *diags) {
    Value *state = &response->state;
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStorageVolPtr) volume = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    if (!object_has(*state, "name"))
        /* an upgraded state of another provider has no name */
        response->private_data = adoption_begin(response->private_data, call->arena);
    Str pool = object_text(*state, "pool", STR_EMPTY);
    Str id = object_text(*state, "id", STR_EMPTY);
    switch (volume_find_fresh(call, connection, pool, id, &volume, diags)) {
    case VOLUME_THERE: return read_volume(call, connection, volume, state, diags);
    case VOLUME_GONE: *state = value_null(state->type); return true;
    case VOLUME_HIDDEN: return true;
    case VOLUME_ERROR: return false;
    }
    return true;
}

static bool volume_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                          Diags *diags) {
    Str id = request->id;
    Value *state = &response->state;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virStorageVolPtr) volume = volume_find_by_id(connection, id, call->arena);
    SCOPED(virStoragePoolPtr) pool = volume ? virStoragePoolLookupByVolume(volume) : NULL;
    if (!pool)
        return libvirt_error_add(call, diags, "No volume \"%.*s\"", STR_ARG(id));
    ObjectBuilder builder = object_builder_empty(&libvirt_volume.schema, call->arena);
    object_builder_set_copy(&builder, "pool", virStoragePoolGetName(pool), call->arena);
    object_builder_set_text(&builder, "size", STR("0"), call->arena);
    ObjectBuilder base =
        object_builder_null(object_attribute_type(builder.type, "base"), call->arena);
    SCOPED(XmlDoc) doc = {0};
    bool is_layer = xml_take(virStorageVolGetXMLDesc(volume, 0), &doc) &&
                    xml_find(xml_root(&doc), "backingStore/path");
    object_builder_set_text(&base, "volume_id", STR("?"), call->arena);
    if (is_layer)
        object_builder_set(&builder, "base", object_builder_value(&base));
    *state = object_builder_value(&builder);
    response->private_data = adoption_begin(response->private_data, call->arena);
    return read_volume(call, connection, volume, state, diags);
}

static void plan_defaults(const Call *call, ObjectBuilder *builder) {
    if (!value_is_known(object_builder_get(builder, "pool")) && call->client)
        object_builder_set_text(builder, "pool", libvirt_client_options(call)->default_pool,
                                call->arena);
    if (!value_is_known(object_builder_get(builder, "format")) &&
        value_is_null(object_builder_get(builder, "source")))
        object_builder_set_text(builder, "format", STR("qcow2"), call->arena);
}

/* Plans digest and format of a local image that was found. */
static bool plan_local_source(const Call *call, const VolumeSource *look, ObjectBuilder *builder,
                              Diags *diags) {
    Value source = object_builder_get(builder, "source");
    Str checksum = object_text(source, "checksum", STR_EMPTY);
    if (checksum.len && !str_equal(checksum, look->digest) &&
        !volume_source_verify(call, object_text(source, "path", STR_EMPTY), checksum, diags))
        return false;
    object_builder_set_text(builder, "source_digest", look->digest, call->arena);
    if (!value_is_known(object_builder_get(builder, "format")))
        object_builder_set_text(builder, "format", look->format, call->arena);
    return true;
}

/* Plans the digest of the source: another content replaces the volume. */
static bool volume_plan_source(const Call *call, const PlanRequest *request, PlanResponse *response,
                               ObjectBuilder *builder, Diags *diags) {
    Arena *arena = call->arena;
    Value source = object_builder_get(builder, "source");
    Value prior = value_is_null(request->prior) ? value_null(&TYPE_STRING)
                                                : object_attribute(request->prior, "source_digest");
    bool is_new = value_is_null(request->prior);
    if (value_is_null(source)) {
        object_builder_set(builder, "source_digest", value_null(&TYPE_STRING));
    } else if (value_is_present(source) && object_has(source, "url")) {
        Str checksum = object_text(source, "checksum", STR_EMPTY);
        object_builder_set(builder, "source_digest",
                           checksum.len ? value_string(checksum, arena)
                                        : value_unknown(&TYPE_STRING));
    } else {
        Str path = value_is_present(source) ? object_text(source, "path", STR_EMPTY) : STR_EMPTY;
        VolumeSource look = {0};
        Str seen = private_member_get(request->private_data, PRIVATE_SEEN, arena);
        /* A missing source may be created before the volume. If it is deleted later, the existing
         * volume is unaffected. */
        if (!path.len || !volume_source_look(call, path, seen, &look, &seen)) {
            object_builder_set(builder, "source_digest",
                               !is_new && path.len ? prior : value_unknown(&TYPE_STRING));
            return true;
        }
        if (!plan_local_source(call, &look, builder, diags))
            return false;
        response->private_data =
            private_member_set(response->private_data, PRIVATE_SEEN, seen, arena);
    }
    /* The source of an imported volume is unknown, so a first source in the configuration does not
     * replace the volume. */
    bool is_first = value_is_null(prior) && adoption_is_imported(request->private_data, arena);
    if (is_new || is_first || value_equal(prior, object_builder_get(builder, "source_digest")))
        return true;
    Path path = path_attribute((Path){0}, STR("source_digest"), arena);
    vec_push(arena, &response->requires_replace, path);
    if (!value_is_null(source))
        plan_note(response, path, STR("the content of the image changed"), arena);
    return true;
}

static Str growth_note(const Call *call, Value prior) {
    Diags ignored = diags_new(call->arena);
    SCOPED(virConnectPtr) connection = NULL;
    if (!call->client || !libvirt_client_connect(call, &connection, &ignored))
        return STR("grows in place");
    DomainUsers users =
        domain_users_of_file(connection, object_text(prior, "path", STR_EMPTY), call->arena);
    if (users.count == 0)
        return STR("grows in place (virStorageVolResize)");
    return str_format(call->arena, "grows while %.*s runs (virDomainBlockResize)",
                      STR_ARG(domain_users_names(&users, call->arena)));
}

static void plan_size(const Call *call, const PlanRequest *request, PlanResponse *response,
                      ObjectBuilder *builder) {
    Value size = object_builder_get(builder, "size");
    if (value_is_null(request->prior) || !value_is_present(size))
        return;
    uint64_t bytes = 0;
    uint64_t now = (uint64_t)object_int(request->prior, "capacity", 0);
    if (!byte_size_parse(value_text(size), &bytes))
        return;
    Path path = path_attribute((Path){0}, STR("size"), call->arena);
    if (bytes < now) {
        vec_push(call->arena, &response->requires_replace, path);
        plan_note(response, path, STR("a volume cannot become smaller"), call->arena);
    } else if (bytes > now) {
        plan_note(response, path, growth_note(call, request->prior), call->arena);
        object_builder_set(builder, "capacity", value_unknown(&TYPE_NUMBER));
    } else {
        object_builder_set(builder, "capacity", object_attribute(request->prior, "capacity"));
    }
}

/* Returns whether both name the same backing image. An import finds its path, but neither the
 * spelling of the configuration nor the format if it is given there. */
static bool is_same_base(Value prior, Value planned) {
    Str old = object_text(prior, "volume_id", object_text(prior, "path", STR_EMPTY));
    Str new = object_text(planned, "volume_id", object_text(planned, "path", STR_EMPTY));
    return str_equal(old, new) && !object_has(prior, "format");
}

/* Returns whether the configuration of an imported volume adds a setting that libvirt uses only
 * during the creation and does not store. */
static bool is_unstored_setting(Value prior, Value planned, const char *name) {
    Value old = object_attribute(prior, name);
    Value new = object_attribute(planned, name);
    if (strcmp(name, "mode") == 0 || strcmp(name, "preallocation") == 0)
        return value_is_null(old);
    if (strcmp(name, "base") != 0 || !value_is_present(new))
        return false;
    return value_is_null(old) ? is_copied(planned) : is_same_base(old, new);
}

/* The schema's replacements were computed before the planned object got the values that an imported
 * volume keeps. */
static void plan_replacements(const PlanRequest *request, PlanResponse *response, Arena *arena) {
    Paths all = {0};
    Value prior = request->prior;
    response->requires_replace = (Paths){0};
    if (value_is_null(prior))
        return;
    schema_replace_paths(&libvirt_volume.schema, prior, response->planned, &all, arena);
    vec_each(&all, path) {
        const char *name = str_to_cstr(path->steps[0].name, arena);
        if (!adoption_is_imported(request->private_data, arena) ||
            !is_unstored_setting(prior, response->planned, name))
            vec_push(arena, &response->requires_replace, *path);
    }
}

static bool volume_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *diags) {
    if (!value_is_present(response->planned))
        return true;
    adoption_keep(call, request, response);
    plan_replacements(request, response, call->arena);
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    plan_defaults(call, &builder);
    plan_size(call, request, response, &builder);
    bool is_planned = volume_plan_source(call, request, response, &builder, diags);
    response->planned = object_builder_value(&builder);
    return volume_check_host(call, request, response, diags) && is_planned;
}

/* Settings of a new volume. */
typedef struct VolumeOrder {
    Str name;
    Str format;
    uint64_t capacity; /* 0: that of the base */
    Value volume;      /* the planned object */
    Str base_path;
    Str base_format;
} VolumeOrder;

static const char *volume_describe(const Call *call, const VolumeOrder *order) {
    SCOPED(XmlDoc) doc = xml_new("volume");
    xmlNodePtr root = xml_root(&doc);
    xml_add_text(root, "name", order->name);
    if (order->capacity)
        xml_add_int(root, "capacity", (int64_t)order->capacity);
    bool is_full = str_equal(object_text(order->volume, "preallocation", STR_EMPTY), STR("full"));
    xml_add_int(root, "allocation", is_full ? (int64_t)order->capacity : 0);
    xmlNodePtr target = xml_add(root, "target");
    xml_set(xml_add(target, "format"), "type", order->format);
    if (str_equal(order->format, STR("qcow2")))
        xml_add_text(target, "compat", STR("1.1"));
    if (order->base_path.len) {
        xmlNodePtr base = xml_add(root, "backingStore");
        xml_add_text(base, "path", order->base_path);
        xml_set(xml_add(base, "format"), "type", order->base_format);
    }
    xml_map_edit(volume_xml, value_null(order->volume.type), order->volume, root, call->arena);
    return xml_print(&doc, call->arena);
}

static unsigned creation_flags(Value volume) {
    bool is_reflink = str_equal(object_text(volume, "mode", STR_EMPTY), STR("reflink"));
    Str preallocation = object_text(volume, "preallocation", STR_EMPTY);
    return (is_reflink ? VIR_STORAGE_VOL_CREATE_REFLINK : 0) |
           (str_equal(preallocation, STR("metadata")) ? VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA
                                                      : 0);
}

static bool check_capacity(const Call *call, VolumeOrder *order, uint64_t least, Diags *diags) {
    if (order->capacity == 0)
        order->capacity = least;
    if (order->capacity >= least)
        return true;
    return libvirt_error_say(
        call, diags,
        str_format(call->arena, "The volume \"%.*s\" is too small", STR_ARG(order->name)),
        str_format(call->arena,
                   "The configured size is %llu bytes, but its base or source has %llu, so the "
                   "guest's file system would be cut off. Remove \"size\", or increase it.",
                   (unsigned long long)order->capacity, (unsigned long long)least));
}

/* Finds the base volume and sets its path and format in the order. *out NULL: only a path is
 * known. */
static bool find_base(const Call *call, virConnectPtr connection, Value base, VolumeOrder *order,
                      virStorageVolPtr *out, Diags *diags) {
    Arena *arena = call->arena;
    Str id = object_text(base, "volume_id", object_text(base, "path", STR_EMPTY));
    bool is_bare = !object_has(base, "volume_id");
    *out = volume_find_by_id(connection, id, arena);
    if (!*out && !is_bare)
        return libvirt_error_add(call, diags, "Cannot find the base volume \"%.*s\"", STR_ARG(id));
    order->base_path = id;
    order->base_format = object_text(base, "format", STR_EMPTY);
    if (*out) {
        char *path = virStorageVolGetPath(*out);
        if (path)
            order->base_path = str_clone(str_from_cstr(path), arena);
        free(path);
        if (!order->base_format.len)
            order->base_format = volume_find_format(*out, arena);
        if (str_equal(order->base_format, STR("iso")))
            order->base_format = STR("raw");
    }
    if (order->base_format.len)
        return true;
    return libvirt_error_say(call, diags, STR("The format of the base is unknown"),
                             STR("The file is in no active pool, so its format cannot be detected. "
                                 "Set the \"format\" of the base."));
}

static bool create_layered(const Call *call, virStoragePoolPtr pool, Value planned,
                           VolumeOrder *order, virStorageVolPtr *out, Diags *diags) {
    virConnectPtr connection = virStoragePoolGetConnect(pool);
    SCOPED(virStorageVolPtr) base = NULL;
    if (!find_base(call, connection, object_attribute(planned, "base"), order, &base, diags))
        return false;
    virStorageVolInfo info = {0};
    if (base && virStorageVolGetInfo(base, &info) == 0 &&
        !check_capacity(call, order, info.capacity, diags))
        return false;
    bool is_copy = is_copied(planned);
    unsigned flags = creation_flags(planned);
    if (is_copy && !base)
        return libvirt_error_say(call, diags, STR("Only a volume can be copied"),
                                 STR("No active pool of the host contains the path of the base."));
    if (is_copy)
        order->base_path = STR_EMPTY;
    const char *description = volume_describe(call, order);
    *out = is_copy ? virStorageVolCreateXMLFrom(pool, description, base, flags)
                   : virStorageVolCreateXML(pool, description, flags);
    if (!*out)
        return volume_find_add_error(call, pool, object_text(planned, "pool", STR_EMPTY),
                                     order->name, diags);
    /* A copy gets the size of its original, whatever size was requested. */
    bool is_short =
        is_copy && virStorageVolGetInfo(*out, &info) == 0 && info.capacity < order->capacity;
    return !is_short || virStorageVolResize(*out, order->capacity, 0) == 0 ||
           libvirt_error_add(call, diags, "Cannot grow the copy to its size");
}

static bool send_source(const Call *call, virStorageVolPtr volume, Value planned, Str path,
                        Diags *diags) {
    SCOPED(virConnectPtr) alone = NULL;
    if (!libvirt_client_connect_alone(call, &alone, diags))
        return false;
    SCOPED(virStorageVolPtr)
    target = virStorageVolLookupByKey(alone, virStorageVolGetKey(volume));
    if (!target)
        return libvirt_error_add(call, diags, "Cannot find the new volume");
    bool is_local = object_has(object_attribute(planned, "source"), "path");
    Str expected = is_local ? object_text(planned, "source_digest", STR_EMPTY) : STR_EMPTY;
    Str digest = STR_EMPTY;
    if (!volume_transfer_upload_file(call, target, path, &digest, diags))
        return false;
    if (!expected.len || str_equal(str_after(expected, 7), digest))
        return true;
    return libvirt_error_say(
        call, diags, STR("Image changed after planning"),
        str_format(call->arena, "%.*s has another content now. Make a new plan.", STR_ARG(path)));
}

/* Uploads into a raw volume of the file's length; the host detects the format afterwards. */
static bool create_uploaded(const Call *call, virStoragePoolPtr pool, Value planned,
                            VolumeOrder *order, virStorageVolPtr *out, Diags *diags) {
    Value source = object_attribute(planned, "source");
    Str path = object_text(source, "path", STR_EMPTY);
    Str url = object_text(source, "url", STR_EMPTY);
    Str checksum = object_text(source, "checksum", STR_EMPTY);
    VolumeSource probe = {0};
    if (url.len && !image_cache_fetch(call, libvirt_client_options(call)->image_cache_dir, url,
                                      checksum, &path, diags))
        return false;
    if (!volume_source_probe(call, path, &probe))
        return volume_check_add_source_error(call, path, diags);
    if (!url.len && checksum.len && !volume_source_verify(call, path, checksum, diags))
        return false;
    if (!check_capacity(call, order, probe.capacity, diags))
        return false;
    uint64_t capacity = order->capacity;
    order->capacity = probe.length;
    order->format = STR("raw");
    *out = virStorageVolCreateXML(pool, volume_describe(call, order), 0);
    if (!*out)
        return volume_find_add_error(call, pool, object_text(planned, "pool", STR_EMPTY),
                                     order->name, diags);
    if (!send_source(call, *out, planned, path, diags)) {
        if (virStorageVolDelete(*out, 0) == 0) {
            (void)virStorageVolFree(*out);
            *out = NULL;
        }
        return false;
    }
    if (capacity > probe.capacity && virStorageVolResize(*out, capacity, 0) < 0)
        return libvirt_error_add(call, diags, "Cannot grow the volume to its size");
    return true;
}

static bool create_in_pool(const Call *call, virStoragePoolPtr pool, Value planned,
                           virStorageVolPtr *out, Diags *diags) {
    VolumeOrder order = {
        .name = object_text(planned, "name", STR_EMPTY),
        .format = object_text(planned, "format", STR("qcow2")),
        .volume = planned,
    };
    Str size = object_text(planned, "size", STR_EMPTY);
    if (size.len)
        (void)!byte_size_parse(size, &order.capacity);
    if (object_has(planned, "source"))
        return create_uploaded(call, pool, planned, &order, out, diags);
    if (object_has(planned, "base"))
        return create_layered(call, pool, planned, &order, out, diags);
    *out = virStorageVolCreateXML(pool, volume_describe(call, &order), creation_flags(planned));
    return *out != NULL ||
           volume_find_add_error(call, pool, object_text(planned, "pool", STR_EMPTY), order.name,
                                 diags);
}

/* Sets digest and format of a source that was created after the plan. */
static void resolve_source(const Call *call, Value *planned, Str *private_data) {
    Value source = object_attribute(*planned, "source");
    if (!value_is_present(source) || object_has(source, "url"))
        return;
    VolumeSource look = {0};
    Str seen = private_member_get(*private_data, PRIVATE_SEEN, call->arena);
    if (!volume_source_look(call, object_text(source, "path", STR_EMPTY), seen, &look, &seen))
        return;
    ObjectBuilder builder = object_builder_of(*planned, call->arena);
    if (!object_has(*planned, "source_digest"))
        object_builder_set_text(&builder, "source_digest", look.digest, call->arena);
    if (!object_has(*planned, "format"))
        object_builder_set_text(&builder, "format", look.format, call->arena);
    *planned = object_builder_value(&builder);
    *private_data = private_member_set(*private_data, PRIVATE_SEEN, seen, call->arena);
}

static bool volume_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStoragePoolPtr) pool = NULL;
    SCOPED(virStorageVolPtr) volume = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value planned = request->planned;
    response->private_data = request->private_data;
    resolve_source(call, &planned, &response->private_data);
    Str pool_name = object_text(planned, "pool", STR("default"));
    if (!volume_find_pool(call, connection, pool_name, &pool, diags))
        return false;
    bool is_made = create_in_pool(call, pool, planned, &volume, diags);
    response->in_doubt = virConnectIsAlive(connection) != 1;
    if (!volume)
        return false;
    /* A volume that cannot be read exists nevertheless. */
    if (!read_volume(call, connection, volume, &planned, diags)) {
        Str key = str_clone(str_from_cstr(virStorageVolGetKey(volume)), call->arena);
        response->state = object_with_text(planned, "id", key, call->arena);
        return false;
    }
    response->state = planned;
    return is_made;
}

static bool volume_grow(const Call *call, virConnectPtr connection, virStorageVolPtr volume,
                        Value planned, uint64_t bytes, Diags *diags) {
    Str path = object_text(planned, "path", STR_EMPTY);
    DomainUsers users = domain_users_of_file(connection, path, call->arena);
    if (users.count == 0)
        return virStorageVolResize(volume, bytes, 0) == 0 ||
               libvirt_error_add(call, diags, "Cannot grow the volume");
    /* QEMU caches the image's metadata: while a guest runs, only QEMU may grow it. */
    const DomainUser *user = &users.items[0];
    SCOPED(virDomainPtr)
    domain = virDomainLookupByUUIDString(connection, str_to_cstr(user->uuid, call->arena));
    unsigned attempt = 0;
    int result = -1;
    do {
        result = domain ? virDomainBlockResize(domain, str_to_cstr(user->device, call->arena),
                                               bytes, VIR_DOMAIN_BLOCK_RESIZE_BYTES)
                        : -1;
    } while (result < 0 && libvirt_error_retry(call, &attempt));
    if (result < 0)
        return libvirt_error_add(call, diags, "Cannot grow the disk of guest \"%.*s\"",
                                 STR_ARG(user->name));
    SCOPED(virStoragePoolPtr) pool = virStoragePoolLookupByVolume(volume);
    if (pool)
        (void)virStoragePoolRefresh(pool, 0);
    return true;
}

static bool volume_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virStorageVolPtr)
    volume =
        volume_find_by_id(connection, object_text(request->prior, "id", STR_EMPTY), call->arena);
    if (!volume)
        return libvirt_error_add(call, diags, "Cannot find the volume");
    uint64_t wanted = 0;
    Str size = object_text(request->planned, "size", STR_EMPTY);
    uint64_t now = (uint64_t)object_int(request->prior, "capacity", 0);
    response->private_data = request->private_data;
    bool is_grown = true;
    if (size.len && byte_size_parse(size, &wanted) && wanted > now)
        is_grown = volume_grow(call, connection, volume, request->planned, wanted, diags);
    Value state = is_grown ? request->planned : request->prior;
    if (!read_volume(call, connection, volume, &state, diags))
        return false;
    response->state = state;
    return is_grown;
}

/* Finds an overlay of this volume in its pool. Volumes that are overlays are not checked, as there
 * are many; an overlay of one then fails at its next start with libvirt's error. */
static Str find_layer(virStoragePoolPtr pool, Str path, Arena *arena) {
    virStorageVolPtr *volumes = NULL;
    int count = virStoragePoolListAllVolumes(pool, &volumes, 0);
    Str found = STR_EMPTY;
    for (int i = 0; i < count; i++) {
        SCOPED(XmlDoc) doc = {0};
        if (!found.len && xml_take(virStorageVolGetXMLDesc(volumes[i], 0), &doc) &&
            str_equal(xml_get(xml_root(&doc), "backingStore/path", arena), path))
            found = str_clone(str_from_cstr(virStorageVolGetName(volumes[i])), arena);
        (void)virStorageVolFree(volumes[i]);
    }
    free(volumes);
    return found;
}

static bool check_unused(const Call *call, virConnectPtr connection, virStorageVolPtr volume,
                         Value prior, Diags *diags) {
    Arena *arena = call->arena;
    Str name = object_text(prior, "name", STR_EMPTY);
    Str path = object_text(prior, "path", STR_EMPTY);
    DomainUsers users = domain_users_of_file(connection, path, arena);
    Str summary = str_format(arena, "The volume \"%.*s\" is in use", STR_ARG(name));
    if (users.count)
        return libvirt_error_say(
            call, diags, summary,
            str_format(
                arena,
                "It is a disk of the running guest %.*s. Stop the guest, or detach the disk.",
                STR_ARG(domain_users_names(&users, arena))));
    SCOPED(virStoragePoolPtr) pool = virStoragePoolLookupByVolume(volume);
    bool is_layer = object_has(prior, "base");
    Str layer = pool && !is_layer ? find_layer(pool, path, arena) : STR_EMPTY;
    if (!layer.len)
        return true;
    return libvirt_error_say(
        call, diags, summary,
        str_format(arena, "The volume \"%.*s\" is an overlay of it and would be lost with it.",
                   STR_ARG(layer)));
}

static bool volume_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                          Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str name = object_text(request->prior, "name", STR_EMPTY);
    Str id = object_text(request->prior, "id", STR_EMPTY);
    SCOPED(virStorageVolPtr) volume = NULL;
    Str pool = object_text(request->prior, "pool", STR_EMPTY);
    VolumeLook look = volume_find_fresh(call, connection, pool, id, &volume, diags);
    if (look == VOLUME_GONE)
        return true;
    if (look == VOLUME_ERROR)
        return false;
    if (!volume)
        return libvirt_error_say(
            call, diags, str_format(call->arena, "Cannot delete volume \"%.*s\"", STR_ARG(name)),
            STR("Its pool is not active. Start the pool first."));
    if (!check_unused(call, connection, volume, request->prior, diags))
        return false;
    if (virStorageVolDelete(volume, 0) == 0 || libvirt_error_is_gone(libvirt_error_code()))
        return true;
    return libvirt_error_add(call, diags, "Cannot delete volume \"%.*s\"", STR_ARG(name));
}

static bool volume_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                          Diags *) {
    Value planned = request->planned;
    response->marker = volume_find_identity(call, object_text(planned, "pool", STR("default")),
                                            object_text(planned, "name", STR_EMPTY));
    return true;
}

/* An upload or copy without an outcome may be incomplete, whatever its length. */
static bool volume_recover(const Call *call, const RecoverRequest *request,
                           RecoverResponse *response, Diags *diags) {
    RecoverOutcome *outcome = &response->outcome;
    Value *state = &response->state;
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStorageVolPtr) volume = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    if (!volume_find_recovered(call, connection, request->marker, &volume, diags))
        return false;
    if (!volume)
        return true;
    Value found = request->planned;
    if (!value_is_known(object_attribute(found, "source_digest"))) {
        found = object_with(found, "source_digest", value_null(&TYPE_STRING), call->arena);
    }
    if (!read_volume(call, connection, volume, &found, diags))
        return false;
    bool is_half = object_has(found, "source") ||
                   str_equal(object_text(found, "mode", STR_EMPTY), STR("copy"));
    *state = found;
    *outcome = is_half ? RECOVER_TAINTED : RECOVER_COMPLETE;
    return true;
}

static bool volume_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                          Diags *) {
    LimitAction action = request->action;
    Value object = request->object;
    if (action == LIMIT_CREATE && value_is_present(object) && object_has(object, "source"))
        libvirt_identity_limit(call, "libvirt_uploads",
                               str_from_cstr(libvirt_client_options(call)->uri), 2,
                               &response->limits);
    return true;
}

static const Block volume_blocks[] = {TIMEOUTS_BLOCK};

static bool volume_upgrade(const Call *call, const UpgradeRequest *request,
                           UpgradeResponse *response, Diags *) {
    return foreign_state_upgrade(call, request, response, "source_digest");
}

const ResourceType libvirt_volume = {
    .name = "libvirt_volume",
    .destroy_after_dependents_update = true,
    .schema = {SCHEMA_ATTRIBUTES(volume_attributes), SCHEMA_BLOCKS(volume_blocks),
               SCHEMA_RULES(volume_rules), .version = FOREIGN_STATE_VERSION,
               .foreign = &dmacvicar_volume_names, .text_check = xml_text_check,
               .description = "A disk in a storage pool."},
    .plan = volume_plan,
    .marker = volume_marker,
    .create = volume_create,
    .update = volume_update,
    .delete = volume_delete,
    .read = volume_read,
    .upgrade = volume_upgrade,
    .import = volume_import,
    .import_id = "POOL/NAME, or the key or path of the volume",
    .recovery = RECOVERY_FINDS,
    .recover = volume_recover,
    .limits = volume_limits,
};
