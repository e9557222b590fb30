/* etcd_encryption: argument, state, and the steps of a change. */
#include "etcd_encryption.h"
#include "base64.h"
#include "encrypted_resource.h"
#include "hex.h"
#include "nested_list.h"
#include "random.h"
#include "str_quote.h"

#define KEY_BYTES  32
#define NAME_BYTES 4

static Str whole_number(Value value, int64_t least, int64_t most, Arena *arena) {
    int64_t number;
    return value_to_int(value, &number) && number >= least && number <= most
               ? STR_EMPTY
               : str_format(arena, "This is a whole number from %lld to %lld.", (long long)least,
                            (long long)most);
}

static Str etcd_encryption_check_version(Value value, Arena *arena) {
    return whole_number(value, 1, 1000000, arena);
}

static Str etcd_encryption_check_retained(Value value, Arena *arena) {
    return whole_number(value, 0, 16, arena);
}

static Str etcd_encryption_check_socket(Value value, Arena *arena) {
    Str text = value_text(value);
    bool is_path = str_starts_with(text, STR("unix:///")) && text.len > sizeof "unix:///" - 1;
    return is_path && str_rfind_char(text, '/') >= sizeof "unix:///" - 1
               ? STR_EMPTY
               : str_format(arena, "The socket of a plugin is \"unix:///DIRECTORY/FILE\", in a "
                                   "directory of its own.");
}

/* clang-format off */
static const Attribute argument[] = {
    {"provider",    &TYPE_STRING, REQUIRED, "How the API servers encrypt: \"secretbox\", \"aesgcm\" or \"aescbc\" with a key that loam makes, or \"kms\" with the plugin of a key server (KMS v2).", .one_of = ETCD_ENCRYPTION_PROVIDERS},
    {"resources",   &TYPE_LIST_OF_STRING, OPTIONAL | COMPUTED, "Resources that are encrypted: \"secrets\", \"configmaps\", or custom resources such as \"widgets.example.com\".", .default_json = "[\"secrets\"]"},
    {"key_version", &TYPE_NUMBER, OPTIONAL | COMPUTED, "Version of the key. A change makes a new key and rewrites all objects with it.", .default_json = "1", .check = etcd_encryption_check_version},
    {"retain_keys", &TYPE_NUMBER, OPTIONAL | COMPUTED, "Number of former keys that the state keeps, for snapshots of etcd that were taken with them.", .default_json = "2", .check = etcd_encryption_check_retained},
    {"socket",      &TYPE_STRING, OPTIONAL, "Socket of the plugin of \"kms\" on each control plane, such as \"unix:///run/kms/kms.sock\". API servers get a volume for its directory.", .check = etcd_encryption_check_socket},
    {"allow_unencrypted_state", &TYPE_BOOL, OPTIONAL, "Whether the keys may be stored in a state without encryption. Unless true, such a state is an error."},
};

static const Attribute key_attributes[] = {
    {"name",        &TYPE_STRING, COMPUTED, "Name of the key, in the prefix of each value in etcd."},
    {"provider",    &TYPE_STRING, COMPUTED, "Its provider."},
    {"secret",      &TYPE_STRING, COMPUTED | SENSITIVE, "The key in Base64; null for \"kms\"."},
    {"socket",      &TYPE_STRING, COMPUTED, "Socket of \"kms\"; null for others."},
    {"key_version", &TYPE_NUMBER, COMPUTED, "Its version."},
};

static const Attribute state[] = {
    {"keys",           NULL,          COMPUTED, "The current key, that of an unfinished change, and former ones.", .nested = NESTED(NEST_LIST, key_attributes)},
    {"current",        &TYPE_STRING,  COMPUTED, "Name of the key with which all objects are encrypted; null: none."},
    {"resources",      &TYPE_LIST_OF_STRING, COMPUTED, "Resources that are encrypted."},
    {"phase",          &TYPE_NUMBER,  COMPUTED, "Last phase of an unfinished change that has ended, from 0 to 4; null without a change."},
    {"next",           &TYPE_STRING,  COMPUTED, "Name of the key after the change; null: none."},
    {"next_resources", &TYPE_LIST_OF_STRING, COMPUTED, "Resources that are encrypted after the change."},
    {"restored",       &TYPE_BOOL,    COMPUTED, "True if objects may have any of the keys before the change, such as those of a snapshot."},
    {"restored_keys",  &TYPE_LIST_OF_STRING, COMPUTED, "With restored: names of these keys; null: any."},
    {"rewriting",      &TYPE_STRING,  COMPUTED, "Phase 3: resource whose objects are being rewritten."},
    {"at",             &TYPE_STRING,  COMPUTED, "Phase 3: where the rewriting continues."},
    {"written",        &TYPE_NUMBER,  COMPUTED, "Phase 3: number of objects that are rewritten."},
};
/* clang-format on */

