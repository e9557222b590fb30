/* Rows: their flags and limits, and the reasons of a rejection. The tests of each document check
 * its rows (record_case.h). */
#include "arena_case.h"
#include "broken_document.h"
#include "json.h"
#include "object_builder.h"
#include "record_case.h"

typedef enum Colour { COLOUR_NONE, COLOUR_RED, COLOUR_BLUE } Colour;

typedef struct Item {
    Str name;
    uint32_t size;
} Item;

typedef struct Box {
    Str label;
    Str note;
    bool is_open;
    Colour colour;
    Colour ink;
    uint64_t count;
    StrVec tags;
    const Str *parts;
    size_t part_count;
    VEC(Item) items;
    VEC(Item) many;
    Item inner;
} Box;

static const char *colour_name(unsigned colour) {
    static const char *const names[] = {"", "red", "blue"};
    return names[colour];
}

static const RecordRow item_rows[] = {
    ROW_TEXT(Item, "name", name),
    ROW_UINT32(Item, "size", size),
};
static const Record item_record = RECORD(Item, item_rows, .unknown = "an item has unknown members");

static const RecordRow box_rows[] = {
    ROW_TEXT(Box, "label", label, .flags = ROW_NULLABLE),
    ROW_TEXT(Box, "note", note, .flags = ROW_OPTIONAL | ROW_LENIENT),
    ROW_FLAG(Box, "open", is_open, .flags = ROW_OPTIONAL),
    ROW_NAME(Box, "colour", colour, Colour, colour_name, COLOUR_BLUE + 1, .flags = ROW_OPTIONAL),
    ROW_NAME(Box, "ink", ink, Colour, colour_name, COLOUR_BLUE + 1,
             .flags = ROW_OPTIONAL | ROW_NAMED, .error = "an ink is unknown"),
    ROW_UINT64(Box, "count", count, .flags = ROW_OPTIONAL, .limit = 9),
    ROW_TEXTS(Box, "tags", tags, .flags = ROW_OPTIONAL),
    ROW_ARRAY(Box, "parts", parts, part_count, .flags = ROW_OPTIONAL),
    ROW_LIST(Box, "items", items, Item, item_record, .flags = ROW_OPTIONAL),
    ROW_LIST(Box, "many", many, Item, item_record, .flags = ROW_OPTIONAL | ROW_MANY),
    ROW_OBJECT(Box, "inner", inner, Item, item_record, .flags = ROW_OPTIONAL | ROW_NULLABLE),
};
static const Record box_record = RECORD(Box, box_rows);

/* Members of the patch replace those of the object, and null removes one. */
static Str patched(Str object, Str patch) {
    ObjectBuilder out = object_builder_new(arena);
    Value before, change, found;
    assert_true(json_parse_object(object, &before, arena));
    assert_true(json_parse_object(patch, &change, arena));
    for (size_t i = 0; i < before.count; i++) {
        if (!value_find(change, value_key_at(before, i), &found))
            object_builder_put(&out, value_key_at(before, i), value_at(before, i));
    }
    for (size_t i = 0; i < change.count; i++) {
        if (value_is_present(value_at(change, i)))
            object_builder_put(&out, value_key_at(change, i), value_at(change, i));
    }
    return json_text(object_builder_value(&out), arena);
}

/* From each box to each other: the patched text reads as the other, and has no absent member. */
static void merge_patches(void **) {
    static const char *const texts[] = {
        "{}",
        "{\"label\":\"a\",\"open\":true}",
        "{\"label\":\"a\",\"count\":3,\"tags\":[\"x\"],\"inner\":{\"name\":\"n\",\"size\":1}}",
        "{\"label\":\"b\",\"tags\":[\"x\",\"y\"],\"inner\":{\"name\":\"n\",\"size\":0}}",
        "{\"colour\":\"red\",\"items\":[{\"name\":\"i\",\"size\":2}],\"parts\":[\"p\"]}",
        "{\"colour\":\"blue\",\"items\":[{\"name\":\"i\",\"size\":3}]}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(texts); j++) {
            Box from = {0}, to = {0}, again = {0};
            const char *error;
            Str text, patch;
            assert_true(
                record_from_json(str_from_cstr(texts[i]), &box_record, &from, &error, arena));
            assert_true(record_from_json(str_from_cstr(texts[j]), &box_record, &to, &error, arena));
            patch = record_merge_patch(&box_record, &from, &to, arena);
            assert_int_equal(str_equal_cstr(patch, "{}"), i == j);
            text = patched(str_from_cstr(texts[i]), patch);
            assert_true(record_from_json(text, &box_record, &again, &error, arena));
            check_str_equal(record_to_json(&box_record, &again, 0, arena),
                            record_to_json(&box_record, &to, 0, arena));
            assert_true(str_find(text, STR("[]"), 0) == SIZE_MAX);
        }
    }
}

