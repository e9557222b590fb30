/* encryption_file: EncryptionConfiguration of apiserver.config.k8s.io/v1. */
#include "encryption_file.h"
#include "control_files.h"
#include "json.h"
#include "nested_list.h"

#define PATH      CONTROL_FILES_TOP "/" ENCRYPTION_FILE_KEY
#define DIRECTORY CONTROL_FILES_TOP "/encryption"
#define VOLUME    "loam-encryption"

/* Names of keys, in the order in which an API server tries them: it encrypts with the first one.
 * Empty: identity, which leaves values as they are. */
typedef StrVec KeyNames;

static void add_once(KeyNames *names, Str name, Arena *arena) {
    if (!str_is_among(name, names->items, names->count))
        vec_push(arena, names, name);
}

static bool is_listed(const StrVec *resources, Str resource) {
    return str_is_among(resource, resources->items, resources->count);
}

/* An API server knows a key before another one encrypts with it, and until none does. */
static KeyNames list_keys(const EtcdEncryption *encryption, Str resource, Arena *arena) {
    KeyNames names = {0};
    Str from = is_listed(&encryption->resources, resource) ? encryption->current : STR_EMPTY;
    Str to = is_listed(&encryption->next_resources, resource) ? encryption->next : STR_EMPTY;
    bool is_before = !encryption->is_changing || encryption->phase == 0;
    if (is_before || encryption->phase == 1)
        vec_push(arena, &names, from);
    if (is_before)
        return names;
    add_once(&names, to, arena);
    if (encryption->phase == ETCD_ENCRYPTION_PHASES)
        return names;
    add_once(&names, from, arena);
    if (!encryption->is_restored)
        return names;
    vec_each(&encryption->keys, one) {
        if (etcd_encryption_is_restored(encryption, one->name))
            add_once(&names, one->name, arena);
    }
    add_once(&names, STR_EMPTY, arena);
    return names;
}

static Value object_of(const char *name, Value value, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    object_builder_put(&builder, str_from_cstr(name), value);
    return object_builder_value(&builder);
}

static Value kms_value(const EncryptionKey *key, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    object_builder_put(&builder, STR("apiVersion"), value_from_cstr("v2"));
    object_builder_put(&builder, STR("name"), value_from_str(key->name));
    object_builder_put(&builder, STR("endpoint"), value_from_str(key->socket));
    return object_of("kms", object_builder_value(&builder), arena);
}

static Value provider_value(const EtcdEncryption *encryption, Str name, Arena *arena) {
    const EncryptionKey *key = etcd_encryption_find(encryption, name);
    ObjectBuilder builder = object_builder_new(arena);
    if (!key)
        return object_of("identity", object_builder_value(&builder), arena);
    if (!key->secret.len)
        return kms_value(key, arena);
    object_builder_put(&builder, STR("name"), value_from_str(key->name));
    object_builder_put(&builder, STR("secret"), value_from_str(key->secret));
    ValueVec keys = {0};
    vec_push(arena, &keys, object_builder_value(&builder));
    return object_of(str_to_cstr(key->provider, arena),
                     object_of("keys", value_tuple(keys.items, keys.count, arena), arena), arena);
}

static bool is_same(const KeyNames *a, const KeyNames *b) {
    for (size_t i = 0; a->count == b->count && i < a->count; i++) {
        if (!str_equal(a->items[i], b->items[i]))
            return false;
    }
    return a->count == b->count;
}

static bool is_plain(const KeyNames *names) {
    return names->count == 0 || (names->count == 1 && !names->items[0].len);
}

/* Resources with the same keys are one entry: a plugin may have only one. */
static Value entry_value(const EtcdEncryption *encryption, const StrVec *resources,
                         const KeyNames *names, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    ValueVec members = {0}, providers = {0};
    vec_each(resources, resource) {
        KeyNames own = list_keys(encryption, *resource, arena);
        if (is_same(&own, names))
            vec_push(arena, &members, value_from_str(*resource));
    }
    vec_each(names, name)
        vec_push(arena, &providers, provider_value(encryption, *name, arena));
    object_builder_put(&builder, STR("resources"),
                       value_tuple(members.items, members.count, arena));
    object_builder_put(&builder, STR("providers"),
                       value_tuple(providers.items, providers.count, arena));
    return object_builder_value(&builder);
}

