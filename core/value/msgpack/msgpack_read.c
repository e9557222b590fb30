/* msgpack_read: decodes tokens by the expected type, without an untyped tree between. */
#include "msgpack_read.h"

#include "json.h"
#include "refinement.h"
#include "str.h"

#include <inttypes.h>
#include <math.h>

typedef struct Place {
    const struct Place *parent;
    Str name;     /* of an attribute or a map's element; NULL: an index */
    size_t index; /* of a list, set or tuple */
    size_t depth;
} Place;

typedef struct Reader {
    Str rest;
    size_t budget;   /* elements that may still begin: an element has at least one byte */
    size_t unknowns; /* elements that collections of known length may still make */
    Str *error;
    Arena *arena;
} Reader;

enum { UNKNOWN_ELEMENTS_MAX = 100000 };

/* Reads the tokens of the format msgpack. A container is a token with its number of elements; the
 * elements follow. */

typedef enum MsgpackKind {
    MSGPACK_NULL,
    MSGPACK_BOOL,
    MSGPACK_INT,      /* below zero */
    MSGPACK_UNSIGNED, /* zero or more */
    MSGPACK_DOUBLE,
    MSGPACK_TEXT,  /* string or binary; any bytes */
    MSGPACK_ARRAY, /* `count` elements */
    MSGPACK_MAP,   /* `count` pairs of key and element */
    MSGPACK_EXTENSION,
} MsgpackKind;

typedef struct MsgpackToken {
    MsgpackKind kind;
    int8_t extension; /* type of the extension */
    uint32_t count;
    bool boolean;
    int64_t integer;
    uint64_t magnitude; /* of MSGPACK_UNSIGNED */
    double number;
    Str bytes; /* of text and extension: a view */
} MsgpackToken;

static bool token_read_number(Str *rest, size_t size, uint64_t *out) {
    if (rest->len < size)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | (uint8_t)rest->ptr[i];
    *rest = str_after(*rest, size);
    *out = value;
    return true;
}

static bool token_read_bytes(Str *rest, uint64_t length, Str *out) {
    if (length > rest->len)
        return false;
    *out = str_slice(*rest, 0, (size_t)length);
    *rest = str_after(*rest, (size_t)length);
    return true;
}

static bool token_read_text(Str *rest, size_t length_size, MsgpackToken *out) {
    uint64_t length;
    out->kind = MSGPACK_TEXT;
    return token_read_number(rest, length_size, &length) &&
           token_read_bytes(rest, length, &out->bytes);
}

static bool token_read_container(Str *rest, size_t count_size, MsgpackKind kind,
                                 MsgpackToken *out) {
    uint64_t count;
    if (!token_read_number(rest, count_size, &count))
        return false;
    out->kind = kind;
    out->count = (uint32_t)count;
    return true;
}

static bool read_extension(Str *rest, uint64_t length, MsgpackToken *out) {
    uint64_t type;
    if (!token_read_number(rest, 1, &type) || !token_read_bytes(rest, length, &out->bytes))
        return false;
    out->kind = MSGPACK_EXTENSION;
    out->extension = (int8_t)type;
    return true;
}

static bool read_sized_extension(Str *rest, size_t length_size, MsgpackToken *out) {
    uint64_t length;
    return token_read_number(rest, length_size, &length) && read_extension(rest, length, out);
}

static bool read_unsigned(Str *rest, size_t size, MsgpackToken *out) {
    out->kind = MSGPACK_UNSIGNED;
    return token_read_number(rest, size, &out->magnitude);
}

static bool read_signed(Str *rest, size_t size, MsgpackToken *out) {
    uint64_t bits;
    if (!token_read_number(rest, size, &bits))
        return false;
    unsigned unused = (unsigned)(64 - 8 * size);
    int64_t integer = (int64_t)(bits << unused) >> unused; /* extends the sign */
    *out = integer < 0 ? (MsgpackToken){.kind = MSGPACK_INT, .integer = integer}
                       : (MsgpackToken){.kind = MSGPACK_UNSIGNED, .magnitude = (uint64_t)integer};
    return true;
}