static void every_member(void **) {
    static const RecordSample samples[] = {{"count", "9", true}, {NULL, NULL, false}};
    RecordCase it = {&box_record, 0, samples, arena};
    record_case_members(Box, &box_record, NULL);
    record_case_rows(&it, NULL);
}

#define FULL 7

typedef struct Tank {
    uint64_t before, level, after;
} Tank;

static bool level_read(RecordReader *reading, const RecordRow *row, JsonToken token, void *member) {
    return record_uint64.read(reading, row, token, member);
}

static void level_write(RecordWriter *writing, const RecordRow *row, const void *member) {
    record_uint64.write(writing, row, member);
}

static bool level_is_absent(const void *member) {
    return *(const uint64_t *)member == FULL;
}

static void level_reset(void *member) {
    *(uint64_t *)member = FULL;
}

static const RecordCodec level = {level_read, level_write, level_is_absent, "no level",
                                  level_reset};

/* An absent member gets the value of its codec; the members beside it stay as they are. */
static void absent_members_are_reset(void **) {
    static const RecordRow rows[] = {
        {.key = STR_CONST("level"),
         .codec = &level,
         .offset = offsetof(Tank, level),
         .size = sizeof(uint64_t),
         .flags = ROW_OPTIONAL},
    };
    static const Record record = RECORD(Tank, rows);
    static const struct {
        const char *text;
        uint64_t level;
    } cases[] = {{"{}", FULL}, {"{\"level\":3}", 3}, {"{\"other\":3}", FULL}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Tank tank = {1, 2, 3};
        JsonReader reader = json_reader_new(str_from_cstr(cases[i].text), arena);
        RecordReader reading = {.reader = &reader, .arena = arena};
        assert_true(record_decode(&reading, &record, json_next(&reader), &tank));
        assert_int_equal(tank.before, 1);
        assert_int_equal(tank.level, cases[i].level);
        assert_int_equal(tank.after, 3);
    }
}

