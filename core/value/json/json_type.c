/* json_type: reads and writes types as JSON, as state files do: "string", ["list","string"]. */
#include "json.h"

static void write_tuple(JsonWriter *writer, const Type *type) {
    json_array_start(writer);
    for (size_t i = 0; i < type->count; i++)
        json_write_type(writer, type_at(type, i));
    json_array_end(writer);
}

static void json_type_write_object(JsonWriter *writer, const Type *type) {
    bool any_optional = false;
    json_object_start(writer);
    for (size_t i = 0; i < type->count; i++) {
        json_key(writer, type->names[i]);
        json_write_type(writer, type_at(type, i));
        any_optional = any_optional || (type->optional && type->optional[i]);
    }
    json_object_end(writer);
    if (!any_optional)
        return;
    json_array_start(writer);
    for (size_t i = 0; i < type->count; i++) {
        if (type->optional[i])
            json_write_string(writer, type->names[i]);
    }
    json_array_end(writer);
}

void json_write_type(JsonWriter *writer, const Type *type) {
    Str name = str_from_cstr(type_kind_name(type->kind));
    if (type->kind == KIND_DYNAMIC || type_is_primitive(type)) {
        json_write_string(writer, name);
        return;
    }
    json_array_start(writer);
    json_write_string(writer, name);
    if (type->kind == KIND_TUPLE) {
        write_tuple(writer, type);
    } else if (type->kind == KIND_OBJECT) {
        json_type_write_object(writer, type);
    } else {
        json_write_type(writer, type->element);
    }
    json_array_end(writer);
}

/* Sets the error, unless the reader already holds a syntax error. */
static bool json_type_fail(JsonReader *reader, const char *message) {
    if (!reader->error)
        reader->error = message;
    return false;
}

static bool read_simple(JsonReader *reader, const Type **out) {
    static const Type *const SIMPLE[] = {&TYPE_DYNAMIC, &TYPE_BOOL, &TYPE_NUMBER, &TYPE_STRING};
    for (size_t i = 0; i < ARRAY_COUNT(SIMPLE); i++) {
        if (str_equal_cstr(reader->text, type_kind_name(SIMPLE[i]->kind))) {
            *out = SIMPLE[i];
            return true;
        }
    }
    return json_type_fail(reader,
                          "invalid primitive type name; use bool, number, string or dynamic");
}

static bool json_type_read_type(JsonReader *reader, JsonToken token, const Type **out,
                                Arena *arena);

static bool read_collection(JsonReader *reader, TypeKind kind, const Type **out, Arena *arena) {
    const Type *element = NULL;
    if (!json_type_read_type(reader, json_next(reader), &element, arena))
        return false;
    *out = kind == KIND_LIST  ? type_list(element, arena)
           : kind == KIND_SET ? type_set(element, arena)
                              : type_map(element, arena);
    return true;
}

static bool json_type_read_tuple(JsonReader *reader, const Type **out, Arena *arena) {
    VEC(const Type *) types = {0};
    const Type *type = NULL;
    if (json_next(reader) != JSON_ARRAY_START) {
        return json_type_fail(reader, "an array of types is required after \"tuple\"");
    }
    JsonToken token;
    while ((token = json_next(reader)) != JSON_ARRAY_END) {
        if (!json_type_read_type(reader, token, &type, arena))
            return false;
        vec_push(arena, &types, type);
    }
    *out = type_tuple(types.items, types.count, arena);
    return true;
}

typedef struct Members {
    StrVec names;
    VEC(const Type *) types;
} Members;

static size_t members_find(const Members *members, Str name) {
    for (size_t i = 0; i < members->names.count; i++) {
        if (str_equal(members->names.items[i], name))
            return i;
    }
    return SIZE_MAX;
}

/* Returns the type of an equal text, or NULL. A text ends with its bracket, so no other type begins
 * with it. */
static const Type *json_type_find_known(const JsonReader *reader, const JsonTypes *types) {
    Str rest = str_after(reader->bytes, reader->start);
    for (size_t i = 0; i < ARRAY_COUNT(types->texts); i++) {
        Str text = types->texts[i];
        if (text.len && str_starts_with(rest, text))
            return types->types[i];
    }
    return NULL;
}

