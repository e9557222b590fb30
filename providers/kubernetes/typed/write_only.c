#include "write_only.h"

#include "kube_object.h"
#include "object_builder.h"
#include "object_texts.h"
#include "secret_digest.h"

/* Returns the configured values as a Secret holds them. */
static Value configured_values(const TypedCall *typed, const WriteOnly *argument) {
    Arena *arena = typed->call->arena;
    Value values = object_attribute(typed->config, argument->name);
    if (value_is_null(values))
        return value_null(&TYPE_MAP_OF_STRING);
    if (argument->key) {
        ObjectBuilder builder = object_builder_new(arena);
        object_builder_put(&builder, str_from_cstr(argument->key), values);
        values = object_builder_map(&builder, &TYPE_STRING);
    }
    return argument->is_base64 ? values : object_texts_encode(values, arena);
}

/* A plan does not show write-only arguments, so the note is above the object. */
static void only_note_change(TypedCall *typed, const WriteOnly *argument, Str key) {
    Arena *arena = typed->call->arena;
    PlanNote note = {
        .text = str_format(arena, "%s: the value of the key \"%.*s\" was changed outside of loam",
                           argument->name, STR_ARG(key)),
    };
    vec_push(arena, &typed->notes, note);
}

/* Returns the value to send for a key that was sent before. A digest takes its time, and need not
 * be computed for the version of the last apply. */
static Value value_of_key(TypedCall *typed, const WriteOnly *argument, const SecretDigests *digests,
                          const SecretDigest *digest) {
    Arena *arena = typed->call->arena;
    Value live, value;
    bool has_live = kube_object_find(typed->live, "data", str_to_cstr(digest->key, arena), &live) &&
                    live.type->kind == KIND_STRING;
    Str version = kube_object_text(typed->live, "metadata", "resourceVersion");
    bool is_sent = version.len && str_equal(version, digests->version);
    if (has_live && (is_sent || secret_digests_match(digests, digest, value_text(live), arena)))
        return live;
    only_note_change(typed, argument, digest->key);
    if (value_find(configured_values(typed, argument), digest->key, &value))
        return value;
    return has_live ? live : value_null(&TYPE_STRING);
}

/* Returns the digests of the values that stay, because the revision does. */
static SecretDigests kept_digests(const TypedCall *typed, const WriteOnly *argument) {
    Arena *arena = typed->call->arena;
    SecretDigests kept = secret_digests_read(typed->request.record.values, arena);
    size_t count = 0;
    bool is_kept = value_is_present(typed->prior) &&
                   !object_differs(typed->object, typed->prior, argument->revision);
    vec_each(&kept.items, digest) {
        if (is_kept && str_equal_cstr(digest->argument, argument->name))
            kept.items.items[count++] = *digest;
    }
    kept.items.count = count;
    return kept;
}

/* Returns the values to send, as a Secret holds them. */
static Value only_values_of(TypedCall *typed, const WriteOnly *argument) {
    Arena *arena = typed->call->arena;
    SecretDigests kept = kept_digests(typed, argument);
    ObjectBuilder builder = object_builder_new(arena);
    bool is_removed = value_is_null(object_attribute(typed->config, argument->name));
    if (is_removed || kept.items.count == 0)
        return is_removed ? value_null(&TYPE_MAP_OF_STRING) : configured_values(typed, argument);
    vec_each(&kept.items, digest) {
        Value value = value_of_key(typed, argument, &kept, digest);
        if (!value_is_null(value))
            object_builder_put(&builder, digest->key, value);
    }
    return object_builder_map(&builder, &TYPE_STRING);
}

static Value prior_values(const TypedCall *typed) {
    Arena *arena = typed->call->arena;
    SecretDigests digests = secret_digests_read(typed->request.record.values, arena);
    ObjectBuilder builder = object_builder_new(arena);
    vec_each(&digests.items, digest)
        object_builder_put(&builder, digest->key, value_from_cstr(""));
    return object_builder_map(&builder, &TYPE_STRING);
}

static void add_digest(const TypedCall *typed, const WriteOnly *argument, Str key,
                       SecretDigests *out) {
    Arena *arena = typed->call->arena;
    Value value;
    if (kube_object_find(typed->request.manifest, "data", str_to_cstr(key, arena), &value))
        secret_digests_add(out, str_from_cstr(argument->name), key, value_text(value), arena);
}

Str write_only_digests(const TypedCall *typed, WriteOnlyTable table, Value live) {
    Arena *arena = typed->call->arena;
    SecretDigests out = secret_digests_new(arena);
    out.version = kube_object_text(live, "metadata", "resourceVersion");
    for (size_t i = 0; i < table.count; i++) {
        const WriteOnly *row = &table.rows[i];
        SecretDigests kept = kept_digests(typed, row);
        Value configured = configured_values(typed, row);
        if (!value_is_present(configured))
            continue;
        vec_each(&kept.items, digest)
            add_digest(typed, row, digest->key, &out);
        for (size_t k = 0; kept.items.count == 0 && k < configured.count; k++)
            add_digest(typed, row, value_key_at(configured, k), &out);
    }
    return out.items.count ? secret_digests_text(&out, arena) : STR_EMPTY;
}

Value write_only_data(TypedCall *typed, WriteOnlyTable table, Value data) {
    for (size_t i = 0; i < table.count; i++)
        data = object_texts_union(data, only_values_of(typed, &table.rows[i]), typed->call->arena);
    return data;
}

Value write_only_prior_data(const TypedCall *typed, Value data) {
    return object_texts_union(data, prior_values(typed), typed->call->arena);
}
