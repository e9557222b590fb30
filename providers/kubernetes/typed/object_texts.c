#include "object_texts.h"

#include "base64.h"
#include "object_builder.h"
#include "object_mark.h"

static bool texts_is_mapping(Value v) {
    return value_is_present(v) && type_is_mapping(v.type);
}

static bool texts_is_text(Value v) {
    return value_is_present(v) && v.type->kind == KIND_STRING;
}

Value object_texts_kept(Value stored, Value live, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    if (!texts_is_mapping(stored))
        return value_null(&TYPE_MAP_OF_STRING);
    for (size_t i = 0; i < stored.count; i++) {
        Str key = value_key_at(stored, i);
        Value found;
        if (value_find(live, key, &found) && texts_is_text(found))
            object_builder_put(&builder, key, found);
    }
    return object_builder_map(&builder, &TYPE_STRING);
}

/* Keys below kubernetes.io belong to its components, except the recommended labels. */
static bool is_of_kubernetes(Str key) {
    Str domain = STR_EMPTY;
    if (str_find_char(key, '/', 0) != SIZE_MAX)
        (void)str_next_field(&key, '/', &domain);
    return !str_equal_cstr(domain, "app.kubernetes.io") &&
           (str_equal_cstr(domain, "kubernetes.io") ||
            str_ends_with(domain, STR(".kubernetes.io")));
}

Value object_texts_settings(Value live, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; texts_is_mapping(live) && i < live.count; i++) {
        Str key = value_key_at(live, i);
        if (texts_is_text(value_at(live, i)) && !is_of_kubernetes(key) &&
            !str_equal_cstr(key, OBJECT_MARK))
            object_builder_put(&builder, key, value_at(live, i));
    }
    return builder.gathered.count ? object_builder_map(&builder, &TYPE_STRING)
                                  : value_null(&TYPE_MAP_OF_STRING);
}

static Value texts_converted(Value texts, bool should_encode, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    if (!texts_is_mapping(texts))
        return value_is_known(texts) ? value_null(&TYPE_MAP_OF_STRING)
                                     : value_unknown(&TYPE_MAP_OF_STRING);
    for (size_t i = 0; i < texts.count; i++) {
        Value item = value_at(texts, i);
        Str text;
        if (!value_is_known(item))
            object_builder_put(&builder, value_key_at(texts, i), item);
        else if (texts_is_text(item) && should_encode)
            object_builder_put(&builder, value_key_at(texts, i),
                               value_from_str(base64_encode(value_text(item), arena)));
        else if (texts_is_text(item) && base64_decode(value_text(item), &text, arena))
            object_builder_put(&builder, value_key_at(texts, i), value_string(text, arena));
    }
    return object_builder_map(&builder, &TYPE_STRING);
}

Value object_texts_encode(Value texts, Arena *arena) {
    return texts_converted(texts, true, arena);
}

Value object_texts_decode(Value texts, Arena *arena) {
    return texts_converted(texts, false, arena);
}

Value object_texts_union(Value a, Value b, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    if (!value_is_known(a) || !value_is_known(b))
        return value_unknown(&TYPE_MAP_OF_STRING);
    if (!texts_is_mapping(a) || !texts_is_mapping(b))
        return texts_is_mapping(a) ? a : b;
    for (size_t i = 0; i < a.count; i++)
        object_builder_put(&builder, value_key_at(a, i), value_at(a, i));
    for (size_t i = 0; i < b.count; i++)
        object_builder_put(&builder, value_key_at(b, i), value_at(b, i));
    return object_builder_map(&builder, &TYPE_STRING);
}

Str object_texts_check_base64(Value texts, Arena *arena) {
    for (size_t i = 0; i < texts.count; i++) {
        Str bytes;
        if (texts_is_text(value_at(texts, i)) &&
            !base64_decode(value_text(value_at(texts, i)), &bytes, arena))
            return str_format(arena,
                              "The value of the key \"%.*s\" is not base64 text. Encode it, for "
                              "instance with base64encode or filebase64.",
                              STR_ARG(value_key_at(texts, i)));
    }
    return STR_EMPTY;
}
