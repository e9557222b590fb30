/* snapshot_keys: the record as text and as a value. */
#include "snapshot_keys.h"
#include "digest.h"
#include "kubeadm_etcd_assets.h"
#include "object_builder.h"
#include "remote_script.h"

#define DIGITS 16

static bool snapshot_keys_is_word(Str text) {
    return text.len > 0 && str_has_only(text, "-._");
}

static bool parse_keys(Str list, SnapshotKeys *out, Arena *arena) {
    Str one;
    while (str_next_field(&list, ',', &one)) {
        size_t equals = str_find_char(one, '=', 0);
        if (equals == SIZE_MAX)
            return false;
        SnapshotKey key = {str_slice(one, 0, equals), str_after(one, equals + 1)};
        if (!snapshot_keys_is_word(key.name) || !snapshot_keys_is_word(key.fingerprint))
            return false;
        vec_push(arena, &out->items, key);
    }
    return out->items.count > 0;
}

static bool parse_resources(Str list, SnapshotKeys *out, Arena *arena) {
    Str one;
    while (str_next_field(&list, ',', &one)) {
        if (!snapshot_keys_is_word(one))
            return false;
        vec_push(arena, &out->resources, one);
    }
    return out->resources.count > 0;
}

SnapshotKeys snapshot_keys_parse(Str text, Arena *arena) {
    SnapshotKeys out = {.is_known = true};
    text = str_trim(text);
    size_t space = str_find_char(text, ' ', 0);
    if (str_equal(text, STR(SNAPSHOT_KEYS_NONE)))
        return out;
    if (space == SIZE_MAX || !parse_keys(str_slice(text, 0, space), &out, arena) ||
        !parse_resources(str_after(text, space + 1), &out, arena))
        return (SnapshotKeys){0};
    return out;
}

Str snapshot_keys_text(const SnapshotKeys *keys, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    if (!keys->is_known)
        return STR_EMPTY;
    if (!keys->items.count)
        return STR(SNAPSHOT_KEYS_NONE);
    for (size_t i = 0; i < keys->items.count; i++)
        strbuf_add_format(&text, "%s%.*s=%.*s", i ? "," : "", STR_ARG(keys->items.items[i].name),
                          STR_ARG(keys->items.items[i].fingerprint));
    for (size_t i = 0; i < keys->resources.count; i++)
        strbuf_add_format(&text, "%s%.*s", i ? "," : " ", STR_ARG(keys->resources.items[i]));
    return strbuf_str(&text);
}

Value snapshot_keys_value(const SnapshotKeys *keys, Arena *arena) {
    ObjectBuilder map = object_builder_new(arena);
    if (!keys->is_known)
        return value_null(&TYPE_MAP_OF_STRING);
    vec_each(&keys->items, key)
        object_builder_put(&map, key->name, value_from_str(key->fingerprint));
    return object_builder_map(&map, &TYPE_STRING);
}

Str snapshot_keys_fingerprint(Str name, Str secret, Arena *arena) {
    if (!secret.len)
        return STR(SNAPSHOT_KEYS_KMS);
    Str text = str_format(arena, "%.*s %.*s", STR_ARG(name), STR_ARG(secret));
    return str_slice(digest_hex(DIGEST_SHA256, text, arena), 0, DIGITS);
}

bool snapshot_keys_read(SshLink *link, SnapshotKeys *out, Diags *diags) {
    SshResult result;
    if (!remote_script_run(link, (RemoteScript){.text = snapshot_keys_print_sh}, &result, diags))
        return false;
    *out = snapshot_keys_parse(result.out, link->call->arena);
    return result.exit_status == 0 ||
           remote_script_report(link, "Keys of the API server not read", &result, diags);
}