static bool is_first(const EtcdEncryption *encryption, const StrVec *resources, size_t i,
                     const KeyNames *names, Arena *arena) {
    for (size_t k = 0; k < i; k++) {
        KeyNames other = list_keys(encryption, resources->items[k], arena);
        if (is_same(&other, names))
            return false;
    }
    return true;
}

Str encryption_file_content(const EtcdEncryption *encryption, Arena *arena) {
    StrVec resources = etcd_encryption_resources(encryption, arena);
    ObjectBuilder builder = object_builder_new(arena);
    ValueVec entries = {0};
    for (size_t i = 0; i < resources.count; i++) {
        KeyNames names = list_keys(encryption, resources.items[i], arena);
        if (!is_plain(&names) && is_first(encryption, &resources, i, &names, arena))
            vec_push(arena, &entries, entry_value(encryption, &resources, &names, arena));
    }
    if (!entries.count)
        return STR_EMPTY;
    object_builder_put(&builder, STR("apiVersion"), value_from_cstr("apiserver.config.k8s.io/v1"));
    object_builder_put(&builder, STR("kind"), value_from_cstr("EncryptionConfiguration"));
    object_builder_put(&builder, STR("resources"),
                       value_tuple(entries.items, entries.count, arena));
    return str_concat(json_text(object_builder_value(&builder), arena), STR("\n"), arena);
}

Str encryption_file_prefix(const EncryptionKey *key, Arena *arena) {
    return str_format(arena, "k8s:enc:%.*s:%s:%.*s:", STR_ARG(key->provider),
                      key->secret.len ? "v1" : "v2", STR_ARG(key->name));
}

/* Flags and volumes. */

/* Returns the directories of the sockets of plugins that the content names. */
static StrVec socket_directories(const EtcdEncryption *encryption, Str content, Arena *arena) {
    StrVec out = {0};
    vec_each(&encryption->keys, one) {
        Str quoted = str_format(arena, "\"%.*s\"", STR_ARG(one->name));
        if (one->secret.len || str_find(content, quoted, 0) == SIZE_MAX)
            continue;
        Str path = str_after(one->socket, sizeof "unix://" - 1);
        add_once(&out, str_slice(path, 0, str_rfind_char(path, '/')), arena);
    }
    return out;
}

static Value argument_of(const Type *type, const char *name, const char *value, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    object_builder_set(&builder, "name", value_from_cstr(name));
    object_builder_set(&builder, "value", value_from_cstr(value));
    return object_builder_value(&builder);
}

static Value volume_of(const Type *type, Str name, Str path, bool is_read_only, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    object_builder_set_text(&builder, "name", name, arena);
    object_builder_set_text(&builder, "host_path", path, arena);
    object_builder_set_text(&builder, "mount_path", path, arena);
    object_builder_set(&builder, "read_only", value_bool(is_read_only));
    object_builder_set(&builder, "path_type", value_from_cstr("DirectoryOrCreate"));
    return object_builder_value(&builder);
}

static Value with_items(Value object, const char *name, const ValueVec *added, Arena *arena) {
    const Type *list = object_attribute_type(object.type, name);
    ValueVec items = {0};
    for (size_t i = 0; i < nested_list_count(object, name); i++)
        vec_push(arena, &items, nested_list_at(object, name, i));
    vec_each(added, item)
        vec_push(arena, &items, *item);
    return object_with(object, name, nested_list_value(list, &items, arena), arena);
}

static Value with_server(Value server, const StrVec *directories, Arena *arena) {
    const Type *argument = nested_list_element(server.type, "extra_args");
    const Type *volume = nested_list_element(server.type, "extra_volumes");
    ValueVec arguments = {0}, volumes = {0};
    vec_push(arena, &arguments, argument_of(argument, ENCRYPTION_FILE_FLAG, PATH, arena));
    vec_push(arena, &arguments,
             argument_of(argument, ENCRYPTION_FILE_FLAG "-automatic-reload", "true", arena));
    vec_push(arena, &volumes, volume_of(volume, STR(VOLUME), STR(DIRECTORY), true, arena));
    for (size_t i = 0; i < directories->count; i++)
        vec_push(arena, &volumes,
                 volume_of(volume, str_format(arena, "encryption-kms-%zu", i),
                           directories->items[i], false, arena));
    server = with_items(server, "extra_args", &arguments, arena);
    return with_items(server, "extra_volumes", &volumes, arena);
}

