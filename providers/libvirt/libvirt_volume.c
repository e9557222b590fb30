/* libvirt_volume: a disk in a pool: empty, a layer over another one, a copy, or an uploaded image.
 */
#include "volume_find.h"

#include "byte_size.h"
#include "domain_users.h"
#include "items.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_provider.h"
#include "timeouts.h"
#include "volume_source.h"
#include "volume_transfer.h"
#include "xml.h"

static Str check_size(Value value, Arena *arena) {
    uint64_t bytes = 0;
    if (byte_size_parse(value_text(value), &bytes) && bytes > 0)
        return STR_EMPTY;
    return str_format(arena, "A size is a number of bytes, or one with a unit: 512M, 20G, 1T.");
}

static Str check_checksum(Value value, Arena *arena) {
    Str text = value_text(value);
    bool is_short = str_starts_with(text, STR("sha256:")) && text.len == 7 + 64;
    bool is_long = str_starts_with(text, STR("sha512:")) && text.len == 7 + 128;
    if (is_short || is_long)
        return STR_EMPTY;
    return str_format(arena, "A checksum is sha256: or sha512: and lower-case hexadecimal digits.");
}

/* clang-format off */
static const Attribute base_attributes[] = {
    {"volume_id", &TYPE_STRING, OPTIONAL, "The `id` of the volume below."},
    {"path", &TYPE_STRING, OPTIONAL,
     "The file below, on the host, where it is no volume of loam's."},
    {"format", &TYPE_STRING, OPTIONAL,
     "Format of what is below; read off the volume where it is left out.",
     .words = "raw qcow2"},
};

static const Attribute source_attributes[] = {
    {"path", &TYPE_STRING, REQUIRED, "The image, a file where loam runs."},
    {"checksum", &TYPE_STRING, OPTIONAL,
     "What the image must be: sha256:… or sha512:….",
     .check = check_checksum},
};

static const Attribute volume_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique in the pool."},
    {"pool", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Name of the pool; the provider's default_pool where it is left out."},
    {"size", &TYPE_STRING, OPTIONAL,
     "Size of the disk, in bytes or with a unit (20G); that of the base or the source where it "
     "is left out. It grows in place, also under a running guest.",
     .check = check_size},
    {"format", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "raw or qcow2; what the source is, else qcow2, where it is left out.",
     .words = "raw qcow2"},
    {"base", NULL, OPTIONAL | FORCES_NEW,
     "What this volume is a layer over, or a copy of.",
     .nested = NESTED(NEST_SINGLE, base_attributes)},
    {"mode", &TYPE_STRING, OPTIONAL | FORCES_NEW,
     "With a base: overlay, which stores only what differs, or copy. overlay.",
     .words = "overlay copy"},
    {"source", NULL, OPTIONAL,
     "An image that is uploaded. Another content makes a new volume, another path to the same "
     "content does not.",
     .nested = NESTED(NEST_SINGLE, source_attributes)},
    {"source_digest", &TYPE_STRING, COMPUTED, "Digest of the uploaded image."},
    {"id", &TYPE_STRING, COMPUTED, "The volume's key, unique on the host."},
    {"path", &TYPE_STRING, COMPUTED, "Where it is on the host."},
    {"capacity", &TYPE_NUMBER, COMPUTED | CHANGES_ON_UPDATE, "Size in bytes, as a guest sees it."},
};
/* clang-format on */

/* "20G" stays "20G" while it means what the host has. */
static void read_size(Draft *draft, Value state, uint64_t capacity, bool is_block, Arena *arena) {
    if (!items_has(state, "size"))
        return;
    uint64_t wanted = 0;
    bool is_same = byte_size_parse(draft_text(state, "size", STR_EMPTY), &wanted) &&
                   (wanted == capacity ||
                    /* a block volume is rounded up to its group's extents */
                    (is_block && capacity > wanted && capacity - wanted < (64u << 20)));
    if (!is_same)
        draft_set_text(draft, "size", byte_size_to_str(capacity, arena), arena);
}

