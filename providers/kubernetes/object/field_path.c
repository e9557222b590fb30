#include "field_path.h"

#include "json.h"

static bool field_path_is_mapping(Value value) {
    return value_is_present(value) && type_is_mapping(value.type);
}

static bool field_path_is_list(Value value) {
    return value_is_present(value) && type_is_sequence(value.type);
}

static bool ends_name(Str rest, size_t at) {
    return at == rest.len || rest.ptr[at] == '.' || rest.ptr[at] == '[';
}

/* Returns the longest name of the object that the text begins with; empty if there is none. */
static Str longest_name(Str rest, Value object) {
    Str longest = STR_EMPTY;
    for (size_t i = 0; field_path_is_mapping(object) && i < object.count; i++) {
        Str name = value_key_at(object, i);
        if (name.len > longest.len && str_starts_with(rest, name) && ends_name(rest, name.len))
            longest = name;
    }
    return longest;
}

/* Returns the offset of the character outside of quotes, or the end. */
static size_t find_unquoted(Str text, char wanted, size_t from) {
    bool is_quoted = false;
    for (size_t i = from; i < text.len; i++) {
        if (is_quoted && text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && text.ptr[i] == wanted)
            return i;
    }
    return text.len;
}

/* Whether an item of a list has the keys of a path. */
typedef enum KeyMatch {
    MATCH_NONE,
    MATCH_PART, /* the item lacks a key, which may have a default on the server */
    MATCH_ALL,
} KeyMatch;

/* `keys` is `name="web"` or `containerPort=80,protocol="TCP"`; `="x"` is the item itself. */
static KeyMatch match_keys(Value item, Str keys, Arena *arena) {
    size_t equal_count = 0;
    size_t absent_count = 0;
    while (keys.len) {
        size_t end = find_unquoted(keys, ',', 0);
        Str pair = str_slice(keys, 0, end);
        size_t equals = str_find_char(pair, '=', 0);
        Value wanted;
        Value found = item;
        keys = str_after(keys, end + 1);
        if (equals == SIZE_MAX ||
            !json_parse_any(str_after(pair, equals + 1), &wanted, NULL, NULL, arena))
            return MATCH_NONE;
        if (equals > 0 && !value_find(item, str_slice(pair, 0, equals), &found)) {
            absent_count++;
            continue;
        }
        if (!value_equal(found, wanted))
            return MATCH_NONE;
        equal_count++;
    }
    if (equal_count == 0)
        return MATCH_NONE;
    return absent_count ? MATCH_PART : MATCH_ALL;
}

/* Finds the item that has all keys; otherwise the only item that has some of them and lacks the
 * others. */
static bool find_by_keys(Value list, Str keys, size_t *index, Arena *arena) {
    size_t part_count = 0;
    for (size_t i = 0; i < list.count; i++) {
        KeyMatch match = match_keys(value_at(list, i), keys, arena);
        if (match == MATCH_NONE)
            continue;
        *index = i;
        if (match == MATCH_ALL)
            return true;
        part_count++;
    }
    return part_count == 1;
}

static bool field_path_find_item(Value list, Str keys, size_t *index, Arena *arena) {
    uint64_t number;
    if (!field_path_is_list(list) || !keys.len)
        return false;
    if (!str_to_uint64(keys, &number))
        return find_by_keys(list, keys, index, arena);
    *index = (size_t)number;
    return number < list.count;
}

/* Follows "[…]"; `inside` is the text in the brackets. */
static bool follow_brackets(Str inside, Value *object, Path *path, Arena *arena) {
    size_t index = 0; /* gcc for 64-bit ARM warns otherwise */
    Value found;
    if (field_path_is_mapping(*object)) {
        bool is_quoted = inside.len > 1 && str_starts_with(inside, STR("\""));
        Str name = is_quoted ? str_slice(inside, 1, inside.len - 1) : inside;
        if (!value_find(*object, name, &found))
            return false;
        *path = path_attribute(*path, name, arena);
        *object = found;
        return true;
    }
    if (!field_path_find_item(*object, inside, &index, arena))
        return false;
    *path = path_index(*path, value_int((int64_t)index), arena);
    *object = value_at(*object, index);
    return true;
}

Path field_path_read(Str text, Value object, bool *is_whole, Arena *arena) {
    Path path = {0};
    *is_whole = false;
    while (text.len) {
        if (text.ptr[0] == '[') {
            size_t end = find_unquoted(text, ']', 0);
            if (!follow_brackets(str_slice(text, 1, end), &object, &path, arena))
                return path;
            text = str_after(text, end + 1);
            continue;
        }
        text = str_after(text, text.ptr[0] == '.');
        Str name = longest_name(text, object);
        if (!name.len || !value_find(object, name, &object))
            return path;
        path = path_attribute(path, name, arena);
        text = str_after(text, name.len);
    }
    *is_whole = true;
    return path;
}
