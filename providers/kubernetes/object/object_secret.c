#include "object_secret.h"

#include "base64.h"

/* kubectl keeps the whole manifest here, with its data. */
#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

static bool may_be(Value object, const char *name, const char *text) {
    Value found;
    if (!value_find(object, str_from_cstr(name), &found))
        return false;
    return !value_is_known(found) || (value_is_present(found) && found.type->kind == KIND_STRING &&
                                      str_equal_cstr(value_text(found), text));
}

bool object_secret_is(Value object) {
    return may_be(object, "kind", "Secret") && may_be(object, "apiVersion", "v1");
}

static void object_secret_add_member(Value object, const char *name, Path at, Paths *out,
                                     Arena *arena) {
    Value found;
    if (value_find(object, str_from_cstr(name), &found) && !value_is_null(found))
        vec_push(arena, out, path_attribute(at, str_from_cstr(name), arena));
}

/* A step into an object or a map. */
static Path object_secret_step(Value inside, Path at, Str name, Arena *arena) {
    return inside.type->kind == KIND_MAP ? path_index(at, value_from_str(name), arena)
                                         : path_attribute(at, name, arena);
}

void object_secret_paths(Value object, Path at, Paths *out, Arena *arena) {
    Value metadata, annotations, found;
    if (!object_secret_is(object))
        return;
    object_secret_add_member(object, "data", at, out, arena);
    object_secret_add_member(object, "stringData", at, out, arena);
    if (!value_find_present(object, STR("metadata"), &metadata) ||
        !value_find_present(metadata, STR("annotations"), &annotations) ||
        !value_find(annotations, STR(LAST_APPLIED), &found))
        return;
    Path place = object_secret_step(object, at, STR("metadata"), arena);
    place = object_secret_step(metadata, place, STR("annotations"), arena);
    vec_push(arena, out, object_secret_step(annotations, place, STR(LAST_APPLIED), arena));
}

static Str object_secret_without(Str text, Str secret, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t from = 0, at;
    if (secret.len == 0 || str_find(text, secret, 0) == SIZE_MAX)
        return text;
    while ((at = str_find(text, secret, from)) != SIZE_MAX) {
        strbuf_add(&out, str_slice(text, from, at));
        strbuf_add_cstr(&out, "(sensitive value)");
        from = at + secret.len;
    }
    strbuf_add(&out, str_after(text, from));
    return strbuf_str(&out);
}

static Str without_members(Str text, Value object, const char *name, bool is_encoded,
                           Arena *arena) {
    Value members;
    if (!value_find_present(object, str_from_cstr(name), &members) ||
        !type_is_mapping(members.type))
        return text;
    for (size_t i = 0; i < members.count; i++) {
        Value member = value_at(members, i);
        Str plain;
        if (!value_is_present(member) || member.type->kind != KIND_STRING)
            continue;
        text = object_secret_without(text, value_text(member), arena);
        if (!is_encoded)
            text = object_secret_without(text, base64_encode(value_text(member), arena), arena);
        else if (base64_decode(value_text(member), &plain, arena))
            text = object_secret_without(text, plain, arena);
    }
    return text;
}

Str object_secret_mask(Value object, Str text, Arena *arena) {
    if (!object_secret_is(object))
        return text;
    text = without_members(text, object, "data", true, arena);
    return without_members(text, object, "stringData", false, arena);
}

Str object_secret_hide(Str text, const StrVec *secrets, Arena *arena) {
    for (size_t i = 0; secrets && i < secrets->count; i++)
        text = object_secret_without(text, secrets->items[i], arena);
    return text;
}

void object_secret_mirror(Value manifest, Value object, Path at, Paths *out, Arena *arena) {
    if (!value_has_marks_anywhere(manifest))
        return;
    bool is_inside = !value_is_secret(manifest) && value_is_present(manifest) &&
                     value_is_present(object) && type_is_mapping(manifest.type) &&
                     type_is_mapping(object.type);
    if (!is_inside) {
        vec_push(arena, out, at);
        return;
    }
    for (size_t i = 0; i < manifest.count; i++) {
        Str name = value_key_at(manifest, i);
        Value found;
        if (value_find(object, name, &found))
            object_secret_mirror(value_at(manifest, i), found,
                                 object_secret_step(object, at, name, arena), out, arena);
    }
}
