/* plan_value: writes values by their types, and reads the types back. */
#include "plan_value.h"

static void plan_value_write_value(JsonWriter *writer, Value v, const Type *expected);

static const Type *plan_value_part_type(const Type *type, size_t i) {
    return type->kind == KIND_TUPLE || type->kind == KIND_OBJECT ? type_at(type, i) : type->element;
}

static void write_scalar(JsonWriter *writer, Value v) {
    if (v.type->kind == KIND_STRING) {
        json_write_string(writer, value_text(v));
    } else if (v.type->kind == KIND_BOOL) {
        json_bool(writer, v.as.boolean);
    } else if (!(v.flags & FLAG_BIG)) {
        json_int(writer, v.as.integer);
    } else {
        SCOPED(ArenaRef) scratch = arena_open("number");
        json_number(writer, value_number_text(v, scratch));
    }
}

static void write_content(JsonWriter *writer, Value v) {
    if (type_is_primitive(v.type)) {
        write_scalar(writer, v);
        return;
    }
    bool is_named = type_is_mapping(v.type);
    if (is_named)
        json_object_start(writer);
    else
        json_array_start(writer);
    for (size_t i = 0; i < v.count; i++) {
        if (is_named)
            json_key(writer, value_key_at(v, i));
        plan_value_write_value(writer, value_at(v, i), plan_value_part_type(v.type, i));
    }
    if (is_named)
        json_object_end(writer);
    else
        json_array_end(writer);
}

static uint32_t precision_of(Value number) {
    return number.flags & FLAG_BIG ? number_precision(number.as.number) : number.count;
}

static bool has_own_precision(Value v) {
    return value_is_present(v) && v.type->kind == KIND_NUMBER &&
           precision_of(v) != NUMBER_PRECISION_TEXT;
}

static bool plan_value_is_plain(Value v, const Type *expected) {
    if (v.marks || !value_is_known(v) || !expected || !type_equal(v.type, expected))
        return false;
    return value_is_null(v) || (type_is_primitive(v.type) && !has_own_precision(v));
}

static void plan_value_write_value(JsonWriter *writer, Value v, const Type *expected) {
    if (plan_value_is_plain(v, expected)) {
        if (value_is_null(v))
            json_write_null(writer);
        else
            write_scalar(writer, v);
        return;
    }
    json_object_start(writer);
    if (!expected || !type_equal(v.type, expected)) {
        json_key(writer, STR("type"));
        json_write_type(writer, v.type);
    }
    if (v.marks)
        json_key_int(writer, "marks", v.marks);
    if (has_own_precision(v))
        json_key_int(writer, "precision", precision_of(v));
    if (!value_is_known(v)) {
        json_key_bool(writer, "unknown", true);
    } else if (value_is_present(v)) {
        json_key(writer, STR("of"));
        write_content(writer, v);
    }
    json_object_end(writer);
}

void plan_value_write(JsonWriter *writer, Value v) {
    plan_value_write_value(writer, v, NULL);
}

static bool plan_value_read_value(JsonReader *reader, JsonToken token, const Type *expected,
                                  Value *out, Arena *arena);

static bool plan_value_fail(JsonReader *reader, const char *error) {
    if (!reader->error)
        reader->error = error;
    return false;
}

static bool plan_value_number_of(Str text, uint32_t precision, Value *out, Arena *arena) {
    const Number *number;
    if (!number_from_text(text, &number, arena))
        return false;
    Value v = value_from_number(number);
    if (precision == NUMBER_PRECISION_TEXT) {
        *out = v;
    } else if (!(v.flags & FLAG_BIG)) {
        *out = value_int_of(v.as.integer, precision);
    } else if (precision == NUMBER_PRECISION_DOUBLE) {
        *out = value_from_number(number_from_double(number_to_double(number), arena));
    } else {
        *out = v;
    }
    return true;
}

