/* json: reads and writes values as JSON. Untyped values follow jsondecode and jsonencode; typed
 * ones follow state files. json_type.c encodes types. */
#include "json.h"

#include "utf8.h"

/* The elements read so far of one array or object. The first FEW are held here, more in the
 * arena. */
enum { FEW = 16 };

typedef struct Elements {
    Value few[FEW];
    Str few_keys[FEW];
    ValueVec items;
    StrVec keys;
} Elements;

static void elements_init(Elements *elements) {
    elements->items.items = elements->few;
    elements->items.count = 0;
    elements->items.capacity = FEW;
    elements->keys.items = elements->few_keys;
    elements->keys.count = 0;
    elements->keys.capacity = FEW;
}

static void elements_add(Elements *elements, Value item, Arena *arena) {
    if (elements->items.count == FEW && elements->items.items == elements->few) {
        elements->items.items = arena_new_array(arena, Value, (size_t)FEW * 4);
        elements->items.capacity = (size_t)FEW * 4;
        memcpy(elements->items.items, elements->few, sizeof(elements->few));
    }
    vec_push(arena, &elements->items, item);
}

static void elements_add_key(Elements *elements, Str key, Arena *arena) {
    if (elements->keys.count == FEW && elements->keys.items == elements->few_keys) {
        elements->keys.items = arena_new_array(arena, Str, (size_t)FEW * 4);
        elements->keys.capacity = (size_t)FEW * 4;
        memcpy(elements->keys.items, elements->few_keys, sizeof(elements->few_keys));
    }
    vec_push(arena, &elements->keys, key);
}

static Value *elements_items(const Elements *elements, Arena *arena) {
    if (elements->items.items != elements->few)
        return elements->items.items;
    Value *copy = arena_new_array(arena, Value, elements->items.count);
    memcpy(copy, elements->few, elements->items.count * sizeof(Value));
    return copy;
}

static Str *elements_keys(const Elements *elements, Arena *arena) {
    if (elements->keys.items != elements->few_keys)
        return elements->keys.items;
    Str *copy = arena_new_array(arena, Str, elements->keys.count);
    memcpy(copy, elements->few_keys, elements->keys.count * sizeof(Str));
    return copy;
}

static Value string_value(const JsonReader *reader, Arena *arena) {
    return reader->is_ascii ? value_from_str(reader->text) : value_string(reader->text, arena);
}

static Str key_text(const JsonReader *reader) {
    return reader->is_ascii ? reader->text : utf8_nfc(reader->text, reader->arena);
}

/* Sets an error that is not a syntax error. */
static bool json_fail(JsonReader *reader, Str message) {
    reader->error = str_to_cstr(message, reader->arena);
    return false;
}

static bool read_any_array(JsonReader *reader, Value *out, Arena *arena) {
    Elements elements;
    elements_init(&elements);
    for (JsonToken token = json_next(reader); token != JSON_ARRAY_END; token = json_next(reader)) {
        Value item;
        if (!json_read_any(reader, token, &item, arena))
            return false;
        elements_add(&elements, item, arena);
    }
    *out = value_tuple(elements_items(&elements, arena), elements.items.count, arena);
    return true;
}

typedef struct Member {
    Str key;
    Value item;
    size_t order;
} Member;

static int json_compare_members(const void *a, const void *b) {
    const Member *left = a;
    const Member *right = b;
    int order = str_compare(left->key, right->key);
    return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

/* Sorts the members by key. Of members with the same key and type, the last wins; different types
 * are an error. */
static bool sort_members(JsonReader *reader, Str *keys, Value *items, size_t *count) {
    if (str_is_strictly_sorted(keys, *count))
        return true;
    SCOPED(ArenaRef) scratch = arena_open("json members");
    Member *members = arena_new_array(scratch, Member, *count);
    for (size_t i = 0; i < *count; i++)
        members[i] = (Member){keys[i], items[i], i};
    qsort(members, *count, sizeof(Member), json_compare_members);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        bool again = kept > 0 && str_equal(keys[kept - 1], members[i].key);
        if (again && !type_equal(items[kept - 1].type, members[i].item.type)) {
            return json_fail(reader,
                             str_format(reader->arena, "duplicate \"%.*s\" property in JSON object",
                                        STR_ARG(members[i].key)));
        }
        if (again)
            kept--;
        keys[kept] = members[i].key;
        items[kept++] = members[i].item;
    }
    *count = kept;
    return true;
}

