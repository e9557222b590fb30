#include "argocd_secret.h"

#include "base64.h"
#include "kube_object.h"
#include "object_builder.h"
#include "object_texts.h"

#define TYPE_LABEL "argocd.argoproj.io/secret-type"

static const ArgocdSecret *secret_of(const Call *call) {
    return call->type->payload;
}

static Str argocd_secret_list_text(Value list, Arena *arena) {
    StrVec texts = {0};
    for (size_t i = 0; i < list.count; i++)
        vec_push(arena, &texts, value_text(value_at(list, i)));
    return str_join(texts.items, texts.count, STR(","), arena);
}

/* Returns the value of a key as a string; unknown values stay unknown. */
static Value key_value(Value argument, Arena *arena) {
    if (!value_is_present(argument))
        return value_with_marks(value_unknown(&TYPE_STRING), argument.marks);
    for (size_t i = 0; argument.type->kind == KIND_LIST && i < argument.count; i++) {
        if (!value_is_present(value_at(argument, i)))
            return value_unknown(&TYPE_STRING);
    }
    Value text = argument;
    if (argument.type->kind == KIND_BOOL)
        text = value_from_cstr(value_is_true(argument) ? "true" : "false");
    else if (argument.type->kind == KIND_NUMBER)
        text = value_from_str(value_number_text(argument, arena));
    else if (argument.type->kind == KIND_LIST)
        text = value_string(argocd_secret_list_text(argument, arena), arena);
    return value_with_marks(text, argument.marks);
}

static Value public_data(const ArgocdSecret *secret, Value state, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; i < secret->key_count; i++) {
        Value argument = object_attribute(state, secret->keys[i].attribute);
        if (!value_is_null(argument))
            object_builder_put(&builder, str_from_cstr(secret->keys[i].key),
                               key_value(argument, arena));
    }
    return object_texts_encode(object_builder_map(&builder, &TYPE_STRING), arena);
}

Value argocd_secret_manifest(TypedCall *typed, Value state, Value manifest) {
    const ArgocdSecret *secret = secret_of(typed->call);
    Arena *arena = typed->call->arena;
    Value data = public_data(secret, state, arena);
    data = typed->is_prior_manifest ? write_only_prior_data(typed, data)
                                    : write_only_data(typed, secret->write_only, data);
    manifest = kube_object_with(manifest, "metadata.labels", TYPE_LABEL,
                                value_from_cstr(secret->label), arena);
    return typed_object_with(manifest, "data", data, arena);
}

/* Returns the argument that the text is; null if it is none. */
static Value argocd_secret_argument_of(const Type *type, Str text, Arena *arena) {
    Value number = value_null(type);
    StrVec items = {0};
    Str item;
    if (type->kind == KIND_STRING)
        return value_string(text, arena);
    if (type->kind == KIND_BOOL)
        return value_bool(str_equal_cstr(text, "true"));
    if (type->kind == KIND_NUMBER)
        return value_from_number_text(text, &number, arena) ? number : value_null(type);
    while (str_next_field(&text, ',', &item))
        vec_push(arena, &items, item);
    Value *values = arena_new_array(arena, Value, items.count + 1);
    for (size_t i = 0; i < items.count; i++)
        values[i] = value_string(str_trim(items.items[i]), arena);
    return value_list(type->element, values, items.count, arena);
}

Value argocd_secret_state(const Call *call, Value state, Value live, bool is_import) {
    const ArgocdSecret *secret = secret_of(call);
    Arena *arena = call->arena;
    ObjectBuilder builder = object_builder_of(state, arena);
    for (size_t i = 0; i < secret->key_count; i++) {
        const ArgocdKey *key = &secret->keys[i];
        const Type *type = object_attribute_type(state.type, key->attribute);
        Str text;
        Value found;
        bool is_wanted = is_import || !value_is_null(object_attribute(state, key->attribute));
        bool is_there = is_wanted && kube_object_find(live, "data", key->key, &found) &&
                        found.type->kind == KIND_STRING &&
                        base64_decode(value_text(found), &text, arena);
        object_builder_set(&builder, key->attribute,
                           is_there ? argocd_secret_argument_of(type, text, arena)
                                    : value_null(type));
    }
    return object_builder_value(&builder);
}

bool argocd_secret_needs_live(Value) {
    return true;
}

Str argocd_secret_values(const TypedCall *typed, Value live) {
    return write_only_digests(typed, secret_of(typed->call)->write_only, live);
}