const NestedObject etcd_encryption_argument = {NESTED_OBJECT(NEST_SINGLE, argument)};
const NestedObject etcd_encryption_state = {NESTED_OBJECT(NEST_SINGLE, state)};

EncryptionWish etcd_encryption_wish(Value given, Arena *arena) {
    EncryptionWish wish = {0};
    if (!value_is_present(given))
        return wish;
    wish = (EncryptionWish){
        .is_on = true,
        .provider = object_text(given, "provider", STR_EMPTY),
        .socket = object_text(given, "socket", STR_EMPTY),
        .resources = nested_list_texts(given, "resources", arena),
        .version = object_int(given, "key_version", 1),
        .retained = object_int(given, "retain_keys", 2),
    };
    return wish;
}

static Str check_resources(const StrVec *resources, Arena *arena) {
    for (size_t i = 0; i < resources->count; i++) {
        Str one = resources->items[i];
        if (!encrypted_resource_is_valid(one))
            return str_format(arena,
                              "%.*s is not a resource that loam can encrypt: \"secrets\", "
                              "\"configmaps\", or a custom resource as PLURAL.GROUP.",
                              STR_ARG(str_quote(one, arena)));
        if (str_is_among(one, resources->items, i))
            return str_format(arena, "\"resources\" has %.*s twice.",
                              STR_ARG(str_quote(one, arena)));
    }
    return STR_EMPTY;
}

Str etcd_encryption_check(Value given, Arena *arena) {
    Value resources = object_attribute(given, "resources");
    Value provider = object_attribute(given, "provider"),
          socket = object_attribute(given, "socket");
    if (value_is_known(provider) && value_is_known(socket) && value_is_present(provider)) {
        bool is_kms = str_equal(value_text(provider), STR("kms"));
        if (is_kms != value_is_present(socket))
            return is_kms ? STR("The provider \"kms\" needs the \"socket\" of its plugin.")
                          : STR("Only the provider \"kms\" has a \"socket\".");
    }
    if (!value_is_present(resources) || !value_is_wholly_known(resources))
        return STR_EMPTY;
    if (resources.count == 0)
        return STR("\"resources\" is empty. Remove \"encryption_at_rest\" to encrypt nothing.");
    StrVec names = nested_list_texts(given, "resources", arena);
    return check_resources(&names, arena);
}

/* The state. */

static void read_keys(Value stored, EtcdEncryption *out, Arena *arena) {
    for (size_t i = 0; i < nested_list_count(stored, "keys"); i++) {
        Value one = nested_list_at(stored, "keys", i);
        EncryptionKey found = {
            .name = object_text(one, "name", STR_EMPTY),
            .provider = object_text(one, "provider", STR_EMPTY),
            .secret = object_text(one, "secret", STR_EMPTY),
            .socket = object_text(one, "socket", STR_EMPTY),
            .version = object_int(one, "key_version", 0),
        };
        vec_push(arena, &out->keys, found);
    }
}

EtcdEncryption etcd_encryption_read(Value stored, Arena *arena) {
    EtcdEncryption out = {0};
    if (!value_is_present(stored) || !value_is_known(stored))
        return out;
    read_keys(stored, &out, arena);
    out.current = object_text(stored, "current", STR_EMPTY);
    out.resources = nested_list_texts(stored, "resources", arena);
    out.is_changing = object_has(stored, "phase");
    out.is_restored = object_bool(stored, "restored", false);
    out.restored_keys = nested_list_texts(stored, "restored_keys", arena);
    out.phase = object_int(stored, "phase", 0);
    out.next = object_text(stored, "next", STR_EMPTY);
    out.next_resources = nested_list_texts(stored, "next_resources", arena);
    out.rewriting = object_text(stored, "rewriting", STR_EMPTY);
    out.at = object_text(stored, "at", STR_EMPTY);
    out.written = object_int(stored, "written", 0);
    return out;
}

static Value keys_value(const EtcdEncryption *encryption, const Type *list, Arena *arena) {
    ValueVec items = {0};
    vec_each(&encryption->keys, one) {
        ObjectBuilder builder = object_builder_null(list->element, arena);
        object_builder_set_text(&builder, "name", one->name, arena);
        object_builder_set_text(&builder, "provider", one->provider, arena);
        object_builder_set_optional(&builder, "secret", one->secret, arena);
        object_builder_set_optional(&builder, "socket", one->socket, arena);
        object_builder_set(&builder, "key_version", value_int(one->version));
        vec_push(arena, &items, object_builder_value(&builder));
    }
    return nested_list_value(list, &items, arena);
}