static bool read_float(Str *rest, MsgpackToken *out) {
    uint64_t bits;
    if (!token_read_number(rest, sizeof(float), &bits))
        return false;
    uint32_t narrow = (uint32_t)bits;
    float number;
    memcpy(&number, &narrow, sizeof number);
    *out = (MsgpackToken){.kind = MSGPACK_DOUBLE, .number = (double)number};
    return true;
}

static bool read_double(Str *rest, MsgpackToken *out) {
    uint64_t bits;
    if (!token_read_number(rest, sizeof(double), &bits))
        return false;
    out->kind = MSGPACK_DOUBLE;
    memcpy(&out->number, &bits, sizeof out->number);
    return true;
}

/* Reads a token whose first byte is 0xC0 to 0xDF: it says how many bytes the length or number after
 * it has. */
static bool read_by_first_byte(Str *rest, uint8_t first, MsgpackToken *out) {
    switch (first) {
    case 0xC0: return true;
    case 0xC2:
    case 0xC3: *out = (MsgpackToken){.kind = MSGPACK_BOOL, .boolean = first == 0xC3}; return true;
    case 0xC4:
    case 0xC5:
    case 0xC6: return token_read_text(rest, (size_t)1 << (first - 0xC4), out);
    case 0xC7:
    case 0xC8:
    case 0xC9: return read_sized_extension(rest, (size_t)1 << (first - 0xC7), out);
    case 0xCA: return read_float(rest, out);
    case 0xCB: return read_double(rest, out);
    case 0xCC:
    case 0xCD:
    case 0xCE:
    case 0xCF: return read_unsigned(rest, (size_t)1 << (first - 0xCC), out);
    case 0xD0:
    case 0xD1:
    case 0xD2:
    case 0xD3: return read_signed(rest, (size_t)1 << (first - 0xD0), out);
    case 0xD4:
    case 0xD5:
    case 0xD6:
    case 0xD7:
    case 0xD8: return read_extension(rest, (uint64_t)1 << (first - 0xD4), out);
    case 0xD9:
    case 0xDA:
    case 0xDB: return token_read_text(rest, (size_t)1 << (first - 0xD9), out);
    case 0xDC:
    case 0xDD: return token_read_container(rest, (size_t)2 << (first - 0xDC), MSGPACK_ARRAY, out);
    case 0xDE:
    case 0xDF: return token_read_container(rest, (size_t)2 << (first - 0xDE), MSGPACK_MAP, out);
    default: return false; /* 0xC1 is reserved */
    }
}

/* Reads one token from the start of *rest and removes it. Returns false if the bytes are cut off,
 * or are no token. */
static bool msgpack_token_read(Str *rest, MsgpackToken *out) {
    *out = (MsgpackToken){.kind = MSGPACK_NULL};
    if (rest->len == 0)
        return false;
    uint8_t first = (uint8_t)rest->ptr[0];
    *rest = str_after(*rest, 1);
    if (first < 0x80) {
        *out = (MsgpackToken){.kind = MSGPACK_UNSIGNED, .magnitude = first};
    } else if (first < 0x90) {
        *out = (MsgpackToken){.kind = MSGPACK_MAP, .count = first & 0x0F};
    } else if (first < 0xA0) {
        *out = (MsgpackToken){.kind = MSGPACK_ARRAY, .count = first & 0x0F};
    } else if (first < 0xC0) {
        out->kind = MSGPACK_TEXT;
        return token_read_bytes(rest, first & 0x1F, &out->bytes);
    } else if (first >= 0xE0) {
        *out = (MsgpackToken){.kind = MSGPACK_INT, .integer = (int8_t)first};
    } else {
        return read_by_first_byte(rest, first, out);
    }
    return true;
}

static void msgpack_read_add_place(StrBuf *text, const Place *place) {
    if (!place->parent)
        return;
    msgpack_read_add_place(text, place->parent);
    if (!place->name.ptr)
        strbuf_add_format(text, "[%zu]", place->index);
    else
        strbuf_add_format(text, "%s%.*s", text->len ? "." : "", STR_ARG(place->name));
}