static bool read_any_object(JsonReader *reader, Value *out, Arena *arena) {
    Elements elements;
    elements_init(&elements);
    for (JsonToken token = json_next(reader); token != JSON_OBJECT_END; token = json_next(reader)) {
        if (token != JSON_KEY)
            return false;
        Value item;
        elements_add_key(&elements, key_text(reader), arena);
        if (!json_read_any(reader, json_next(reader), &item, arena))
            return false;
        elements_add(&elements, item, arena);
    }
    Str *keys = elements_keys(&elements, arena);
    Value *items = elements_items(&elements, arena);
    size_t count = elements.items.count;
    if (!sort_members(reader, keys, items, &count))
        return false;
    *out = value_object(keys, items, count, arena);
    return true;
}

bool json_read_any(JsonReader *reader, JsonToken token, Value *out, Arena *arena) {
    switch (token) {
    case JSON_OBJECT_START: return read_any_object(reader, out, arena);
    case JSON_ARRAY_START: return read_any_array(reader, out, arena);
    case JSON_STRING: *out = string_value(reader, arena); return true;
    case JSON_NUMBER:
        return value_from_number_text(reader->text, out, arena) ||
               json_fail(reader, STR("a number is out of range"));
    case JSON_TRUE: *out = value_bool(true); return true;
    case JSON_FALSE: *out = value_bool(false); return true;
    case JSON_NULL: *out = value_null(&TYPE_DYNAMIC); return true;
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_KEY: return json_fail(reader, STR("a value is expected"));
    case JSON_BAD: break;
    }
    return false;
}

bool json_parse_any(Str bytes, Value *out, const char **error, size_t *offset, Arena *arena) {
    JsonReader reader = json_reader_new(bytes, arena);
    Value value = {0};
    bool fine =
        json_read_any(&reader, json_next(&reader), &value, arena) && json_next(&reader) == JSON_END;
    if (fine) {
        *out = value;
    } else if (error) {
        *error = reader.error;
        *offset = reader.start;
    }
    return fine;
}

bool json_parse_object(Str bytes, Value *out, Arena *arena) {
    Value value;
    bool is_object = json_parse_any(bytes, &value, NULL, NULL, arena) && value_is_present(value) &&
                     value.type->kind == KIND_OBJECT;
    if (is_object)
        *out = value;
    return is_object;
}

void json_add_texts(Value object, Str name, StrVec *out, Arena *arena) {
    Value tuple = value_tuple_at(object, name);
    for (size_t i = 0; i < tuple.count; i++) {
        Value item = value_at(tuple, i);
        if (value_is_present(item) && item.type == &TYPE_STRING)
            vec_push(arena, out, value_text(item));
    }
}

/* The place in the value that is being read: a chain up the C stack. */
typedef struct Place {
    const struct Place *parent;
    Str name; /* attribute or key; ptr is NULL for an index */
    size_t index;
} Place;

typedef struct Typed {
    JsonReader *reader;
    Arena *arena;
    const char **error;
} Typed;

static bool read_typed(const Typed *typed, JsonToken token, const Type *type, const Place *place,
                       Value *out);

static void json_add_place_text(StrBuf *buf, const Place *place) {
    if (!place)
        return;
    json_add_place_text(buf, place->parent);
    if (place->name.ptr) {
        strbuf_add_format(buf, ".%.*s", STR_ARG(place->name));
    } else {
        strbuf_add_format(buf, "[%zu]", place->index);
    }
}

/* Sets *error to the place and the reader's own error, or `message` if the reader has none. */
static bool json_refuse(const Typed *typed, const Place *place, Str message) {
    StrBuf buf = strbuf_new(typed->arena);
    json_add_place_text(&buf, place);
    if (buf.len > 0)
        strbuf_add(&buf, STR(": "));
    if (typed->reader->error)
        message = str_from_cstr(typed->reader->error);
    strbuf_add(&buf, message);
    *typed->error = str_to_cstr(strbuf_str(&buf), typed->arena);
    return false;
}