/* The layer below, where it is another one than the state says. */
static void read_base(Draft *draft, Value state, virConnectPtr connection, Str path, Arena *arena) {
    bool is_copy = str_equal(draft_text(state, "mode", STR_EMPTY), STR("copy"));
    if (!items_has(state, "base") || is_copy)
        return;
    Value base = draft_attribute(state, "base");
    Str id = draft_text(base, "volume_id", STR_EMPTY);
    if (str_equal(id, path) || str_equal(draft_text(base, "path", STR_EMPTY), path))
        return;
    if (id.len && path.len) {
        SCOPED(virStorageVolPtr) below = volume_find_by_id(connection, id, arena);
        char *below_path = below ? virStorageVolGetPath(below) : NULL;
        bool is_same = below_path && str_equal(str_from_cstr(below_path), path);
        free(below_path);
        if (is_same)
            return;
    }
    Draft changed = draft_of(base, arena);
    items_set_text(&changed, id.len ? "volume_id" : "path", path, arena);
    draft_set(draft, "base", draft_value(&changed));
}

static bool read_volume(const Call *call,
                        virConnectPtr connection,
                        virStorageVolPtr volume,
                        Value *state,
                        Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(virStorageVolGetXMLDesc(volume, 0), &doc))
        return libvirt_error_add(call, diags, "Cannot read the volume");
    xmlNodePtr root = xml_root(&doc);
    int64_t capacity = xml_get_int(root, "capacity", 0);
    bool is_block = str_equal(xml_get(root, "@type", arena), STR("block"));
    Str format = xml_get(root, "target/format/@type", arena);
    Draft draft = draft_of(*state, arena);
    items_set_copy(&draft, "id", virStorageVolGetKey(volume), arena);
    draft_set_text(&draft, "path", xml_get(root, "target/path", arena), arena);
    draft_set_text(&draft, "name", xml_get(root, "name", arena), arena);
    draft_set(&draft, "capacity", value_int(capacity));
    read_size(&draft, *state, (uint64_t)capacity, is_block, arena);
    read_base(&draft, *state, connection, xml_get(root, "backingStore/path", arena), arena);
    /* What an uploaded image looks like to the host ("iso") is not what was asked for. */
    bool is_asked = items_has(*state, "source") && items_has(*state, "format");
    if (!is_asked)
        draft_set_text(&draft, "format", str_equal(format, STR("qcow2")) ? format : STR("raw"),
                       arena);
    if (!items_has(*state, "source"))
        draft_set(&draft, "source_digest", value_null(&TYPE_STRING));
    *state = draft_value(&draft);
    return true;
}

static bool volume_read(const Call *call, Value *state, Str *private_data, Diags *diags) {
    (void)private_data;
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStorageVolPtr) volume = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str pool = draft_text(*state, "pool", STR_EMPTY);
    Str id = draft_text(*state, "id", STR_EMPTY);
    switch (volume_find_fresh(call, connection, pool, id, &volume, diags)) {
    case VOLUME_THERE: return read_volume(call, connection, volume, state, diags);
    case VOLUME_GONE: *state = value_null(state->type); return true;
    case VOLUME_HIDDEN: return true;
    case VOLUME_ERROR: return false;
    }
    return true;
}

static bool volume_import(const Call *call, Str id, Value *state, Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virStorageVolPtr) volume = volume_find_by_id(connection, id, call->arena);
    SCOPED(virStoragePoolPtr) pool = volume ? virStoragePoolLookupByVolume(volume) : NULL;
    if (!pool)
        return libvirt_error_add(call, diags, "No volume \"%.*s\"", STR_ARG(id));
    Draft draft = draft_empty(&libvirt_volume.schema, call->arena);
    items_set_copy(&draft, "pool", virStoragePoolGetName(pool), call->arena);
    draft_set_text(&draft, "size", STR("0"), call->arena);
    Draft base = items_draft(items_type(draft.type, "base"), call->arena);
    SCOPED(XmlDoc) doc = {0};
    bool is_layer = xml_take(virStorageVolGetXMLDesc(volume, 0), &doc) &&
                    xml_find(xml_root(&doc), "backingStore/path");
    draft_set_text(&base, "volume_id", STR("?"), call->arena);
    if (is_layer)
        draft_set(&draft, "base", draft_value(&base));
    *state = draft_value(&draft);
    return read_volume(call, connection, volume, state, diags);
}