static bool msgpack_read_fail(const Reader *reader, const Place *place, Str problem) {
    StrBuf text = strbuf_new(reader->arena);
    msgpack_read_add_place(&text, place);
    if (text.len)
        strbuf_add_cstr(&text, ": ");
    strbuf_add(&text, problem);
    *reader->error = strbuf_str(&text);
    return false;
}

static bool msgpack_read_next(Reader *reader, const Place *place, MsgpackToken *out) {
    if (!msgpack_token_read(&reader->rest, out))
        return msgpack_read_fail(reader, place, STR("the encoding is damaged"));
    size_t elements = out->kind == MSGPACK_MAP     ? (size_t)out->count * 2
                      : out->kind == MSGPACK_ARRAY ? out->count
                                                   : 0;
    if (elements > reader->budget)
        return msgpack_read_fail(reader, place, STR("the encoding is cut off"));
    reader->budget -= elements;
    return true;
}

static bool fail_kind(const Reader *reader, const Place *place, const Type *type) {
    return msgpack_read_fail(reader, place,
                             str_format(reader->arena, "the value is not of the type %.*s",
                                        STR_ARG(type_to_constraint(type, reader->arena))));
}

static Str decode_text(const Reader *reader, Str bytes) {
    return value_text(value_string(bytes, reader->arena));
}

static bool decode_any_number(const Reader *reader, const Place *place, const MsgpackToken *token,
                              Value *out) {
    Arena *arena = reader->arena;
    if (token->kind == MSGPACK_INT) {
        *out = value_int_of(token->integer, NUMBER_PRECISION_INT);
    } else if (token->kind == MSGPACK_UNSIGNED && token->magnitude <= INT64_MAX) {
        *out = value_int_of((int64_t)token->magnitude, NUMBER_PRECISION_INT);
    } else if (token->kind == MSGPACK_UNSIGNED) {
        return value_from_number_text(str_format(arena, "%" PRIu64, token->magnitude), out, arena);
    } else if (token->kind == MSGPACK_DOUBLE && isfinite(token->number)) {
        *out = value_from_number(number_from_double(token->number, arena));
    } else if (token->kind == MSGPACK_TEXT) {
        return value_from_number_text(token->bytes, out, arena) ||
               msgpack_read_fail(reader, place, STR("the text is not a number"));
    } else {
        return fail_kind(reader, place, &TYPE_NUMBER);
    }
    return true;
}

/* A negative zero becomes zero: it is written as zero, and a set may hold both. */
static bool decode_number(const Reader *reader, const Place *place, const MsgpackToken *token,
                          Value *out) {
    int64_t integer;
    if (!decode_any_number(reader, place, token, out))
        return false;
    if (value_to_int(*out, &integer) && integer == 0)
        *out = value_int(0);
    return true;
}

/* Refinements of an unknown value: a map from these keys. */
enum {
    REFINEMENT_EXTENSION = 12,
    REFINEMENT_SIZE_MAX = 1024,
    REFINE_NULL = 1,
    REFINE_PREFIX = 2,
    REFINE_MIN = 3,
    REFINE_MAX = 4,
    REFINE_LENGTH_MIN = 5,
    REFINE_LENGTH_MAX = 6,
};

typedef struct Refined {
    Refinement refinement;
    bool is_null;
} Refined;

/* Skips a token with the elements that it contains, which may nest. */
static bool msgpack_read_skip(Reader *reader, const Place *place) {
    size_t left = 1;
    while (left > 0) {
        MsgpackToken token;
        if (!msgpack_read_next(reader, place, &token))
            return false;
        left += token.count * (size_t)(token.kind == MSGPACK_MAP ? 2 : 1);
        left--;
    }
    return true;
}

static bool read_bound(Reader *reader, const Place *place, const Value **out) {
    MsgpackToken array, number, is_inclusive;
    Value bound;
    bool is_fine = msgpack_read_next(reader, place, &array) && array.kind == MSGPACK_ARRAY &&
                   array.count == 2 && msgpack_read_next(reader, place, &number) &&
                   decode_number(reader, place, &number, &bound) &&
                   msgpack_read_next(reader, place, &is_inclusive) &&
                   is_inclusive.kind == MSGPACK_BOOL;
    if (!is_fine)
        return msgpack_read_fail(reader, place, STR("a bound of an unknown number is damaged"));
    Value *kept = arena_new(reader->arena, Value);
    *kept = bound; /* an exclusive bound is also an inclusive one, only less exact */
    *out = kept;
    return true;
}