static bool json_read_typed_bool(const Typed *typed, JsonToken token, const Place *place,
                                 Value *out) {
    Str text = token == JSON_STRING ? typed->reader->text : STR_EMPTY;
    bool is_true = token == JSON_TRUE || str_equal(text, STR("true")) || str_equal(text, STR("1"));
    bool is_false =
        token == JSON_FALSE || str_equal(text, STR("false")) || str_equal(text, STR("0"));
    if (!is_true && !is_false)
        return json_refuse(typed, place, STR("a bool is required"));
    *out = value_bool(is_true);
    return true;
}

static bool json_read_typed_number(const Typed *typed, JsonToken token, const Place *place,
                                   Value *out) {
    if (token != JSON_NUMBER && token != JSON_STRING) {
        return json_refuse(typed, place, STR("a number is required"));
    }
    return value_from_number_text(typed->reader->text, out, typed->arena) ||
           json_refuse(typed, place, STR("a number is required"));
}

static bool json_read_string(const Typed *typed, JsonToken token, const Place *place, Value *out) {
    if (token == JSON_STRING) {
        *out = string_value(typed->reader, typed->arena);
    } else if (token == JSON_NUMBER) {
        *out = value_from_str(typed->reader->text);
    } else if (token == JSON_TRUE || token == JSON_FALSE) {
        *out = value_from_str(token == JSON_TRUE ? STR("true") : STR("false"));
    } else {
        return json_refuse(typed, place, STR("a string is required"));
    }
    return true;
}

static bool json_read_list(const Typed *typed, JsonToken token, const Type *type,
                           const Place *place, Value *out) {
    Elements elements;
    elements_init(&elements);
    Place inside = {.parent = place};
    if (token != JSON_ARRAY_START)
        return json_refuse(typed, place, STR("an array is required"));
    while ((token = json_next(typed->reader)) != JSON_ARRAY_END) {
        Value item;
        if (!read_typed(typed, token, type->element, &inside, &item))
            return false;
        elements_add(&elements, item, typed->arena);
        inside.index++;
    }
    Value *items = elements_items(&elements, typed->arena);
    size_t count = elements.items.count;
    const Type *element = value_unify_items(type->element, items, count);
    if (!element)
        return json_refuse(typed, place, STR("all elements must be of one type"));
    *out = type->kind == KIND_LIST ? value_list(element, items, count, typed->arena)
                                   : value_set(element, items, count, typed->arena);
    return true;
}

static bool json_read_tuple(const Typed *typed, JsonToken token, const Type *type,
                            const Place *place, Value *out) {
    Str wrong = str_format(typed->arena, "an array of %u elements is required", type->count);
    Value *items = arena_new_array(typed->arena, Value, type->count);
    Place inside = {.parent = place};
    if (token != JSON_ARRAY_START)
        return json_refuse(typed, place, wrong);
    while ((token = json_next(typed->reader)) != JSON_ARRAY_END) {
        size_t i = inside.index;
        if (i >= type->count)
            return json_refuse(typed, place, wrong);
        if (!read_typed(typed, token, type_at(type, i), &inside, &items[i]))
            return false;
        inside.index++;
    }
    if (inside.index < type->count)
        return json_refuse(typed, place, wrong);
    *out = value_tuple(items, type->count, typed->arena);
    return true;
}

static bool read_map(const Typed *typed, JsonToken token, const Type *type, const Place *place,
                     Value *out) {
    Elements elements;
    elements_init(&elements);
    if (token != JSON_OBJECT_START)
        return json_refuse(typed, place, STR("an object is required"));
    while ((token = json_next(typed->reader)) != JSON_OBJECT_END) {
        if (token != JSON_KEY)
            return json_refuse(typed, place, STR_EMPTY);
        Value item;
        Place inside = {.parent = place, .name = key_text(typed->reader)};
        if (!read_typed(typed, json_next(typed->reader), type->element, &inside, &item))
            return false;
        elements_add_key(&elements, inside.name, typed->arena);
        elements_add(&elements, item, typed->arena);
    }
    Str *keys = elements_keys(&elements, typed->arena);
    Value *items = elements_items(&elements, typed->arena);
    const Type *element = value_unify_items(type->element, items, elements.items.count);
    if (!element)
        return json_refuse(typed, place, STR("all elements must be of one type"));
    *out = value_map(element, keys, items, elements.items.count, typed->arena);
    return true;
}