Value etcd_encryption_value(const EtcdEncryption *encryption, const Type *type, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    if (!encryption->keys.count && !encryption->is_changing)
        return value_null(type);
    object_builder_set(&builder, "keys",
                       keys_value(encryption, object_attribute_type(type, "keys"), arena));
    object_builder_set_optional(&builder, "current", encryption->current, arena);
    object_builder_set(&builder, "resources", nested_list_of_texts(&encryption->resources, arena));
    if (!encryption->is_changing)
        return object_builder_value(&builder);
    object_builder_set(&builder, "phase", value_int(encryption->phase));
    object_builder_set_optional(&builder, "next", encryption->next, arena);
    object_builder_set(&builder, "next_resources",
                       nested_list_of_texts(&encryption->next_resources, arena));
    if (encryption->is_restored)
        object_builder_set(&builder, "restored", value_bool(true));
    if (encryption->is_restored && encryption->restored_keys.count)
        object_builder_set(&builder, "restored_keys",
                           nested_list_of_texts(&encryption->restored_keys, arena));
    object_builder_set_optional(&builder, "rewriting", encryption->rewriting, arena);
    object_builder_set_optional(&builder, "at", encryption->at, arena);
    object_builder_set(&builder, "written", value_int(encryption->written));
    return object_builder_value(&builder);
}

/* Changes. */

const EncryptionKey *etcd_encryption_find(const EtcdEncryption *encryption, Str name) {
    vec_each(&encryption->keys, one) {
        if (name.len && str_equal(one->name, name))
            return one;
    }
    return NULL;
}

static bool is_of_wish(const EncryptionKey *one, const EncryptionWish *wish) {
    return one && str_equal(one->provider, wish->provider) && one->version == wish->version &&
           str_equal(one->socket, wish->socket);
}

static bool has_all(const StrVec *names, const StrVec *others) {
    vec_each(others, name) {
        if (!str_is_among(*name, names->items, names->count))
            return false;
    }
    return true;
}

bool etcd_encryption_differs(const EtcdEncryption *encryption, const EncryptionWish *wish) {
    const EncryptionKey *current = etcd_encryption_find(encryption, encryption->current);
    if (!wish->is_on)
        return current != NULL;
    return !is_of_wish(current, wish) || !has_all(&encryption->resources, &wish->resources) ||
           !has_all(&wish->resources, &encryption->resources);
}

/* A name is never used for two keys: a snapshot may need the former one. */
static void add_key(EtcdEncryption *encryption, const EncryptionWish *wish, Arena *arena) {
    char bytes[KEY_BYTES], name[NAME_BYTES];
    EncryptionKey one = {
        .provider = wish->provider, .socket = wish->socket, .version = wish->version};
    random_fill(name, sizeof name);
    one.name = str_format(arena, "loam-%lld-%.*s", (long long)wish->version,
                          STR_ARG(hex_encode((Str){name, sizeof name}, arena)));
    if (!str_equal(wish->provider, STR("kms"))) {
        random_fill(bytes, sizeof bytes);
        one.secret = base64_encode((Str){bytes, sizeof bytes}, arena);
        explicit_bzero(bytes, sizeof bytes);
    }
    vec_push(arena, &encryption->keys, one);
    for (size_t i = encryption->keys.count - 1; i > 0; i--)
        encryption->keys.items[i] = encryption->keys.items[i - 1];
    encryption->keys.items[0] = one;
}

void etcd_encryption_begin(EtcdEncryption *encryption, const EncryptionWish *wish, Arena *arena) {
    encryption->is_changing = true;
    encryption->is_restored = false;
    encryption->restored_keys = (StrVec){0};
    encryption->phase = 0;
    encryption->rewriting = encryption->at = encryption->next = STR_EMPTY;
    encryption->written = 0;
    encryption->next_resources = wish->resources;
    if (!wish->is_on)
        return;
    if (!is_of_wish(etcd_encryption_find(encryption, encryption->current), wish))
        add_key(encryption, wish, arena);
    else
        encryption->next = encryption->current;
    if (!encryption->next.len)
        encryption->next = encryption->keys.items[0].name;
}

void etcd_encryption_create(EtcdEncryption *encryption, const EncryptionWish *wish, Arena *arena) {
    if (!wish->is_on)
        return;
    add_key(encryption, wish, arena);
    encryption->current = encryption->keys.items[0].name;
    encryption->resources = wish->resources;
}