static bool read_length(Reader *reader, const Place *place, uint32_t *out) {
    MsgpackToken token;
    if (!msgpack_read_next(reader, place, &token))
        return false;
    if (token.kind != MSGPACK_UNSIGNED)
        return msgpack_read_fail(reader, place,
                                 STR("a length of an unknown collection is damaged"));
    *out = token.magnitude < UINT32_MAX ? (uint32_t)token.magnitude : UINT32_MAX;
    return true;
}

static bool read_refined_null(Reader *reader, const Place *place, Refined *out) {
    MsgpackToken token;
    if (!msgpack_read_next(reader, place, &token))
        return false;
    if (token.kind != MSGPACK_BOOL)
        return msgpack_read_fail(reader, place, STR("a refinement is damaged"));
    out->is_null = token.boolean;
    out->refinement.not_null = !token.boolean;
    return true;
}

static bool read_prefix(Reader *reader, const Place *place, Refined *out) {
    MsgpackToken token;
    if (!msgpack_read_next(reader, place, &token))
        return false;
    if (token.kind != MSGPACK_TEXT)
        return msgpack_read_fail(reader, place, STR("a prefix of an unknown string is damaged"));
    out->refinement.prefix = decode_text(reader, token.bytes);
    return true;
}

static bool read_refinement(Reader *reader, const Place *place, Refined *out) {
    MsgpackToken key;
    if (!msgpack_read_next(reader, place, &key))
        return false;
    uint64_t which = key.kind == MSGPACK_UNSIGNED ? key.magnitude : 0;
    switch (which) {
    case REFINE_NULL: return read_refined_null(reader, place, out);
    case REFINE_PREFIX: return read_prefix(reader, place, out);
    case REFINE_MIN: return read_bound(reader, place, &out->refinement.min);
    case REFINE_MAX: return read_bound(reader, place, &out->refinement.max);
    case REFINE_LENGTH_MIN: return read_length(reader, place, &out->refinement.length_min);
    case REFINE_LENGTH_MAX: return read_length(reader, place, &out->refinement.length_max);
    default: break;
    }
    if (key.kind != MSGPACK_UNSIGNED)
        return msgpack_read_fail(reader, place, STR("a refinement is damaged"));
    return msgpack_read_skip(reader, place);
}

/* Removes refinements that values of this type cannot have. Also removes a known length that would
 * create too many elements: a few bytes can encode a huge length. */
static Refinement restrict_to(Reader *reader, const Type *type, Refinement refinement) {
    Refinement kept = refinement_any();
    kept.not_null = refinement.not_null;
    if (type->kind == KIND_STRING)
        kept.prefix = refinement.prefix;
    if (type->kind == KIND_NUMBER) {
        kept.min = refinement.min;
        kept.max = refinement.max;
    }
    if (!type_is_collection(type) || refinement.length_min > refinement.length_max)
        return kept;
    if (refinement.length_min == refinement.length_max) {
        if (refinement.length_min > reader->unknowns)
            return kept;
        reader->unknowns -= refinement.length_min;
    }
    kept.length_min = refinement.length_min;
    kept.length_max = refinement.length_max;
    return kept;
}

static bool decode_refined(Reader *outer, const Place *place, const Type *type, Str bytes,
                           Value *out) {
    Reader reader = {bytes, bytes.len, outer->unknowns, outer->error, outer->arena};
    Refined refined = {.refinement = refinement_any()};
    MsgpackToken map;
    if (bytes.len > REFINEMENT_SIZE_MAX)
        return msgpack_read_fail(outer, place, STR("a refinement is too long"));
    if (!msgpack_read_next(&reader, place, &map))
        return false;
    if (map.kind != MSGPACK_MAP)
        return msgpack_read_fail(outer, place, STR("a refinement is damaged"));
    for (size_t i = 0; i < map.count; i++) {
        if (!read_refinement(&reader, place, &refined))
            return false;
    }
    if (reader.rest.len)
        return msgpack_read_fail(outer, place, STR("a refinement is damaged"));
    *out = refined.is_null ? value_null(type)
                           : refinement_to_value(type, restrict_to(outer, type, refined.refinement),
                                                 outer->arena);
    return true;
}