static bool plan_value_read_scalar(JsonReader *reader, JsonToken token, const Type *type,
                                   uint32_t precision, Value *out, Arena *arena) {
    switch (type->kind) {
    case KIND_BOOL:
        if (token != JSON_TRUE && token != JSON_FALSE)
            break;
        *out = value_bool(token == JSON_TRUE);
        return true;
    case KIND_NUMBER:
        if (token == JSON_NUMBER && plan_value_number_of(reader->text, precision, out, arena))
            return true;
        break;
    case KIND_STRING:
        if (token != JSON_STRING)
            break;
        *out = value_string(reader->text, arena);
        return true;
    case KIND_DYNAMIC:
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP:
    case KIND_TUPLE:
    case KIND_OBJECT: break;
    }
    return plan_value_fail(reader, "a value does not have its type");
}

/* The elements of a collection while they are read. */
typedef struct Parts {
    VEC(Str) names;
    ValueVec values;
} Parts;

static bool plan_value_read_array(JsonReader *reader, const Type *type, Parts *parts,
                                  Arena *arena) {
    for (;;) {
        JsonToken token = json_next(reader);
        if (token == JSON_ARRAY_END)
            return true;
        Value part;
        if (!plan_value_read_value(reader, token, type->element, &part, arena))
            return false;
        vec_push(arena, &parts->values, part);
    }
}

static bool plan_value_read_members(JsonReader *reader, const Type *type, Parts *parts,
                                    Arena *arena) {
    for (;;) {
        JsonToken token = json_next(reader);
        if (token == JSON_OBJECT_END)
            return true;
        if (token != JSON_KEY)
            return plan_value_fail(reader, "an object was expected");
        Str name = str_clone(reader->text, arena);
        Value part;
        if (!plan_value_read_value(reader, json_next(reader), type->element, &part, arena))
            return false;
        vec_push(arena, &parts->names, name);
        vec_push(arena, &parts->values, part);
    }
}

/* The type has the number of elements, and the names of attributes in their order, so that the
 * values are read into their final places. */

static bool plan_value_read_tuple(JsonReader *reader, const Type *type, Value *out, Arena *arena) {
    Value *items = arena_new_array(arena, Value, type->count);
    size_t count = 0;
    for (;;) {
        JsonToken token = json_next(reader);
        if (token == JSON_ARRAY_END)
            break;
        if (count == type->count)
            return plan_value_fail(reader, "a tuple has too many elements");
        if (!plan_value_read_value(reader, token, type_at(type, count), &items[count], arena))
            return false;
        count++;
    }
    if (count < type->count)
        return plan_value_fail(reader, "a tuple has too few elements");
    *out = value_tuple(items, count, arena);
    return true;
}

static bool plan_value_read_object(JsonReader *reader, const Type *type, Value *out, Arena *arena) {
    Value *items = arena_new_array(arena, Value, type->count);
    size_t count = 0, place;
    for (;; count++) {
        JsonToken token = json_next(reader);
        if (token == JSON_OBJECT_END)
            break;
        if (token != JSON_KEY)
            return plan_value_fail(reader, "an object was expected");
        if (!type_find_attribute(type, reader->text, &place))
            return plan_value_fail(reader, "an object has an attribute that is not in its type");
        if (items[place].type)
            return plan_value_fail(reader, "an object has an attribute twice");
        if (!plan_value_read_value(reader, json_next(reader), type_at(type, place), &items[place],
                                   arena))
            return false;
    }
    if (count < type->count)
        return plan_value_fail(reader, "an object lacks attributes of its type");
    *out = value_object_of(type, items);
    return true;
}

static bool plan_value_build(JsonReader *reader, const Type *type, Parts *parts, Value *out,
                             Arena *arena) {
    size_t count = parts->values.count;
    Value *items = parts->values.items;
    switch (type->kind) {
    case KIND_LIST: *out = value_list(type->element, items, count, arena); return true;
    case KIND_SET: *out = value_set(type->element, items, count, arena); return true;
    case KIND_MAP:
        *out = value_map(type->element, parts->names.items, items, count, arena);
        return true;
    case KIND_TUPLE:
    case KIND_OBJECT:
    case KIND_DYNAMIC:
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: break;
    }
    return plan_value_fail(reader, "a value does not have its type");
}