static bool volume_validate(const Call *call, Value config, Diags *diags) {
    bool has_base = items_has(config, "base");
    bool has_source = items_has(config, "source");
    size_t before = diags->error_count;
    if (has_base && has_source)
        libvirt_error_say(call, diags, STR("A volume has a base or a source, not both"),
                          STR("Upload the source into a volume of its own and use that as base."));
    if (value_is_null(draft_attribute(config, "base")) &&
        value_is_null(draft_attribute(config, "source")) &&
        value_is_null(draft_attribute(config, "size")))
        libvirt_error_say(call, diags, STR("The volume's size is missing"),
                          STR("An empty volume needs \"size\"; give that, or a base or source."));
    if (items_has(config, "mode") && value_is_null(draft_attribute(config, "base")))
        libvirt_error_say(call, diags, STR("A mode without a base"),
                          STR("\"mode\" says how the volume relates to its \"base\"."));
    Value base = draft_attribute(config, "base");
    if (has_base && value_is_null(draft_attribute(base, "volume_id")) ==
                        value_is_null(draft_attribute(base, "path")))
        libvirt_error_say(call, diags, STR("The base needs a volume_id or a path"),
                          STR("Give exactly one of them."));
    return diags->error_count == before;
}

static void plan_defaults(const Call *call, Draft *draft) {
    if (!value_is_known(draft_get(draft, "pool")) && call->client)
        draft_set_text(draft, "pool", libvirt_client_options(call)->default_pool, call->arena);
    if (!value_is_known(draft_get(draft, "format")) && value_is_null(draft_get(draft, "source")))
        draft_set_text(draft, "format", STR("qcow2"), call->arena);
}

/* The content decides: its digest is planned, and another one than the prior makes a new volume. */
static bool plan_source(const Call *call,
                        const PlanRequest *request,
                        PlanResponse *response,
                        Draft *draft,
                        Diags *diags) {
    Arena *arena = call->arena;
    Value source = draft_get(draft, "source");
    Path digest_path = path_attribute((Path){0}, STR("source_digest"), arena);
    bool is_new = value_is_null(request->prior);
    Value prior_digest =
        is_new ? value_null(&TYPE_STRING) : draft_attribute(request->prior, "source_digest");
    if (value_is_null(source)) {
        draft_set(draft, "source_digest", value_null(&TYPE_STRING));
        if (!is_new && !value_is_null(prior_digest))
            vec_push(arena, &response->requires_replace, digest_path);
        return true;
    }
    Str path = value_is_present(source) ? draft_text(source, "path", STR_EMPTY) : STR_EMPTY;
    VolumeSource look = {0};
    Str remember = STR_EMPTY;
    /* A file that is not there yet may be made before the volume is; one that is not there any
     * more says nothing about the volume that was made from it. */
    if (!path.len || !volume_source_look(call, path, request->private_data, &look, &remember)) {
        bool keeps = !is_new && path.len;
        draft_set(draft, "source_digest", keeps ? prior_digest : value_unknown(&TYPE_STRING));
        return true;
    }
    Str checksum = draft_text(source, "checksum", STR_EMPTY);
    if (checksum.len && !str_equal(checksum, look.digest) &&
        !volume_source_verify(call, path, checksum, diags))
        return false;
    response->private_data = remember;
    draft_set_text(draft, "source_digest", look.digest, arena);
    if (!value_is_known(draft_get(draft, "format")))
        draft_set_text(draft, "format", look.format, arena);
    if (!is_new && !value_equal(prior_digest, draft_get(draft, "source_digest"))) {
        vec_push(arena, &response->requires_replace, digest_path);
        plan_note(response, digest_path, STR("the image has another content"), arena);
    }
    return true;
}

