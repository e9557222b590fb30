/* Values as msgpack: recorded ones, every form of the format, damaged ones, and random values of
 * random types. */
#include "type_case.h"

#include "hex.h"
#include "map.h"
#include "msgpack_read.h"
#include "msgpack_write.h"
#include "refinement.h"

#include <math.h>

static Str bytes_of(const char *hex) {
    Str bytes;
    assert_true(hex_decode(str_from_cstr(hex), &bytes, arena));
    return bytes;
}

static Str written(Value v, const Type *type) {
    StrBuf out = strbuf_new(arena);
    msgpack_write(&out, v, type);
    return strbuf_str(&out);
}

static Str hex_of(Value v, const Type *type) {
    return hex_encode(written(v, type), arena);
}

static Value read_bytes(Str bytes, const Type *type) {
    Value v;
    Str error;
    if (!msgpack_read(bytes, type, &v, &error, arena))
        fail_msg("%.*s: %.*s", STR_ARG(hex_encode(bytes, arena)), STR_ARG(error));
    return v;
}

static Value read(const char *hex, const Type *type) {
    return read_bytes(bytes_of(hex), type);
}

static Str golden_text(void) {
    FILE *file = fopen(LOAM_SOURCE_DIR "/tests/unit/value/msgpack_golden.tsv", "r");
    assert_non_null(file);
    StrBuf text = strbuf_new(arena);
    char block[4096];
    size_t length;
    while ((length = fread(block, 1, sizeof block, file)) > 0)
        strbuf_add(&text, (Str){block, length});
    fclose(file);
    return strbuf_str(&text);
}

static const Type *golden_type(Str text) {
    JsonReader reader = json_reader_new(text, arena);
    const Type *type = NULL;
    assert_true(json_read_type(&reader, json_next(&reader), &type, arena));
    return type;
}

/* Requests are equal byte for byte, because Terraform wrote them. A provider may order attributes
 * and members of sets in another way. */
static void recorded(void **) {
    Str text = golden_text();
    Map types = map_new(arena);
    Str line, name, side, value;
    size_t count = 0;
    while (str_next_field(&text, '\n', &line)) {
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        assert_true(str_next_field(&line, '\t', &name) && str_next_field(&line, '\t', &side));
        assert_true(str_next_field(&line, '\t', &value));
        if (str_equal(name, STR("type"))) {
            map_set(&types, side, (void *)golden_type(value));
            continue;
        }
        const Type *type = map_find(&types, name);
        assert_non_null(type);
        Str bytes;
        assert_true(hex_decode(value, &bytes, arena));
        Value v = read_bytes(bytes, type);
        if (str_equal(side, STR("request")))
            check_str_equal(hex_of(v, type), value);
        assert_true(value_equal(read_bytes(written(v, type), type), v));
        count++;
    }
    assert_int_equal(count, 26);
}