/* Tries index `guess` first: files mostly list attributes in the order of the type. */
static bool json_find_attribute(const Type *type, Str name, size_t guess, size_t *index) {
    if (guess < type->count && str_equal(type->names[guess], name)) {
        *index = guess;
        return true;
    }
    return type_find_attribute(type, name, index);
}

static bool json_read_typed_object(const Typed *typed, JsonToken token, const Type *type,
                                   const Place *place, Value *out) {
    size_t index = SIZE_MAX;
    Value *items = arena_new_array(typed->arena, Value, type->count);
    if (token != JSON_OBJECT_START)
        return json_refuse(typed, place, STR("an object is required"));
    while ((token = json_next(typed->reader)) != JSON_OBJECT_END) {
        if (token != JSON_KEY)
            return json_refuse(typed, place, STR_EMPTY);
        Place inside = {.parent = place, .name = key_text(typed->reader)};
        if (!json_find_attribute(type, inside.name, index + 1, &index)) {
            return json_refuse(typed, &inside, STR("unsupported attribute"));
        }
        token = json_next(typed->reader);
        if (!read_typed(typed, token, type_at(type, index), &inside, &items[index]))
            return false;
    }
    for (size_t i = 0; i < type->count; i++) {
        if (!items[i].type)
            items[i] = value_null(type_at(type, i));
    }
    *out = value_object_of(type, items);
    if (type->has_dynamic)
        *out = value_with_items(*out, items, typed->arena);
    return true;
}

/* Returns a reader for one value that the outer reader has skipped. Its offsets count from the
 * start of the whole text. */
static JsonReader inner_reader(const JsonReader *outer, Str bytes) {
    size_t start = (size_t)(bytes.ptr - outer->bytes.ptr);
    JsonReader inner = json_reader_new(str_slice(outer->bytes, 0, start + bytes.len), outer->arena);
    inner.at = start;
    return inner;
}

/* Reads {"value":…,"type":…}. Returns the value's bytes unparsed, because the type usually follows
 * the value. */
static bool read_dynamic_members(const Typed *typed, const Place *place, Str *value,
                                 const Type **type) {
    JsonReader *reader = typed->reader;
    JsonToken token;
    while ((token = json_next(reader)) != JSON_OBJECT_END) {
        if (token != JSON_KEY)
            return json_refuse(typed, place, STR_EMPTY);
        bool is_type = str_equal(reader->text, STR("type"));
        if (!is_type && !str_equal(reader->text, STR("value"))) {
            return json_refuse(typed, place,
                               STR("an object with only \"value\" and \"type\" is required"));
        }
        token = json_next(reader);
        bool fine = is_type ? json_read_type(reader, token, type, typed->arena)
                            : json_skip(reader, token, value);
        if (!fine)
            return json_refuse(typed, place, STR_EMPTY);
    }
    if (*type && value->ptr)
        return true;
    return json_refuse(typed, place, STR("an object with \"value\" and \"type\" is required"));
}

static bool read_dynamic(const Typed *typed, JsonToken token, const Place *place, Value *out) {
    Str bytes = {0};
    const Type *type = NULL;
    if (token != JSON_OBJECT_START) {
        return json_refuse(typed, place, STR("an object with \"value\" and \"type\" is required"));
    }
    if (!read_dynamic_members(typed, place, &bytes, &type))
        return false;
    if (type->kind == KIND_DYNAMIC && !str_equal(bytes, STR("null"))) {
        return json_refuse(typed, place, STR("the type of a value cannot be \"dynamic\""));
    }
    JsonReader inner = inner_reader(typed->reader, bytes);
    Typed within = {.reader = &inner, .arena = typed->arena, .error = typed->error};
    if (read_typed(&within, json_next(&inner), type, place, out))
        return true;
    typed->reader->start = inner.start;
    return false;
}