static Str growth_note(const Call *call, Value prior) {
    Diags ignored = diags_new(call->arena);
    SCOPED(virConnectPtr) connection = NULL;
    if (!call->client || !libvirt_client_connect(call, &connection, &ignored))
        return STR("grows in place");
    DomainUsers users =
        domain_users_of_file(connection, draft_text(prior, "path", STR_EMPTY), call->arena);
    if (users.count == 0)
        return STR("virStorageVolResize");
    return str_format(call->arena, "virDomainBlockResize of %.*s, live",
                      STR_ARG(domain_users_names(&users, call->arena)));
}

static void plan_size(const Call *call,
                      const PlanRequest *request,
                      PlanResponse *response,
                      Draft *draft) {
    Value size = draft_get(draft, "size");
    if (value_is_null(request->prior) || !value_is_present(size))
        return;
    uint64_t bytes = 0;
    uint64_t now = (uint64_t)draft_int(request->prior, "capacity", 0);
    if (!byte_size_parse(value_text(size), &bytes))
        return;
    Path path = path_attribute((Path){0}, STR("size"), call->arena);
    if (bytes < now) {
        vec_push(call->arena, &response->requires_replace, path);
        plan_note(response, path, STR("a volume cannot become smaller"), call->arena);
    } else if (bytes > now) {
        plan_note(response, path, growth_note(call, request->prior), call->arena);
        draft_set(draft, "capacity", value_unknown(&TYPE_NUMBER));
    } else {
        draft_set(draft, "capacity", draft_attribute(request->prior, "capacity"));
    }
}

static bool volume_plan(const Call *call,
                        const PlanRequest *request,
                        PlanResponse *response,
                        Diags *diags) {
    if (!value_is_present(response->planned))
        return true;
    Draft draft = draft_of(response->planned, call->arena);
    plan_defaults(call, &draft);
    plan_size(call, request, response, &draft);
    bool is_planned = plan_source(call, request, response, &draft, diags);
    response->planned = draft_value(&draft);
    return is_planned;
}

/* What a new volume shall be. */
typedef struct VolumeOrder {
    Str name;
    Str format;
    uint64_t capacity; /* 0: whatever the base has */
    Str base_path;
    Str base_format;
} VolumeOrder;

static const char *describe(const Call *call, const VolumeOrder *order) {
    SCOPED(XmlDoc) doc = xml_new("volume");
    xmlNodePtr root = xml_root(&doc);
    xml_add_text(root, "name", order->name);
    if (order->capacity)
        xml_add_int(root, "capacity", (int64_t)order->capacity);
    xml_add_int(root, "allocation", 0);
    xmlNodePtr target = xml_add(root, "target");
    xml_set(xml_add(target, "format"), "type", order->format);
    if (str_equal(order->format, STR("qcow2")))
        xml_add_text(target, "compat", STR("1.1"));
    if (order->base_path.len) {
        xmlNodePtr base = xml_add(root, "backingStore");
        xml_add_text(base, "path", order->base_path);
        xml_set(xml_add(base, "format"), "type", order->base_format);
    }
    return xml_print(&doc, call->arena);
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
                   "It shall have %llu bytes, and what it is made from has %llu: the guest's file "
                   "system would be cut off. Leave \"size\" out, or make it larger.",
                   (unsigned long long)order->capacity, (unsigned long long)least));
}

/* The volume below, with its path and format filled into the order. NULL volume: a bare path. */
static bool find_base(const Call *call,
                      virConnectPtr connection,
                      Value base,
                      VolumeOrder *order,
                      virStorageVolPtr *out,
                      Diags *diags) {
    Arena *arena = call->arena;
    Str id = draft_text(base, "volume_id", draft_text(base, "path", STR_EMPTY));
    bool is_bare = !items_has(base, "volume_id");
    *out = volume_find_by_id(connection, id, arena);
    if (!*out && !is_bare)
        return libvirt_error_add(call, diags, "Cannot find the base volume \"%.*s\"", STR_ARG(id));
    order->base_path = id;
    order->base_format = draft_text(base, "format", STR_EMPTY);
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
    return libvirt_error_say(call, diags, STR("The format of the base is not known"),
                             STR("The file is in no pool that could tell. Give \"format\" of the "
                                 "base: guessing it would be unsafe."));
}