static void numbers(void **) {
    static const struct {
        const char *text;
        const char *hex;
    } cases[] = {
        {"0", "00"},
        {"127", "7f"},
        {"128", "cc80"},
        {"255", "ccff"},
        {"256", "cd0100"},
        {"65535", "cdffff"},
        {"65536", "ce00010000"},
        {"4294967295", "ceffffffff"},
        {"4294967296", "cf0000000100000000"},
        {"9223372036854775807", "cf7fffffffffffffff"},
        {"-1", "ff"},
        {"-32", "e0"},
        {"-33", "d0df"},
        {"-128", "d080"},
        {"-129", "d1ff7f"},
        {"-32768", "d18000"},
        {"-32769", "d2ffff7fff"},
        {"-2147483648", "d280000000"},
        {"-2147483649", "d3ffffffff7fffffff"},
        {"-9223372036854775808", "d38000000000000000"},
        {"0.5", "cb3fe0000000000000"},
        {"-2.25", "cbc002000000000000"},
        {"1e300", "da012d31"}, /* not exactly a double: all digits */
        {"9223372036854775808", "cb43e0000000000000"},
        {"0.1", "a3302e31"},
        {"9223372036854775809", "b339323233333732303336383534373735383039"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value number;
        assert_true(value_from_number_text(str_from_cstr(cases[i].text), &number, arena));
        Str hex = hex_of(number, &TYPE_NUMBER);
        if (!str_starts_with(hex, str_from_cstr(cases[i].hex)))
            fail_msg("%s is %.*s", cases[i].text, STR_ARG(hex));
        assert_true(value_equal(read_bytes(written(number, &TYPE_NUMBER), &TYPE_NUMBER), number));
    }
}

static void numbers_of_other_writers(void **) {
    static const struct {
        const char *hex;
        const char *text;
    } cases[] = {
        {"cc05", "5"},
        {"cd0005", "5"},
        {"d005", "5"},
        {"d10005", "5"},
        {"d300000000000000ff", "255"},
        {"cfffffffffffffffff", "18446744073709551615"},
        {"ca3fc00000", "1.5"},
        {"cb3ff8000000000000", "1.5"},
        {"a431653330", "1000000000000000000000000000000"},
        {"c403312e35", "1.5"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(value_number_text(read(cases[i].hex, &TYPE_NUMBER), arena), cases[i].text);
}

/* Zero is written for both, so a set of both would lose an element. */
static void negative_zero_is_zero(void **) {
    check_str(value_number_text(read("ca80000000", &TYPE_NUMBER), arena), "0");
    check_str(value_number_text(read("a22d30", &TYPE_NUMBER), arena), "0");
    check_str(json_text(read("93ca8000000000a22d30", type_set(&TYPE_NUMBER, arena)), arena), "[0]");
}

static void texts(void **) {
    static const struct {
        size_t length;
        const char *first;
    } cases[] = {{0, "a0"},       {31, "bf"},        {32, "d920"},         {255, "d9ff"},
                 {256, "da0100"}, {65535, "daffff"}, {65536, "db00010000"}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrBuf text = strbuf_new(arena);
        strbuf_add_repeat(&text, 'x', cases[i].length);
        Value v = value_from_str(strbuf_str(&text));
        assert_true(str_starts_with(hex_of(v, &TYPE_STRING), str_from_cstr(cases[i].first)));
        assert_true(value_equal(read_bytes(written(v, &TYPE_STRING), &TYPE_STRING), v));
    }
    check_str(value_text(read("c40161", &TYPE_STRING)), "a");          /* binary */
    check_str(value_text(read("a365cc81", &TYPE_STRING)), "\xC3\xA9"); /* normal form C */
}

static void containers(void **) {
    Value items[20];
    for (size_t i = 0; i < ARRAY_COUNT(items); i++)
        items[i] = value_int((int64_t)i);
    Value list = value_list(&TYPE_NUMBER, items, 20, arena);
    const Type *type = list.type;
    assert_true(str_starts_with(hex_of(list, type), STR("dc0014")));
    assert_true(value_equal(read_bytes(written(list, type), type), list));
    assert_true(
        value_equal(read("dd0000000101", type), value_list(&TYPE_NUMBER, items + 1, 1, arena)));
    Value map = read("82a16202a16101", type_of("['map','number']"));
    check_str(hex_of(map, map.type), "82a16101a16202");
    check_str(json_text(read("df00000001a161c0", map.type), arena), "{\"a\":null}");
    check_str(hex_of(read("93030102", type_of("['set','number']")), type_of("['set','number']")),
              "93010203");
    const Type *object = type_of("['object',{'b':'bool','a':'string'}]");
    check_str(hex_of(read("82a162c3a161a178", object), object), "82a161a178a162c3");
    check_str(json_text(read("92c3a178", type_of("['tuple',['bool','string']]")), arena),
              "[true,\"x\"]");
    assert_true(value_is_null(read("c0", type)));
}

/* The shortest form of each length. */
static void lengths(void **) {
    static const struct {
        size_t count;
        const char *list, *map, *text;
    } cases[] = {
        {0, "90", "80", "a0"},
        {15, "9f", "8f", "af"},
        {16, "dc0010", "de0010", "b0"},
        {31, "dc001f", "de001f", "bf"},
        {32, "dc0020", "de0020", "d920"},
        {255, "dc00ff", "de00ff", "d9ff"},
        {256, "dc0100", "de0100", "da0100"},
        {65535, "dcffff", "deffff", "daffff"},
        {65536, "dd00010000", "df00010000", "db00010000"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        size_t count = cases[i].count;
        Value *items = arena_new_array(arena, Value, count + 1);
        Value *same = arena_new_array(arena, Value, count + 1);
        Str *keys = arena_new_array(arena, Str, count + 1);
        StrBuf text = strbuf_new(arena);
        for (size_t k = 0; k < count; k++) {
            items[k] = same[k] = value_int(1);
            keys[k] = str_format(arena, "%zu", k);
        }
        strbuf_add_repeat(&text, 'x', count);
        Value values[] = {value_list(&TYPE_NUMBER, items, count, arena),
                          value_map(&TYPE_NUMBER, keys, same, count, arena),
                          value_from_str(strbuf_str(&text))};
        const char *const heads[] = {cases[i].list, cases[i].map, cases[i].text};
        for (size_t k = 0; k < ARRAY_COUNT(values); k++) {
            Str bytes = written(values[k], values[k].type);
            check_str(hex_encode(str_slice(bytes, 0, strlen(heads[k]) / 2), arena), heads[k]);
            assert_true(value_equal(read_bytes(bytes, values[k].type), values[k]));
        }
    }
}

/* Providers may return the bytes of a file; a state holds valid texts alone. */
static void invalid_bytes_are_replaced(void **) {
    check_str(value_text(read("a361ff62", &TYPE_STRING)), "a\xef\xbf\xbd"
                                                          "b");
    check_str(json_text(read("81a2c328a1fe", type_of("['map','string']")), arena),
              "{\"\xef\xbf\xbd(\":\"\xef\xbf\xbd\"}");
    check_str(value_text(read("92c40822737472696e6722a1ff", &TYPE_DYNAMIC)), "\xef\xbf\xbd");
}

static void dynamic(void **) {
    static const char *const cases[] = {
        "c0",
        "d40000",
        "92c40822737472696e6722a161",                           /* "string" */
        "92c40822737472696e6722c0",                             /* null of a type */
        "92c40822737472696e6722d40000",                         /* unknown of a type */
        "92c4155b227475706c65222c5b2264796e616d6963225d5d91c0", /* ["tuple",["dynamic"]] */
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value v = read(cases[i], &TYPE_DYNAMIC);
        check_str(hex_of(v, &TYPE_DYNAMIC), cases[i]);
    }
    /* The type may be a string instead of binary. */
    check_str(value_text(read("92a822737472696e6722a161", &TYPE_DYNAMIC)), "a");
    /* A collection of the dynamic type gets the type of its elements. */
    Value list = read("9292c40822737472696e6722a16192c40822737472696e6722a162", &TYPE_LIST_OF_ANY);
    assert_true(type_equal(list.type, &TYPE_LIST_OF_STRING));
    check_str(hex_of(list, &TYPE_LIST_OF_ANY),
              "9292c40822737472696e6722a16192c40822737472696e6722a162");
}

static void unknowns(void **) {
    static const char *const plain[] = {"d40000", "d4007f", "c70000", "c7010000",
                                        "d40c80", "d40cff", "d47f00"};
    for (size_t i = 0; i < ARRAY_COUNT(plain); i++)
        assert_false(value_is_known(read(plain[i], &TYPE_STRING)));
    Value v = read("c7060c8201c202a161", &TYPE_STRING); /* not null, prefix "a" */
    assert_true(v.as.refinement->not_null);
    check_str(v.as.refinement->prefix, "a");
    v = read("c7090c82039201c30492"
             "09c2",
             &TYPE_NUMBER);
    check_str(value_number_text(*v.as.refinement->min, arena), "1");
    check_str(value_number_text(*v.as.refinement->max, arena), "9");
    v = read("c7050c8205020609", &TYPE_LIST_OF_STRING);
    assert_int_equal(v.as.refinement->length_min, 2);
    assert_int_equal(v.as.refinement->length_max, 9);
    assert_true(value_is_null(read("c7030c8101c3", &TYPE_STRING)));
    /* Keys of later versions, with any content. */
    v = read("c7090c8201c22a8191c0a178", &TYPE_STRING);
    assert_true(v.as.refinement->not_null);
    /* A known length makes elements. */
    v = read("c7070c8301c205020602", &TYPE_LIST_OF_STRING);
    assert_true(value_is_present(v) && v.count == 2 && !value_is_wholly_known(v));
    /* A refinement is not written. */
    check_str(hex_of(refinement_not_null(&TYPE_STRING, arena), &TYPE_STRING), "d40000");
}

/* A refinement that is cut anywhere is refused. */
static void cut_refinements(void **) {
    static const struct {
        const char *hex;
        const Type *type;
    } rows[] = {
        {"c7060c8201c202a161", &TYPE_STRING},
        {"c7090c82039201c3049209c2", &TYPE_NUMBER},
        {"c7050c8205020609", &TYPE_LIST_OF_STRING},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str whole = bytes_of(rows[i].hex), error;
        Value v;
        for (size_t len = 0; len < whole.len; len++) {
            error = STR_EMPTY;
            assert_false(msgpack_read(str_slice(whole, 0, len), rows[i].type, &v, &error, arena));
            assert_true(error.len > 0);
        }
        /* The content is shorter than its map says. Up to one byte has no meaning. */
        for (size_t len = 3; len < whole.len; len++) {
            char *copy = arena_new_array(arena, char, len);
            memcpy(copy, whole.ptr, len);
            copy[1] = (char)(len - 3);
            error = STR_EMPTY;
            bool ok = msgpack_read((Str){copy, len}, rows[i].type, &v, &error, arena);
            if (ok ? len > 4 || value_is_known(v) : error.len == 0)
                fail_msg("%s cut to %zu", rows[i].hex, len);
        }
    }
}

/* The type beside a dynamic value is as long as it is: all forms of a length. */
static void long_types(void **) {
    static const size_t counts[] = {1, 10, 20, 21, 22, 23, 24, 25, 26, 1000, 6000};
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        Value *items = arena_new_array(arena, Value, counts[i]);
        for (size_t k = 0; k < counts[i]; k++) {
            items[k] = k % 2 ? value_int((int64_t)k) : value_from_cstr("x");
        }
        Value v = value_tuple(items, counts[i], arena);
        Value again = read_bytes(written(v, &TYPE_DYNAMIC), &TYPE_DYNAMIC);
        assert_true(value_equal(again, v));
    }
}

/* Short encodings of huge collections stay unknown as a whole. */
static void unknown_lengths_have_a_budget(void **) {
    StrBuf bytes = strbuf_new(arena);
    strbuf_add(&bytes, bytes_of("dc03e8")); /* 1000 elements, 100000 each */
    for (size_t i = 0; i < 1000; i++)
        strbuf_add(&bytes, bytes_of("c70f0c8301c205ce000186a006ce000186a0"));
    size_t before = arena_used(arena);
    Value v = read_bytes(strbuf_str(&bytes), type_of("['list',['list','bool']]"));
    assert_int_equal(v.count, 1000);
    for (size_t i = 0; i < 1000; i++) /* the budget is for as many as the first list has */
        assert_int_equal(value_is_known(value_at(v, i)), i == 0);
    assert_int_equal(value_at(v, 0).count, 100000);
    assert_true(arena_used(arena) - before < (size_t)16 << 20);
}

static void refused(void **) {
    static const struct {
        const char *hex;
        const char *type;
        const char *error;
    } cases[] = {
        {"", "'string'", "the encoding is damaged"},
        {"c1", "'string'", "the encoding is damaged"},
        {"a261", "'string'", "the encoding is damaged"},
        {"a161a1", "'string'", "bytes follow the value"},
        {"01", "'string'", "the value is not of the type string"},
        {"a161", "'bool'", "the value is not of the type bool"},
        {"a161", "'number'", "the text is not a number"},
        {"cb7ff0000000000000", "'number'", "the value is not of the type number"},
        {"cb7ff8000000000000", "'number'", "the value is not of the type number"},
        {"dd7fffffff", "['list','bool']", "the encoding is cut off"},
        {"df7fffffff", "['map','bool']", "the encoding is cut off"},
        {"83a161c3", "['map','bool']", "the encoding is cut off"},
        {"92c3a161", "['list','bool']", "[1]: the value is not of the type bool"},
        {"81c3c3", "['map','bool']", "a key is not a text"},
        {"91c3", "['tuple',['bool','bool']]", "a tuple of 2 elements is required"},
        {"80", "['object',{'a':'bool'}]", "1 attributes are required, not 0"},
        {"81a162c3", "['object',{'a':'bool'}]", "b: the attribute is not in the schema"},
        {"82a161c3a161c3", "['object',{'a':'bool','b':'bool'}]", "a: the attribute occurs twice"},
        {"81a1618191c3", "['object',{'a':['map','bool']}]", "a: a key is not a text"},
        {"81a16181a16201", "['object',{'a':['map','bool']}]",
         "a.b: the value is not of the type bool"},
        {"a161", "'dynamic'", "a type and a value are required"},
        {"92c40461626364c0", "'dynamic'", "the type of a value is damaged"},
        {"92c0c0", "'dynamic'", "the type of a value is damaged"},
        {"d50000", "'string'", "the encoding is damaged"},
        {"d5000000", "'string'", "the extension is not supported"},
        {"c7020c8101", "'string'", "the encoding is damaged"},
        {"c7030c810101", "'string'", "a refinement is damaged"},
        {"c7030c810201", "'string'", "a prefix of an unknown string is damaged"},
        {"c7030c810301", "'number'", "a bound of an unknown number is damaged"},
        {"c7030c8105ff", "['list','bool']", "a length of an unknown collection is damaged"},
        {"9292c40622626f6f6c22c392c40822737472696e6722a161", "['list','dynamic']",
         "all elements must be of one type"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value v = value_bool(true);
        Str error = STR_EMPTY;
        if (msgpack_read(bytes_of(cases[i].hex), type_of(cases[i].type), &v, &error, arena))
            fail_msg("%s is accepted", cases[i].hex);
        check_str(error, cases[i].error);
        assert_true(value_is_true(v)); /* untouched */
    }
}

static void depth_is_bounded(void **) {
    StrBuf bytes = strbuf_new(arena);
    for (size_t i = 0; i < 100000; i++) /* ["list","dynamic"] of one element, again and again */
        strbuf_add(&bytes, bytes_of("92c4125b226c697374222c2264796e616d6963225d91"));
    strbuf_add_char(&bytes, (char)0xC0);
    Value v;
    Str error;
    assert_false(msgpack_read(strbuf_str(&bytes), &TYPE_DYNAMIC, &v, &error, arena));
    assert_true(str_ends_with(error, STR("the value nests too deeply")));
    /* {"a": {"a": …}}, and the same as maps */
    for (int is_map = 0; is_map < 2; is_map++) {
        const Type *type = &TYPE_BOOL;
        Str name = STR("a");
        bytes = strbuf_new(arena);
        for (size_t i = 0; i < MSGPACK_DEPTH_MAX; i++) {
            type = is_map ? type_map(type, arena) : type_object(&name, &type, NULL, 1, arena);
            strbuf_add(&bytes, bytes_of("81a161"));
        }
        strbuf_add_char(&bytes, (char)0xC3);
        assert_true(msgpack_read(strbuf_str(&bytes), type, &v, &error, arena));
        type = is_map ? type_map(type, arena) : type_object(&name, &type, NULL, 1, arena);
        Str deeper = str_concat(bytes_of("81a161"), strbuf_str(&bytes), arena);
        assert_false(msgpack_read(deeper, type, &v, &error, arena));
        assert_true(str_ends_with(error, STR("the value nests too deeply")));
    }
}

/* Random types and values, from a fixed start. */

static uint64_t seed = 88172645463325252u;

static uint64_t draw(uint64_t below) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static const Type *draw_type(size_t depth) {
    static const Type *const simple[] = {&TYPE_BOOL, &TYPE_NUMBER, &TYPE_STRING, &TYPE_DYNAMIC};
    const Type *types[4];
    Str names[4] = {STR("b"), STR("aa"), STR("z"), STR("c")};
    uint64_t kind = draw(depth == 0 ? 4 : 9);
    if (kind < 4)
        return simple[kind];
    if (kind < 7) {
        const Type *element = draw_type(depth - 1);
        if (element->has_dynamic)
            element = &TYPE_STRING; /* its elements would have to agree */
        return kind == 4   ? type_list(element, arena)
               : kind == 5 ? type_set(element, arena)
                           : type_map(element, arena);
    }
    size_t count = (size_t)draw(5);
    for (size_t i = 0; i < count; i++)
        types[i] = draw_type(depth - 1);
    return kind == 7 ? type_tuple(types, count, arena)
                     : type_object(names, types, NULL, count, arena);
}

static Value draw_number(void) {
    static const char *const texts[] = {"0.1", "-0.5", "1e40", "123456789012345678901234567890.5",
                                        "18446744073709551616"};
    Value number;
    if (draw(3) > 0)
        return value_int((int64_t)(draw(UINT64_MAX) >> draw(64)) * (draw(2) ? 1 : -1));
    assert_true(
        value_from_number_text(str_from_cstr(texts[draw(ARRAY_COUNT(texts))]), &number, arena));
    return number;
}

static Value draw_string(void) {
    static const char *const parts[] = {"a", "\xC3\xA9", "\n", "\xF0\x9F\x8C\xB1",
                                        "0123456789abcdef"};
    StrBuf text = strbuf_new(arena);
    for (size_t i = (size_t)draw(draw(20) == 0 ? 300 : 5); i > 0; i--)
        strbuf_add_cstr(&text, parts[draw(ARRAY_COUNT(parts))]);
    return value_string(strbuf_str(&text), arena);
}

static Value draw_value(const Type *type, size_t depth);

static Value draw_container(const Type *type, size_t depth) {
    size_t count = type_is_collection(type) ? (size_t)draw(draw(30) == 0 ? 40 : 4) : type->count;
    Value *items = arena_new_array(arena, Value, count);
    Str *keys = arena_new_array(arena, Str, count);
    for (size_t i = 0; i < count; i++) {
        items[i] = draw_value(type_is_collection(type) ? type->element : type_at(type, i), depth);
        keys[i] = str_format(arena, "k%zu", i);
    }
    if (type->kind == KIND_LIST)
        return value_list(type->element, items, count, arena);
    if (type->kind == KIND_SET)
        return value_set(type->element, items, count, arena);
    if (type->kind == KIND_MAP)
        return value_map(type->element, keys, items, count, arena);
    if (type->kind == KIND_TUPLE)
        return value_tuple(items, count, arena);
    return value_with_items(value_object_of(type, items), items, arena);
}

static Value draw_value(const Type *type, size_t depth) {
    uint64_t special = draw(12);
    if (type->kind == KIND_DYNAMIC && special > 1) {
        const Type *inner = depth ? draw_type(depth - 1) : &TYPE_STRING;
        return draw_value(inner, depth ? depth - 1 : 0);
    }
    if (special == 0)
        return value_null(type);
    if (special == 1)
        return draw(2) ? value_unknown(type) : refinement_not_null(type, arena);
    switch (type->kind) {
    case KIND_BOOL: return value_bool(draw(2));
    case KIND_NUMBER: return draw_number();
    case KIND_STRING: return draw_string();
    case KIND_DYNAMIC: return value_null(type);
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP:
    case KIND_TUPLE:
    case KIND_OBJECT: return draw_container(type, depth);
    }
    return value_null(type);
}

static void random_values(void **) {
    for (size_t i = 0; i < 3000; i++) {
        Arena *kept = arena;
        arena = arena_open("random");
        const Type *type = draw_type(4);
        Value v = draw_value(type, 3);
        Str bytes = written(v, type);
        Value again = read_bytes(bytes, type);
        if (!value_equal(v, again)) {
            fail_msg("%zu: %.*s\n%.*s\n%.*s", i, STR_ARG(type_to_constraint(type, arena)),
                     STR_ARG(value_display(v, 0, arena)), STR_ARG(value_display(again, 0, arena)));
        }
        check_str_equal(hex_of(again, type), hex_encode(bytes, arena));
        for (size_t length = 0; length < bytes.len; length += 1 + bytes.len / 20) {
            Str error;
            assert_false(msgpack_read(str_slice(bytes, 0, length), type, &v, &error, arena));
        }
        arena_close(arena);
        arena = kept;
    }
}

UNIT_MAIN(test_msgpack) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_types),
        cmocka_unit_test(cut_refinements),
        cmocka_unit_test(lengths),
        cmocka_unit_test(recorded),
        cmocka_unit_test(numbers),
        cmocka_unit_test(numbers_of_other_writers),
        cmocka_unit_test(negative_zero_is_zero),
        cmocka_unit_test(texts),
        cmocka_unit_test(containers),
        cmocka_unit_test(invalid_bytes_are_replaced),
        cmocka_unit_test(dynamic),
        cmocka_unit_test(unknowns),
        cmocka_unit_test(unknown_lengths_have_a_budget),
        cmocka_unit_test(refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(random_values),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