/* Any short extension is an unknown value without a refinement, as in Terraform. */
static bool decode_unknown(Reader *reader, const Place *place, const Type *type,
                           const MsgpackToken *token, Value *out) {
    if (token->bytes.len > 1 && token->extension == REFINEMENT_EXTENSION)
        return decode_refined(reader, place, type, token->bytes, out);
    if (token->bytes.len > 1)
        return msgpack_read_fail(reader, place, STR("the extension is not supported"));
    *out = value_unknown(type);
    return true;
}

static bool msgpack_read_value(Reader *reader, const Place *place, const Type *type, Value *out);

static bool read_elements(Reader *reader, const Place *place, const Type *type, uint32_t count,
                          Value **out) {
    Value *items = arena_new_array(reader->arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        Place inside = {.parent = place, .index = i, .depth = place->depth + 1};
        const Type *element = type->kind == KIND_TUPLE ? type_at(type, i) : type->element;
        if (!msgpack_read_value(reader, &inside, element, &items[i]))
            return false;
    }
    *out = items;
    return true;
}

static bool decode_sequence(Reader *reader, const Place *place, const Type *type,
                            const MsgpackToken *token, Value *out) {
    Value *items;
    if (token->kind != MSGPACK_ARRAY)
        return fail_kind(reader, place, type);
    if (type->kind == KIND_TUPLE && token->count != type->count)
        return msgpack_read_fail(
            reader, place,
            str_format(reader->arena, "a tuple of %u elements is required", type->count));
    if (!read_elements(reader, place, type, token->count, &items))
        return false;
    if (type->kind == KIND_TUPLE) {
        *out = value_tuple(items, token->count, reader->arena);
        return true;
    }
    const Type *element = value_unify_items(type->element, items, token->count);
    if (!element)
        return msgpack_read_fail(reader, place, STR("all elements must be of one type"));
    *out = type->kind == KIND_LIST ? value_list(element, items, token->count, reader->arena)
                                   : value_set(element, items, token->count, reader->arena);
    return true;
}

static bool msgpack_read_key(Reader *reader, const Place *place, Str *out) {
    MsgpackToken key;
    if (!msgpack_read_next(reader, place, &key))
        return false;
    if (key.kind != MSGPACK_TEXT)
        return msgpack_read_fail(reader, place, STR("a key is not a text"));
    *out = decode_text(reader, key.bytes);
    return true;
}

static bool decode_map(Reader *reader, const Place *place, const Type *type,
                       const MsgpackToken *token, Value *out) {
    if (token->kind != MSGPACK_MAP)
        return fail_kind(reader, place, type);
    Str *keys = arena_new_array(reader->arena, Str, token->count);
    Value *items = arena_new_array(reader->arena, Value, token->count);
    for (size_t i = 0; i < token->count; i++) {
        if (!msgpack_read_key(reader, place, &keys[i]))
            return false;
        Place inside = {.parent = place, .name = keys[i], .depth = place->depth + 1};
        if (!msgpack_read_value(reader, &inside, type->element, &items[i]))
            return false;
    }
    const Type *element = value_unify_items(type->element, items, token->count);
    if (!element)
        return msgpack_read_fail(reader, place, STR("all elements must be of one type"));
    *out = value_map(element, keys, items, token->count, reader->arena);
    return true;
}

/* Attributes usually come in the order of the type's names. */
static bool msgpack_read_find_attribute(const Type *type, Str name, size_t expected, size_t *out) {
    *out = expected;
    if (expected < type->count && str_equal(type->names[expected], name))
        return true;
    return type_find_attribute(type, name, out);
}