/* Numbers of 32 bits have their whole range. */
static void ranges_of_numbers(void **) {
    static const struct {
        const char *text;
        bool is_good;
    } rows[] = {
        {"0", true},           {"1", true},
        {"4294967294", true},  {"4294967295", true},
        {"4294967296", false}, {"-1", false},
        {"1.5", false},        {"18446744073709551616", false},
        {"\"1\"", false},      {"true", false},
        {"null", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Item item = {0};
        const char *error;
        Str text = str_format(arena, "{\"size\":%s}", rows[i].text);
        if (record_from_json(text, &item_record, &item, &error, arena) != rows[i].is_good)
            fail_msg("%s", rows[i].text);
        if (rows[i].is_good)
            check_str_equal(str_format(arena, "%u", item.size), str_from_cstr(rows[i].text));
    }
}

static void accepted(void **) {
    static const struct {
        const char *text;
        const char *again;
    } cases[] = {
        {"{}", "{\"label\":\"\"}"},
        {"{\"label\":null,\"note\":[{}],\"other\":{\"a\":[1]}}", "{\"label\":\"\"}"},
        {"{\"open\":false,\"colour\":\"\",\"count\":0,\"tags\":[]}", "{\"label\":\"\"}"},
        {"{\"note\":\"n\",\"label\":\"\\u0041\"}", "{\"label\":\"A\",\"note\":\"n\"}"},
        {"{\"inner\":null}", "{\"label\":\"\"}"},
        {"{\"inner\":{}}", "{\"label\":\"\"}"},
        {"{\"items\":[],\"many\":[]}", "{\"label\":\"\"}"},
        {"{\"label\":\"\",\"items\":[{\"name\":\"a\",\"size\":1},{\"name\":\"b\",\"size\":2},"
         "{\"name\":\"c\",\"size\":3}]}",
         "{\"label\":\"\",\"items\":[{\"name\":\"a\",\"size\":1},{\"name\":\"b\",\"size\":2},"
         "{\"name\":\"c\",\"size\":3}]}"},
        {"{\"inner\":{\"size\":2}}", "{\"label\":\"\",\"inner\":{\"name\":\"\",\"size\":2}}"},
        {"{\"tags\":[\"a\"],\"tags\":[\"b\"]}", "{\"label\":\"\",\"tags\":[\"a\",\"b\"]}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Box box = {0};
        const char *error;
        assert_true(
            record_from_json(str_from_cstr(cases[i].text), &box_record, &box, &error, arena));
        check_str(record_to_json(&box_record, &box, 0, arena), cases[i].again);
    }
}

static void rejected(void **) {
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"", "unexpected end of JSON input"},
        {"[]", "an object was expected"},
        {"{\"label\":1}", "a string was expected"},
        {"{\"open\":null}", "true or false was expected"},
        {"{\"colour\":\"green\"}", "a name is unknown"},
        {"{\"colour\":1}", "a string was expected"},
        {"{\"ink\":\"\"}", "an ink is unknown"},
        {"{\"ink\":1}", "a string was expected"},
        {"{\"count\":10}", "a number was expected"},
        {"{\"count\":-1}", "a number was expected"},
        {"{\"tags\":{}}", "an array was expected"},
        {"{\"parts\":[1]}", "a string was expected"},
        {"{\"items\":{}}", "an array was expected"},
        {"{\"items\":[1]}", "an object was expected"},
        {"{\"items\":[{\"size\":4294967296}]}", "a number was expected"},
        {"{\"many\":[{\"name\":\"a\",\"new\":1}]}", "an item has unknown members"},
        {"{\"note\":[1}", "invalid character '}' after array element"},
        {"{} {}", "invalid character '{' after top-level value"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Box box = {0};
        const char *error;
        assert_false(
            record_from_json(str_from_cstr(cases[i].text), &box_record, &box, &error, arena));
        assert_string_equal(error, cases[i].error);
    }
}

static void many_have_their_size(void **) {
    StrBuf text = strbuf_new(arena);
    for (int i = 0; i < 100; i++)
        strbuf_add_format(&text, "%s{\"size\":%d}", i ? "," : "{\"many\":[", i);
    strbuf_add(&text, STR("]}"));
    Box box = {0};
    const char *error;
    assert_true(record_from_json(strbuf_str(&text), &box_record, &box, &error, arena));
    assert_int_equal(box.many.count, 100);
    assert_int_equal(box.many.capacity, 100);
    assert_int_equal(box.many.items[99].size, 99);
}

/* Without absent members, whatever their rows allow. */
static void sparse(void **) {
    static const char *const cases[][2] = {
        {"{}", "{}"},
        {"{\"label\":\"a\"}", "{\"label\":\"a\"}"},
        {"{\"open\":true,\"inner\":{\"size\":2}}", "{\"open\":true,\"inner\":{\"size\":2}}"},
        {"{\"label\":\"a\",\"inner\":{\"name\":\"n\"},\"items\":[{}]}",
         "{\"label\":\"a\",\"items\":[{}],\"inner\":{\"name\":\"n\"}}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Box box = {0};
        const char *error;
        assert_true(record_from_json(str_from_cstr(cases[i][0]), &box_record, &box, &error, arena));
        check_str(record_to_sparse_json(&box_record, &box, arena), cases[i][1]);
    }
}

/* A text in the bytes of the reader is kept as it is; any other is copied. */
static void kept_texts(void **) {
    char bytes[] = "<\"text\">";
    Str whole = {bytes, sizeof(bytes) - 1}, document = str_slice(whole, 1, whole.len - 1);
    Arena *other = arena_open("reader");
    JsonReader reader = json_reader_new(document, other);
    RecordReader reading = {.reader = &reader, .arena = arena};
    for (size_t start = 0; start <= whole.len; start++) {
        for (size_t end = start; end <= whole.len; end++) {
            Str text = str_slice(whole, start, end), kept = record_keep(&reading, text);
            bool is_inside = start >= 1 && end <= whole.len - 1;
            if (text.len > 0)
                assert_int_equal(kept.ptr == text.ptr, is_inside);
            check_str_equal(kept, text);
        }
    }
    reading.arena = other;
    assert_ptr_equal(record_keep(&reading, whole).ptr, bytes); /* lives as long as the copy would */
    arena_close(other);
}

/* A member that is the same in all documents is written, and read as anything. */
static void constants(void **) {
    static const RecordRow rows[] = {
        {.key = STR_CONST("version"), .codec = &record_constant, .limit = 3},
        {.key = STR_CONST("kind"), .codec = &record_constant, .name = colour_name, .limit = 2},
        ROW_TEXT(Item, "name", name, .flags = ROW_OPTIONAL),
    };
    static const Record record = RECORD(Item, rows);
    static const char *const texts[] = {"{}", "{\"version\":4,\"kind\":{\"a\":[]}}"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        Item item = {0};
        const char *error;
        assert_true(record_from_json(str_from_cstr(texts[i]), &record, &item, &error, arena));
        check_str(record_to_json(&record, &item, 0, arena), "{\"version\":3,\"kind\":\"blue\"}");
    }
}

/* Texts of a clone outlive the document, also those of structs inside it. */
static void clones(void **) {
    Arena *other = arena_open("other");
    Box box = {.label = str_clone(STR("l"), other),
               .note = str_clone(STR("n"), other),
               .inner.name = str_clone(STR("i"), other),
               .count = 7};
    const char *before = box.label.ptr;
    record_clone_texts(&box_record, &box, arena);
    assert_ptr_not_equal(box.label.ptr, before);
    arena_close(other);
    check_str(box.label, "l");
    check_str(box.note, "n");
    check_str(box.inner.name, "i");
    assert_int_equal(box.count, 7);
}

/* A row of each other codec. */
typedef struct Mix {
    Str bytes;
    Str raw;
    Str list;
    Str any;
    int64_t number;
    bool is_loose;
} Mix;

static const RecordRow mix_rows[] = {
    ROW_BASE64(Mix, "bytes", bytes, .flags = ROW_OPTIONAL),
    ROW_RAW(Mix, "raw", raw, .flags = ROW_OPTIONAL, .limit = '{'),
    ROW_RAW(Mix, "list", list, .flags = ROW_OPTIONAL, .limit = '['),
    ROW_RAW(Mix, "any", any, .flags = ROW_OPTIONAL),
    ROW_FLAG(Mix, "loose", is_loose, .flags = ROW_OPTIONAL | ROW_LENIENT),
    ROW_INT64(Mix, "number", number, .flags = ROW_OPTIONAL),
};
static const Record mix_record = RECORD(Mix, mix_rows);

static void codecs(void **) {
    static const struct {
        const char *text;
        const char *again; /* NULL: rejected */
    } cases[] = {
        {"{\"bytes\":\"AP8=\"}", "{\"bytes\":\"AP8=\"}"},
        {"{\"bytes\":\"?\"}", NULL},
        {"{\"bytes\":1}", NULL},
        {"{\"raw\":{\"a\":1}}", "{\"raw\":{\"a\":1}}"},
        {"{\"raw\":[1]}", NULL},
        {"{\"raw\":{\"a\"}}", NULL},
        {"{\"list\":[1]}", "{\"list\":[1]}"},
        {"{\"list\":{}}", NULL},
        {"{\"any\":7}", "{\"any\":7}"},
        {"{\"any\":[7]}", "{\"any\":[7]}"},
        {"{\"loose\":true}", "{\"loose\":true}"},
        {"{\"loose\":\"x\"}", "{}"},
        {"{\"loose\":[true]}", "{}"},
        {"{\"loose\":[true}", NULL},
        {"{\"number\":-7}", "{\"number\":-7}"},
        {"{\"number\":9223372036854775807}", "{\"number\":9223372036854775807}"},
        {"{\"number\":0}", "{}"},
        {"{\"number\":9223372036854775808}", NULL},
        {"{\"number\":\"7\"}", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Mix mix = {0};
        const char *error;
        bool ok = record_from_json(str_from_cstr(cases[i].text), &mix_record, &mix, &error, arena);
        if (ok != (cases[i].again != NULL))
            fail_msg("%s", cases[i].text);
        if (ok)
            check_str(record_to_json(&mix_record, &mix, 0, arena), cases[i].again);
    }
}

static void read_mix(Str json, void *) {
    Mix mix = {0};
    const char *error;
    assert_false(record_from_json(json, &mix_record, &mix, &error, arena));
}

static void cut_short(void **) {
    broken_document_cut(STR("{\"bytes\":\"AP8=\",\"raw\":{\"a\":1},\"list\":[1],\"any\":{\"b\":2},"
                            "\"loose\":true,\"number\":-7}"),
                        read_mix, NULL);
}

/* A row of some variants only is written for these, and read for all. */
static unsigned variant_of(const void *record) {
    return 1U << ((const Item *)record)->size;
}

static void variants(void **) {
    static const RecordRow rows[] = {
        ROW_TEXT(Item, "name", name, .variants = 1U << 1 | 1U << 3),
        ROW_UINT32(Item, "size", size),
    };
    static const Record record = RECORD(Item, rows, .variant = variant_of);
    static const char *const wanted[] = {"{\"size\":0}", "{\"name\":\"n\",\"size\":1}",
                                         "{\"size\":2}", "{\"name\":\"n\",\"size\":3}"};
    for (uint32_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        Item item = {STR("n"), i};
        check_str(record_to_json(&record, &item, 0, arena), wanted[i]);
    }
}

UNIT_MAIN(test_record) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_of_numbers),
        cmocka_unit_test(absent_members_are_reset),
        cmocka_unit_test(variants),
        cmocka_unit_test(sparse),
        cmocka_unit_test(kept_texts),
        cmocka_unit_test(constants),
        cmocka_unit_test(clones),
        cmocka_unit_test(codecs),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(merge_patches),
        cmocka_unit_test(every_member),
        cmocka_unit_test(accepted),
        cmocka_unit_test(rejected),
        cmocka_unit_test(many_have_their_size),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