/* The lists are copied: others may share their items. */
static StrVec join_lists(const StrVec *a, const StrVec *b, Arena *arena) {
    const StrVec *lists[] = {a, b};
    StrVec all = {0};
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
        vec_each(lists[i], name) {
            if (!str_is_among(*name, all.items, all.count))
                vec_push(arena, &all, *name);
        }
    }
    return all;
}

/* Returns the resources whose objects in the snapshot may be encrypted. If they are not known,
 * those that are encrypted now, or Secrets. */
static StrVec restored_resources(const EtcdEncryption *encryption, const SnapshotKeys *snapshot,
                                 Arena *arena) {
    StrVec all = join_lists(&encryption->resources, &snapshot->resources, arena);
    if (!all.count && !snapshot->is_known)
        vec_push(arena, &all, STR("secrets"));
    return all;
}

void etcd_encryption_restore(EtcdEncryption *encryption, const SnapshotKeys *snapshot,
                             Arena *arena) {
    StrVec names = {0};
    bool is_plain = snapshot->is_known && !snapshot->items.count;
    if (!encryption->keys.count ||
        (is_plain && !encryption->is_changing && !encryption->current.len))
        return;
    vec_each(&snapshot->items, one)
        vec_push(arena, &names, one->name);
    if (!encryption->is_changing) {
        encryption->next = encryption->current;
        encryption->next_resources = encryption->resources;
    }
    if (is_plain)
        vec_push(arena, &names, encryption->next.len ? encryption->next : encryption->current);
    encryption->restored_keys = names;
    encryption->resources = restored_resources(encryption, snapshot, arena);
    encryption->is_changing = encryption->is_restored = true;
    encryption->phase = 2;
    encryption->rewriting = encryption->at = STR_EMPTY;
    encryption->written = 0;
}

bool etcd_encryption_is_restored(const EtcdEncryption *encryption, Str name) {
    const StrVec *names = &encryption->restored_keys;
    return encryption->is_restored &&
           (!names->count || str_is_among(name, names->items, names->count));
}

static bool has_key(const EtcdEncryption *encryption, const SnapshotKey *wanted, Arena *arena) {
    const EncryptionKey *found = etcd_encryption_find(encryption, wanted->name);
    return found && str_equal(snapshot_keys_fingerprint(found->name, found->secret, arena),
                              wanted->fingerprint);
}

StrVec etcd_encryption_missing(const EtcdEncryption *encryption, const SnapshotKeys *snapshot,
                               Arena *arena) {
    StrVec missing = {0};
    vec_each(&snapshot->items, wanted) {
        if (!has_key(encryption, wanted, arena))
            vec_push(arena, &missing,
                     str_format(arena, "%.*s (fingerprint %.*s)", STR_ARG(wanted->name),
                                STR_ARG(wanted->fingerprint)));
    }
    return missing;
}

void etcd_encryption_adopt(EtcdEncryption *encryption, const EtcdEncryption *found, Arena *arena) {
    vec_each(&found->keys, one) {
        if (!etcd_encryption_find(encryption, one->name))
            vec_push(arena, &encryption->keys, *one);
    }
    encryption->current = found->current;
    encryption->resources = found->resources;
}

void etcd_encryption_settle(EtcdEncryption *encryption) {
    encryption->current = encryption->next;
    encryption->resources = encryption->next.len ? encryption->next_resources : (StrVec){0};
    encryption->is_changing = encryption->is_restored = false;
    encryption->phase = encryption->written = 0;
    encryption->next = encryption->rewriting = encryption->at = STR_EMPTY;
    encryption->next_resources = encryption->restored_keys = (StrVec){0};
}

/* A snapshot may be followed by others of the same place, which have newer keys. */
static size_t count_needed(const EtcdEncryption *encryption, const StrVec *needed) {
    size_t count = 0;
    for (size_t i = 0; i < encryption->keys.count; i++) {
        if (str_is_among(encryption->keys.items[i].name, needed->items, needed->count))
            count = i + 1;
    }
    return count;
}

void etcd_encryption_prune(EtcdEncryption *encryption, int64_t retained, const StrVec *needed) {
    size_t kept = 0, count = count_needed(encryption, needed);
    int64_t former = 0;
    if (encryption->is_changing)
        return;
    for (size_t i = 0; i < encryption->keys.count; i++) {
        EncryptionKey one = encryption->keys.items[i];
        if (str_equal(one.name, encryption->current) || former++ < retained || i < count)
            encryption->keys.items[kept++] = one;
    }
    encryption->keys.count = kept;
}

StrVec etcd_encryption_resources(const EtcdEncryption *encryption, Arena *arena) {
    return join_lists(&encryption->resources, &encryption->next_resources, arena);
}