static bool read_typed(const Typed *typed, JsonToken token, const Type *type, const Place *place,
                       Value *out) {
    if (token == JSON_BAD || token == JSON_END)
        return json_refuse(typed, place, STR("a value is expected"));
    if (token == JSON_NULL) {
        *out = value_null(type);
        return true;
    }
    switch (type->kind) {
    case KIND_DYNAMIC: return read_dynamic(typed, token, place, out);
    case KIND_BOOL: return json_read_typed_bool(typed, token, place, out);
    case KIND_NUMBER: return json_read_typed_number(typed, token, place, out);
    case KIND_STRING: return json_read_string(typed, token, place, out);
    case KIND_LIST:
    case KIND_SET: return json_read_list(typed, token, type, place, out);
    case KIND_MAP: return read_map(typed, token, type, place, out);
    case KIND_TUPLE: return json_read_tuple(typed, token, type, place, out);
    case KIND_OBJECT: return json_read_typed_object(typed, token, type, place, out);
    }
    return false;
}

bool json_read_typed(JsonReader *reader, JsonToken token, const Type *type, Value *out,
                     const char **error, Arena *arena) {
    Typed typed = {.reader = reader, .arena = arena, .error = error};
    Value value;
    if (!read_typed(&typed, token, type, NULL, &value))
        return false;
    *out = value;
    return true;
}

static void json_write_number_value(JsonWriter *writer, Value number) {
    if (number.flags & FLAG_BIG) {
        json_number(writer, value_number_text(number, writer->out->arena));
    } else {
        json_int(writer, number.as.integer);
    }
}

/* Writes the items of `v`. A NULL `type` writes no type information. */
static void json_write(JsonWriter *writer, Value v, const Type *type);

static void write_array(JsonWriter *writer, Value v, const Type *type) {
    json_array_start(writer);
    for (size_t i = 0; i < v.count; i++) {
        const Type *item = !type                      ? NULL
                           : type->kind == KIND_TUPLE ? type_at(type, i)
                                                      : type->element;
        json_write(writer, value_at(v, i), item);
    }
    json_array_end(writer);
}

static void json_write_member_values(JsonWriter *writer, Value v, const Type *type) {
    json_object_start(writer);
    for (size_t i = 0; i < v.count; i++) {
        const Type *item = !type                       ? NULL
                           : type->kind == KIND_OBJECT ? type_at(type, i)
                                                       : type->element;
        json_key(writer, value_key_at(v, i));
        json_write(writer, value_at(v, i), item);
    }
    json_object_end(writer);
}

static void json_write_dynamic(JsonWriter *writer, Value v) {
    json_object_start(writer);
    json_key(writer, STR("value"));
    json_write(writer, v, v.type);
    json_key(writer, STR("type"));
    json_write_type(writer, v.type);
    json_object_end(writer);
}

static void json_write(JsonWriter *writer, Value v, const Type *type) {
    if (type && type->kind == KIND_DYNAMIC && v.type->kind != KIND_DYNAMIC) {
        json_write_dynamic(writer, v);
        return;
    }
    if (!value_is_present(v)) {
        json_write_null(writer);
        return;
    }
    switch (v.type->kind) {
    case KIND_DYNAMIC: json_write_null(writer); return;
    case KIND_BOOL: json_bool(writer, value_is_true(v)); return;
    case KIND_NUMBER: json_write_number_value(writer, v); return;
    case KIND_STRING: json_write_string(writer, value_text(v)); return;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: write_array(writer, v, type); return;
    case KIND_MAP:
    case KIND_OBJECT: json_write_member_values(writer, v, type); return;
    }
}

void json_write_value(JsonWriter *writer, Value v) {
    json_write(writer, v, NULL);
}

Str json_text(Value v, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_write_value(&writer, v);
    return strbuf_str(&text);
}

void json_write_typed(JsonWriter *writer, Value v, const Type *type) {
    json_write(writer, v, type);
}

Str json_typed_text(Value v, const Type *type, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_write_typed(&writer, v, type);
    return strbuf_str(&text);
}