static bool create_layered(const Call *call,
                           virStoragePoolPtr pool,
                           Value planned,
                           VolumeOrder *order,
                           virStorageVolPtr *out,
                           Diags *diags) {
    virConnectPtr connection = virStoragePoolGetConnect(pool);
    SCOPED(virStorageVolPtr) base = NULL;
    if (!find_base(call, connection, draft_attribute(planned, "base"), order, &base, diags))
        return false;
    virStorageVolInfo info = {0};
    if (base && virStorageVolGetInfo(base, &info) == 0 &&
        !check_capacity(call, order, info.capacity, diags))
        return false;
    bool is_copy = str_equal(draft_text(planned, "mode", STR_EMPTY), STR("copy"));
    if (is_copy && !base)
        return libvirt_error_say(call, diags, STR("Only a volume can be copied"),
                                 STR("The base's path is in no active pool of the host."));
    if (is_copy)
        order->base_path = STR_EMPTY;
    const char *description = describe(call, order);
    *out = is_copy ? virStorageVolCreateXMLFrom(pool, description, base, 0)
                   : virStorageVolCreateXML(pool, description, 0);
    if (!*out)
        return volume_find_add_error(call, pool, str_from_cstr(virStoragePoolGetName(pool)),
                                     order->name, diags);
    /* A copy has the size of what it is a copy of, whatever was asked for. */
    bool is_short =
        is_copy && virStorageVolGetInfo(*out, &info) == 0 && info.capacity < order->capacity;
    return !is_short || virStorageVolResize(*out, order->capacity, 0) == 0 ||
           libvirt_error_add(call, diags, "Cannot grow the copy to its size");
}

static bool send_source(const Call *call, virStorageVolPtr volume, Value planned, Diags *diags) {
    SCOPED(virConnectPtr) alone = NULL;
    if (!libvirt_client_connect_alone(call, &alone, diags))
        return false;
    SCOPED(virStorageVolPtr)
    target = virStorageVolLookupByKey(alone, virStorageVolGetKey(volume));
    if (!target)
        return libvirt_error_add(call, diags, "Cannot find the new volume");
    Str path = draft_text(draft_attribute(planned, "source"), "path", STR_EMPTY);
    Str expected = draft_text(planned, "source_digest", STR_EMPTY);
    Str digest = STR_EMPTY;
    if (!volume_transfer_upload_file(call, alone, target, path, &digest, diags))
        return false;
    if (!expected.len || str_equal(str_after(expected, 7), digest))
        return true;
    return libvirt_error_say(
        call, diags, STR("The image changed after it was planned"),
        str_format(call->arena, "%.*s has another content now. Plan again.", STR_ARG(path)));
}