static bool msgpack_read_attribute(Reader *reader, const Place *place, const Type *type,
                                   size_t expected, Value *items) {
    Str name;
    size_t index;
    if (!msgpack_read_key(reader, place, &name))
        return false;
    Place inside = {.parent = place, .name = name, .depth = place->depth + 1};
    if (!msgpack_read_find_attribute(type, name, expected, &index))
        return msgpack_read_fail(reader, &inside, STR("the attribute is not in the schema"));
    if (items[index].type)
        return msgpack_read_fail(reader, &inside, STR("the attribute occurs twice"));
    return msgpack_read_value(reader, &inside, type_at(type, index), &items[index]);
}

static bool decode_object(Reader *reader, const Place *place, const Type *type,
                          const MsgpackToken *token, Value *out) {
    if (token->kind != MSGPACK_MAP)
        return fail_kind(reader, place, type);
    if (token->count < type->count)
        return msgpack_read_fail(reader, place,
                                 str_format(reader->arena, "%u attributes are required, not %u",
                                            type->count, token->count));
    Value *items = arena_new_array(reader->arena, Value, type->count);
    for (size_t i = 0; i < token->count; i++) {
        if (!msgpack_read_attribute(reader, place, type, i, items))
            return false;
    }
    *out = value_object_of(type, items);
    if (type->has_dynamic)
        *out = value_with_items(*out, items, reader->arena);
    return true;
}

static bool decode_dynamic(Reader *reader, const Place *place, const MsgpackToken *token,
                           Value *out) {
    MsgpackToken text;
    const Type *type;
    if (token->kind != MSGPACK_ARRAY || token->count != 2)
        return msgpack_read_fail(reader, place, STR("a type and a value are required"));
    if (!msgpack_read_next(reader, place, &text))
        return false;
    JsonReader json = json_reader_new(text.bytes, reader->arena);
    bool is_type = text.kind == MSGPACK_TEXT &&
                   json_read_type(&json, json_next(&json), &type, reader->arena) &&
                   json_next(&json) == JSON_END;
    if (!is_type)
        return msgpack_read_fail(reader, place, STR("the type of a value is damaged"));
    type = type_without_optional(type, reader->arena);
    Place inside = *place;
    inside.depth++;
    return msgpack_read_value(reader, &inside, type, out);
}

static bool msgpack_read_decode(Reader *reader, const Place *place, const Type *type,
                                const MsgpackToken *token, Value *out) {
    switch (type->kind) {
    case KIND_DYNAMIC: return decode_dynamic(reader, place, token, out);
    case KIND_BOOL:
        *out = value_bool(token->boolean);
        return token->kind == MSGPACK_BOOL || fail_kind(reader, place, type);
    case KIND_NUMBER: return decode_number(reader, place, token, out);
    case KIND_STRING:
        if (token->kind != MSGPACK_TEXT)
            return fail_kind(reader, place, type);
        *out = value_string(token->bytes, reader->arena);
        return true;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: return decode_sequence(reader, place, type, token, out);
    case KIND_MAP: return decode_map(reader, place, type, token, out);
    case KIND_OBJECT: return decode_object(reader, place, type, token, out);
    }
    return false;
}

static bool msgpack_read_value(Reader *reader, const Place *place, const Type *type, Value *out) {
    MsgpackToken token;
    if (place->depth > MSGPACK_DEPTH_MAX)
        return msgpack_read_fail(reader, place, STR("the value nests too deeply"));
    if (!msgpack_read_next(reader, place, &token))
        return false;
    if (token.kind == MSGPACK_NULL) {
        *out = value_null(type);
        return true;
    }
    if (token.kind == MSGPACK_EXTENSION)
        return decode_unknown(reader, place, type, &token, out);
    return msgpack_read_decode(reader, place, type, &token, out);
}

bool msgpack_read(Str bytes, const Type *type, Value *out, Str *error, Arena *arena) {
    Reader reader = {bytes, bytes.len, UNKNOWN_ELEMENTS_MAX, error, arena};
    Place root = {0};
    Value value;
    if (!msgpack_read_value(&reader, &root, type, &value))
        return false;
    if (reader.rest.len)
        return msgpack_read_fail(&reader, &root, STR("bytes follow the value"));
    *out = value;
    return true;
}