/* Reads a type, or finds it among the newest ones. */
static bool read_shared(JsonReader *reader, JsonTypes *types, JsonToken token, const Type **out,
                        Arena *arena) {
    size_t start = reader->start;
    Str text;
    if (token != JSON_ARRAY_START)
        return json_type_read_type(reader, token, out, arena);
    const Type *known = json_type_find_known(reader, types);
    if (known) {
        *out = known;
        return json_skip(reader, token, &text);
    }
    if (!json_type_read_type(reader, token, out, arena))
        return false;
    types->texts[types->next] = str_slice(reader->bytes, start, reader->end);
    types->types[types->next] = *out;
    types->next = (types->next + 1) % ARRAY_COUNT(types->texts);
    return true;
}

/* Copies the names: the type may outlive the text. Attributes of the same type share it: an object
 * may have thousands. */
static bool json_type_read_members(JsonReader *reader, Members *members, Arena *arena) {
    JsonToken token;
    JsonTypes shared = {0};
    while ((token = json_next(reader)) != JSON_OBJECT_END) {
        const Type *type = NULL;
        if (token != JSON_KEY)
            return json_type_fail(reader, "an object of types is required after \"object\"");
        Value name = value_string(str_clone(reader->text, arena), arena);
        vec_push(arena, &members->names, value_text(name));
        if (!read_shared(reader, &shared, json_next(reader), &type, arena))
            return false;
        vec_push(arena, &members->types, type);
    }
    return true;
}

static bool read_optional(JsonReader *reader, const Members *members, bool *optional) {
    JsonToken token;
    while ((token = json_next(reader)) != JSON_ARRAY_END) {
        size_t i = token == JSON_STRING ? members_find(members, reader->text) : SIZE_MAX;
        if (i == SIZE_MAX)
            return json_type_fail(reader,
                                  "an optional attribute must be an attribute of the object");
        optional[i] = true;
    }
    return true;
}

static bool json_type_names_are_unique(const StrVec *names) {
    SCOPED(ArenaRef) scratch = arena_open("json type");
    Str *sorted = arena_new_array(scratch, Str, names->count);
    if (names->count > 0)
        memcpy(sorted, names->items, names->count * sizeof(Str));
    str_sort(sorted, names->count);
    return str_is_strictly_sorted(sorted, names->count);
}

static bool json_type_read_object(JsonReader *reader, const Type **out, Arena *arena) {
    Members members = {0};
    bool *optional = NULL;
    if (json_next(reader) != JSON_OBJECT_START) {
        return json_type_fail(reader, "an object of types is required after \"object\"");
    }
    if (!json_type_read_members(reader, &members, arena))
        return false;
    if (!json_type_names_are_unique(&members.names))
        return json_type_fail(reader, "an attribute occurs twice");
    if (json_peek(reader) == JSON_ARRAY_START) {
        json_next(reader);
        optional = arena_new_array(arena, bool, members.names.count);
        if (!read_optional(reader, &members, optional))
            return false;
    }
    *out =
        type_object(members.names.items, members.types.items, optional, members.names.count, arena);
    return true;
}

static bool read_compound(JsonReader *reader, const Type **out, Arena *arena) {
    if (json_next(reader) != JSON_STRING)
        return json_type_fail(reader, "the name of a kind of type is required");
    Str name = reader->text;
    for (TypeKind kind = KIND_LIST; kind <= KIND_OBJECT; kind++) {
        if (!str_equal_cstr(name, type_kind_name(kind)))
            continue;
        if (kind == KIND_TUPLE)
            return json_type_read_tuple(reader, out, arena);
        if (kind == KIND_OBJECT)
            return json_type_read_object(reader, out, arena);
        return read_collection(reader, kind, out, arena);
    }
    return json_type_fail(reader, "invalid kind of type; use list, set, map, tuple or object");
}

static bool json_type_read_type(JsonReader *reader, JsonToken token, const Type **out,
                                Arena *arena) {
    if (token == JSON_STRING)
        return read_simple(reader, out);
    if (token != JSON_ARRAY_START)
        return json_type_fail(reader, "a type must be a name or an array");
    if (!read_compound(reader, out, arena))
        return false;
    return json_next(reader) == JSON_ARRAY_END ||
           json_type_fail(reader, "a type has too many parts");
}

bool json_read_type(JsonReader *reader, JsonToken token, const Type **out, Arena *arena) {
    if (!reader->types)
        return json_type_read_type(reader, token, out, arena);
    return read_shared(reader, reader->types, token, out, arena);
}