static Value with_file(Value files, const Type *type, Str content, Arena *arena) {
    ObjectBuilder all = object_builder_new(arena);
    ObjectBuilder file = object_builder_null(type->element, arena);
    for (size_t i = 0; value_is_present(files) && i < files.count; i++)
        object_builder_put(&all, value_key_at(files, i), value_at(files, i));
    object_builder_set_text(&file, "content", content, arena);
    object_builder_set(&file, "mode", value_from_cstr("0600"));
    object_builder_put(&all, STR(ENCRYPTION_FILE_KEY), object_builder_value(&file));
    return object_builder_map(&all, type->element);
}

Value encryption_file_add(Value object, const EtcdEncryption *encryption, Arena *arena) {
    Str content = encryption_file_content(encryption, arena);
    if (!content.len)
        return object;
    StrVec directories = socket_directories(encryption, content, arena);
    Value cluster = object_nested(object, "cluster", arena);
    Value server = with_server(object_nested(cluster, "api_server", arena), &directories, arena);
    object =
        object_with(object, "cluster", object_with(cluster, "api_server", server, arena), arena);
    return object_with(object, "files",
                       with_file(object_attribute(object, "files"),
                                 object_attribute_type(object.type, "files"), content, arena),
                       arena);
}

bool encryption_file_needs_restart(const EtcdEncryption *before, const EtcdEncryption *after,
                                   Arena *arena) {
    Str old = encryption_file_content(before, arena), new = encryption_file_content(after, arena);
    StrVec former = socket_directories(before, old, arena);
    StrVec wanted = socket_directories(after, new, arena);
    return !old.len != !new.len || !is_same(&former, &wanted);
}

/* Reading. */

static bool parse_key(Value provider, EncryptionKey *out) {
    Value of_kind, keys, one;
    if (provider.type->kind != KIND_OBJECT || provider.count != 1)
        return false;
    *out = (EncryptionKey){.provider = value_key_at(provider, 0)};
    of_kind = value_at(provider, 0);
    if (of_kind.type->kind != KIND_OBJECT)
        return false;
    if (str_equal(out->provider, STR("identity")))
        return true;
    if (str_equal(out->provider, STR("kms"))) {
        out->name = value_text_at(of_kind, STR("name"));
        out->socket = value_text_at(of_kind, STR("endpoint"));
    } else {
        keys = value_tuple_at(of_kind, STR("keys"));
        if (keys.count != 1 || (one = value_at(keys, 0)).type->kind != KIND_OBJECT)
            return false;
        out->name = value_text_at(one, STR("name"));
        out->secret = value_text_at(one, STR("secret"));
    }
    Str rest = str_after(out->name, sizeof "loam-" - 1);
    uint64_t version;
    size_t dash = str_find_char(rest, '-', 0);
    if (!str_starts_with(out->name, STR("loam-")) || dash == SIZE_MAX ||
        !str_to_uint64(str_slice(rest, 0, dash), &version))
        return false;
    out->version = (int64_t)version;
    return true;
}

static bool parse_entry(Value entry, bool is_first, EtcdEncryption *out, Arena *arena) {
    if (entry.type->kind != KIND_OBJECT)
        return false;
    Value providers = value_tuple_at(entry, STR("providers"));
    for (size_t i = 0; i < providers.count; i++) {
        EncryptionKey key;
        if (!parse_key(value_at(providers, i), &key))
            return false;
        if (is_first && i == 0)
            out->current = key.name;
        if (key.name.len && !etcd_encryption_find(out, key.name))
            vec_push(arena, &out->keys, key);
    }
    json_add_texts(entry, STR("resources"), &out->resources, arena);
    return true;
}

bool encryption_file_parse(Str content, EtcdEncryption *out, Arena *arena) {
    Value root;
    *out = (EtcdEncryption){0};
    if (!json_parse_object(content, &root, arena))
        return false;
    Value entries = value_tuple_at(root, STR("resources"));
    for (size_t i = 0; i < entries.count; i++) {
        if (!parse_entry(value_at(entries, i), i == 0, out, arena))
            return false;
    }
    return out->keys.count > 0;
}