/* The content of the member "of". */
static bool plan_value_read_content(JsonReader *reader, JsonToken token, const Type *type,
                                    uint32_t precision, Value *out, Arena *arena) {
    Parts parts = {0};
    if (type_is_primitive(type))
        return plan_value_read_scalar(reader, token, type, precision, out, arena);
    if (type->kind == KIND_DYNAMIC)
        return plan_value_fail(reader, "a value has no type");
    bool is_named = type_is_mapping(type);
    if (token != (is_named ? JSON_OBJECT_START : JSON_ARRAY_START))
        return plan_value_fail(reader, "a value does not have its type");
    if (type->kind == KIND_TUPLE)
        return plan_value_read_tuple(reader, type, out, arena);
    if (type->kind == KIND_OBJECT)
        return plan_value_read_object(reader, type, out, arena);
    if (is_named ? !plan_value_read_members(reader, type, &parts, arena)
                 : !plan_value_read_array(reader, type, &parts, arena))
        return false;
    return plan_value_build(reader, type, &parts, out, arena);
}

/* The members of a wrapping object, as far as they are read. */
typedef struct Wrapper {
    const Type *type;
    int64_t marks;
    int64_t precision;
    bool is_unknown;
    bool has_content;
    Value content;
} Wrapper;

static bool read_integer(JsonReader *reader, int64_t most, int64_t *out) {
    if (json_next(reader) != JSON_NUMBER || !str_to_int64(reader->text, out) || *out < 0 ||
        *out > most)
        return plan_value_fail(reader, "a number was expected");
    return true;
}

static bool plan_value_read_member(JsonReader *reader, Wrapper *wrapper, Arena *arena) {
    Str key = reader->text;
    if (str_equal(key, STR("type")))
        return json_read_type(reader, json_next(reader), &wrapper->type, arena);
    if (str_equal(key, STR("marks")))
        return read_integer(reader, UINT8_MAX, &wrapper->marks);
    if (str_equal(key, STR("precision")))
        return read_integer(reader, 1 << 16, &wrapper->precision);
    if (str_equal(key, STR("unknown"))) {
        wrapper->is_unknown = json_next(reader) == JSON_TRUE;
        return wrapper->is_unknown || plan_value_fail(reader, "true was expected");
    }
    if (!str_equal(key, STR("of")) || !wrapper->type)
        return plan_value_fail(reader, "a value has unknown members");
    wrapper->has_content = true;
    return plan_value_read_content(reader, json_next(reader), wrapper->type,
                                   (uint32_t)wrapper->precision, &wrapper->content, arena);
}

static bool read_wrapper(JsonReader *reader, const Type *expected, Value *out, Arena *arena) {
    Wrapper wrapper = {.type = expected, .precision = NUMBER_PRECISION_TEXT};
    JsonToken token;
    while ((token = json_next(reader)) == JSON_KEY) {
        if (!plan_value_read_member(reader, &wrapper, arena))
            return false;
    }
    if (token != JSON_OBJECT_END || !wrapper.type)
        return plan_value_fail(reader, "a value has no type");
    Value v = wrapper.is_unknown    ? value_unknown(wrapper.type)
              : wrapper.has_content ? wrapper.content
                                    : value_null(wrapper.type);
    *out = wrapper.marks ? value_with_marks(v, (uint8_t)wrapper.marks) : v;
    return true;
}

static bool plan_value_read_value(JsonReader *reader, JsonToken token, const Type *expected,
                                  Value *out, Arena *arena) {
    if (token == JSON_OBJECT_START)
        return read_wrapper(reader, expected, out, arena);
    if (token == JSON_BAD)
        return plan_value_fail(reader, "invalid JSON");
    if (!expected)
        return plan_value_fail(reader, "a value has no type");
    if (token == JSON_NULL) {
        *out = value_null(expected);
        return true;
    }
    return plan_value_read_scalar(reader, token, expected, NUMBER_PRECISION_TEXT, out, arena);
}

bool plan_value_read(JsonReader *reader, JsonToken token, Value *out, Arena *arena) {
    return plan_value_read_value(reader, token, NULL, out, arena);
}