/* The upload fills a raw volume of the file's length; the host then sees what is in it. */
static bool create_uploaded(const Call *call,
                            virStoragePoolPtr pool,
                            Value planned,
                            VolumeOrder *order,
                            virStorageVolPtr *out,
                            Diags *diags) {
    Value source = draft_attribute(planned, "source");
    Str path = draft_text(source, "path", STR_EMPTY);
    Str checksum = draft_text(source, "checksum", STR_EMPTY);
    VolumeSource probe = {0};
    if (!volume_source_probe(call, path, &probe))
        return libvirt_error_say(call, diags, STR("Cannot read the volume's source"),
                                 str_format(call->arena,
                                            "There is no file %.*s where loam runs. Correct "
                                            "\"source\", or fetch the image.",
                                            STR_ARG(path)));
    if (checksum.len && !volume_source_verify(call, path, checksum, diags))
        return false;
    if (!check_capacity(call, order, probe.capacity, diags))
        return false;
    uint64_t capacity = order->capacity;
    order->capacity = probe.length;
    order->format = STR("raw");
    *out = virStorageVolCreateXML(pool, describe(call, order), 0);
    if (!*out)
        return volume_find_add_error(call, pool, str_from_cstr(virStoragePoolGetName(pool)),
                                     order->name, diags);
    if (!send_source(call, *out, planned, diags)) {
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

static bool create_in_pool(
    const Call *call, virStoragePoolPtr pool, Value planned, virStorageVolPtr *out, Diags *diags) {
    VolumeOrder order = {
        .name = draft_text(planned, "name", STR_EMPTY),
        .format = draft_text(planned, "format", STR("qcow2")),
    };
    Str size = draft_text(planned, "size", STR_EMPTY);
    if (size.len)
        (void)!byte_size_parse(size, &order.capacity);
    if (items_has(planned, "source"))
        return create_uploaded(call, pool, planned, &order, out, diags);
    if (items_has(planned, "base"))
        return create_layered(call, pool, planned, &order, out, diags);
    *out = virStorageVolCreateXML(pool, describe(call, &order), 0);
    return *out != NULL || volume_find_add_error(call, pool, draft_text(planned, "pool", STR_EMPTY),
                                                 order.name, diags);
}

/* What the plan could not know: the digest and format of a file that was made since. */
static void settle_source(const Call *call, Value *planned, Str *private_data) {
    Value source = draft_attribute(*planned, "source");
    if (!value_is_present(source))
        return;
    VolumeSource look = {0};
    Str remember = STR_EMPTY;
    if (!volume_source_look(call, draft_text(source, "path", STR_EMPTY), *private_data, &look,
                            &remember))
        return;
    Draft draft = draft_of(*planned, call->arena);
    if (!items_has(*planned, "source_digest"))
        draft_set_text(&draft, "source_digest", look.digest, call->arena);
    if (!items_has(*planned, "format"))
        draft_set_text(&draft, "format", look.format, call->arena);
    *planned = draft_value(&draft);
    *private_data = remember;
}

static bool volume_create(const Call *call,
                          const ApplyRequest *request,
                          ApplyResponse *response,
                          Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStoragePoolPtr) pool = NULL;
    SCOPED(virStorageVolPtr) volume = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value planned = request->planned;
    response->private_data = request->private_data;
    settle_source(call, &planned, &response->private_data);
    Str pool_name = draft_text(planned, "pool", STR("default"));
    if (!volume_find_pool(call, connection, pool_name, &pool, diags))
        return false;
    bool is_made = create_in_pool(call, pool, planned, &volume, diags);
    response->in_doubt = virConnectIsAlive(connection) != 1;
    if (!volume)
        return false;
    /* A volume that cannot be looked at is there all the same. */
    if (!read_volume(call, connection, volume, &planned, diags)) {
        Draft draft = draft_of(planned, call->arena);
        items_set_copy(&draft, "id", virStorageVolGetKey(volume), call->arena);
        response->state = draft_value(&draft);
        return false;
    }
    response->state = planned;
    return is_made;
}

static bool grow(const Call *call,
                 virConnectPtr connection,
                 virStorageVolPtr volume,
                 Value planned,
                 uint64_t bytes,
                 Diags *diags) {
    Str path = draft_text(planned, "path", STR_EMPTY);
    DomainUsers users = domain_users_of_file(connection, path, call->arena);
    if (users.count == 0)
        return virStorageVolResize(volume, bytes, 0) == 0 ||
               libvirt_error_add(call, diags, "Cannot grow the volume");
    /* QEMU keeps the image's tables in memory: under a guest only QEMU itself may grow it. */
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

static bool volume_update(const Call *call,
                          const ApplyRequest *request,
                          ApplyResponse *response,
                          Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virStorageVolPtr)
    volume =
        volume_find_by_id(connection, draft_text(request->prior, "id", STR_EMPTY), call->arena);
    if (!volume)
        return libvirt_error_add(call, diags, "Cannot find the volume");
    uint64_t wanted = 0;
    Str size = draft_text(request->planned, "size", STR_EMPTY);
    uint64_t now = (uint64_t)draft_int(request->prior, "capacity", 0);
    response->private_data = request->private_data;
    bool is_grown = true;
    if (size.len && byte_size_parse(size, &wanted) && wanted > now)
        is_grown = grow(call, connection, volume, request->planned, wanted, diags);
    Value state = is_grown ? request->planned : request->prior;
    if (!read_volume(call, connection, volume, &state, diags))
        return false;
    response->state = state;
    return is_grown;
}

/* Layers over this volume in its pool. Only a volume that is no layer itself is asked: of layers
 * there are many, and a layer over a layer keeps libvirt's own error at its next start. */
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

static bool check_unused(const Call *call,
                         virConnectPtr connection,
                         virStorageVolPtr volume,
                         Value prior,
                         Diags *diags) {
    Arena *arena = call->arena;
    Str name = draft_text(prior, "name", STR_EMPTY);
    Str path = draft_text(prior, "path", STR_EMPTY);
    DomainUsers users = domain_users_of_file(connection, path, arena);
    Str summary = str_format(arena, "The volume \"%.*s\" is in use", STR_ARG(name));
    if (users.count)
        return libvirt_error_say(call, diags, summary,
                                 str_format(arena,
                                            "It is a disk of the running guest %.*s. Stop that, or "
                                            "detach the disk.",
                                            STR_ARG(domain_users_names(&users, arena))));
    SCOPED(virStoragePoolPtr) pool = virStoragePoolLookupByVolume(volume);
    bool is_layer = items_has(prior, "base");
    Str layer = pool && !is_layer ? find_layer(pool, path, arena) : STR_EMPTY;
    if (!layer.len)
        return true;
    return libvirt_error_say(
        call, diags, summary,
        str_format(arena, "The volume \"%.*s\" is a layer over it and would be lost with it.",
                   STR_ARG(layer)));
}

static bool volume_delete(const Call *call, const ApplyRequest *request, Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str name = draft_text(request->prior, "name", STR_EMPTY);
    Str id = draft_text(request->prior, "id", STR_EMPTY);
    SCOPED(virStorageVolPtr) volume = NULL;
    Str pool = draft_text(request->prior, "pool", STR_EMPTY);
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

static Str volume_identity(const Call *call, Value planned) {
    return volume_find_identity(call, draft_text(planned, "pool", STR("default")),
                                draft_text(planned, "name", STR_EMPTY));
}

/* An upload or a copy without an outcome proves nothing, whatever its length. */
static bool volume_recover(const Call *call,
                           const RecoverRequest *request,
                           RecoverOutcome *outcome,
                           Value *state,
                           Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virStorageVolPtr) volume = NULL;
    *outcome = RECOVER_ABSENT;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    if (!volume_find_recovered(call, connection, request->identity, &volume, diags))
        return false;
    if (!volume)
        return true;
    Value found = request->planned;
    if (!value_is_known(draft_attribute(found, "source_digest"))) {
        Draft draft = draft_of(found, call->arena);
        draft_set(&draft, "source_digest", value_null(&TYPE_STRING));
        found = draft_value(&draft);
    }
    if (!read_volume(call, connection, volume, &found, diags))
        return false;
    bool is_half =
        items_has(found, "source") || str_equal(draft_text(found, "mode", STR_EMPTY), STR("copy"));
    *state = found;
    *outcome = is_half ? RECOVER_TAINTED : RECOVER_COMPLETE;
    return true;
}

static void volume_limits(const Call *call, LimitAction action, Value object, Limits *out) {
    if (action == LIMIT_CREATE && value_is_present(object) && items_has(object, "source"))
        libvirt_identity_limit(call, "libvirt_uploads",
                               str_from_cstr(libvirt_client_options(call)->uri), 2, out);
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_volume = {
    .name = "libvirt_volume",
    .is_held_by_users = true,
    .schema = {SCHEMA_ATTRIBUTES(volume_attributes), SCHEMA_BLOCKS(blocks),
               .description = "A disk in a storage pool."},
    .validate = volume_validate,
    .plan = volume_plan,
    .identity = volume_identity,
    .create = volume_create,
    .update = volume_update,
    .delete = volume_delete,
    .read = volume_read,
    .import = volume_import,
    .recover = volume_recover,
    .limits = volume_limits,
};
