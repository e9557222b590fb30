#include "arena_case.h"

#include "json.h"
#include "path.h"

#include <math.h>

static Path attribute(Path base, const char *name) {
    return path_attribute(base, str_from_cstr(name), arena);
}

static Path at(Path base, int64_t i) {
    return path_index(base, value_int(i), arena);
}

static Path key(Path base, const char *text) {
    return path_index(base, value_from_cstr(text), arena);
}

static const Path root = {0};

/* {disks = [{size = 1}, {size = 2}], tags = {"env" = "dev"}, names = set of "a" and "b"} */
static Value sample(void) {
    Value *disks = arena_new_array(arena, Value, 2);
    for (size_t i = 0; i < 2; i++) {
        Str *names = arena_new(arena, Str);
        Value *fields = arena_new(arena, Value);
        *names = STR("size");
        *fields = value_int((int64_t)i + 1);
        disks[i] = value_object(names, fields, 1, arena);
    }
    Str *keys = arena_new(arena, Str);
    Value *tags = arena_new(arena, Value);
    *keys = STR("env");
    *tags = value_from_cstr("dev");
    Value *elements = arena_new_array(arena, Value, 2);
    elements[0] = value_from_cstr("a");
    elements[1] = value_from_cstr("b");
    Str *names = arena_new_array(arena, Str, 3);
    Value *items = arena_new_array(arena, Value, 3);
    names[0] = STR("disks");
    items[0] = value_list(disks[0].type, disks, 2, arena);
    names[1] = STR("tags");
    items[1] = value_map(&TYPE_STRING, keys, tags, 1, arena);
    names[2] = STR("names");
    items[2] = value_set(&TYPE_STRING, elements, 2, arena);
    return value_object(names, items, 3, arena);
}

static void texts(void **) {
    check_str(path_to_str(attribute(at(attribute(root, "disk"), 0), "size"), arena),
              ".disk[0].size");
    check_str(path_to_str(key(attribute(root, "tags"), "a\"b"), arena), ".tags[\"a\\\"b\"]");
    check_str(path_to_str(root, arena), "");
    check_str(path_to_str(attribute(attribute(attribute(root, "labels"), "a.b/c"), "d"), arena),
              ".labels[\"a.b/c\"].d");
    check_str(
        path_to_str(path_join(attribute(root, "a"), at(attribute(root, "b"), 1), arena), arena),
        ".a.b[1]");
}

/* A joined path has the steps of both, in order. */
static void joined(void **) {
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    for (size_t left = 0; left <= 3; left++) {
        for (size_t right = 0; right <= 3; right++) {
            Path base = root, inside = root, whole = root;
            for (size_t i = 0; i < left; i++)
                base = attribute(base, names[i]);
            for (size_t i = left; i < left + right; i++)
                inside = attribute(inside, names[i]);
            for (size_t i = 0; i < left + right; i++)
                whole = attribute(whole, names[i]);
            Path path = path_join(base, inside, arena);
            assert_int_equal(path_compare(path, whole), 0);
            check_str_equal(path_to_str(path, arena), path_to_str(whole, arena));
        }
    }
}

static const char shown[] = "{disks = [{size = 1}, {size = 2}], names = [\"a\", \"b\"], "
                            "tags = {\"env\" = \"dev\"}}";

/* wanted NULL: no value at this path. */
static void check_found(Path path, const char *wanted) {
    Value found;
    bool there = path_get(sample(), path, &found);
    assert_int_equal(there, wanted != NULL);
    if (there)
        check_str(value_display(found, 0, arena), wanted);
}

static void values_are_found(void **) {
    Path disks = attribute(root, "disks"), tags = attribute(root, "tags");
    Path names = attribute(root, "names"), none = attribute(root, "none");
    check_found(root, shown);
    check_found(attribute(at(disks, 1), "size"), "2");
    check_found(at(disks, 2), NULL);
    check_found(at(disks, -1), NULL);
    check_found(key(disks, "0"), NULL);
    check_found(attribute(disks, "size"), NULL);
    check_found(path_index(disks, value_bool(true), arena), NULL);
    check_found(path_index(disks, value_unknown(&TYPE_NUMBER), arena), NULL);
    check_found(path_index(disks, value_null(&TYPE_NUMBER), arena), NULL);
    Value half;
    assert_true(value_from_number_text(STR("0.5"), &half, arena));
    check_found(path_index(disks, half, arena), NULL);
    check_found(key(tags, "env"), "\"dev\"");
    check_found(attribute(tags, "env"), "\"dev\"");
    check_found(key(tags, "none"), NULL);
    check_found(key(names, "b"), "\"b\"");
    check_found(key(names, "c"), NULL);
    check_found(none, NULL);
    check_found(attribute(none, "deeper"), NULL);
}

static void absent_values_have_absent_parts(void **) {
    Value found;
    Path deep = attribute(at(attribute(root, "disks"), 7), "size");
    assert_true(path_get(value_null(sample().type), deep, &found));
    assert_true(value_is_null(found));
    assert_ptr_equal(found.type, &TYPE_NUMBER);
    Value unknown = value_with_marks(value_unknown(sample().type), MARK_SENSITIVE);
    assert_true(path_get(unknown, deep, &found));
    assert_false(value_is_known(found));
    assert_true(value_has_mark(found, MARK_SENSITIVE));
    assert_false(path_get(value_null(sample().type), attribute(root, "none"), &found));
    assert_true(path_get(value_unknown(&TYPE_DYNAMIC), deep, &found));
}

static void values_are_replaced(void **) {
    Path size = attribute(at(attribute(root, "disks"), 0), "size");
    Value changed = path_set(sample(), size, value_int(9), arena);
    check_str(value_display(changed, 0, arena),
              "{disks = [{size = 9}, {size = 2}], names = [\"a\", \"b\"], tags = {\"env\" = "
              "\"dev\"}}");
    Value same = path_set(sample(), attribute(root, "none"), value_int(9), arena);
    assert_true(value_identical(same, sample()));
    Value set = path_set(sample(), key(attribute(root, "names"), "a"), value_from_cstr("z"), arena);
    check_str(value_display(value_attribute(set, STR("names")), 0, arena), "[\"b\", \"z\"]");
    assert_int_equal(path_set(sample(), root, value_int(1), arena).as.integer, 1);
}

static void marks_are_put_and_found(void **) {
    Paths paths = {0};
    vec_push(arena, &paths, attribute(at(attribute(root, "disks"), 1), "size"));
    vec_push(arena, &paths, attribute(root, "tags"));
    vec_push(arena, &paths, key(attribute(root, "tags"), "env"));
    vec_push(arena, &paths, key(attribute(root, "names"), "a"));
    vec_push(arena, &paths, attribute(root, "none"));
    Value marked = path_mark(sample(), &paths, MARK_SENSITIVE, arena);
    assert_true(value_equal(marked, sample()));
    Paths found = {0};
    path_find_marks(marked, MARK_SENSITIVE, &found, arena);
    static const char *const wanted[] = {".disks[1].size", ".names", ".tags", ".tags[\"env\"]"};
    assert_int_equal(found.count, ARRAY_COUNT(wanted));
    for (size_t i = 0; i < found.count; i++) {
        check_str(path_to_str(found.items[i], arena), wanted[i]);
    }
    vec_clear(&found);
    path_find_marks(marked, MARK_EPHEMERAL, &found, arena);
    assert_int_equal(found.count, 0);
}

static void infinity_is_found(void **) {
    Value infinite = value_from_number(number_from_double(INFINITY, arena));
    Value items[] = {value_int(1), value_unknown(&TYPE_NUMBER), infinite};
    Value tuple = value_tuple(items, ARRAY_COUNT(items), arena);
    Path found;
    assert_true(path_find_unstorable(tuple, &found, arena));
    check_str(path_to_str(found, arena), "[2]");
    assert_true(path_find_unstorable(infinite, &found, arena));
    assert_int_equal(found.count, 0);
    assert_false(path_find_unstorable(value_tuple(items, 2, arena), &found, arena));
    assert_false(path_find_unstorable(value_null(&TYPE_NUMBER), &found, arena));
}

static void comparison(void **) {
    Path short_path = attribute(root, "a"), long_path = at(short_path, 1);
    assert_true(path_starts_with(long_path, short_path));
    assert_false(path_starts_with(short_path, long_path));
    assert_true(path_starts_with(short_path, root));
    assert_true(path_equal(long_path, at(attribute(root, "a"), 1)));
    assert_false(path_equal(key(root, "a"), attribute(root, "a")));
    assert_true(path_compare(short_path, long_path) < 0);
    assert_true(path_compare(at(root, 10), at(root, 9)) > 0);
    Paths paths = {0};
    vec_push(arena, &paths, long_path);
    assert_true(paths_has(&paths, long_path));
    assert_false(paths_has(&paths, short_path));
}

static void clones_outlive_the_original(void **) {
    Arena *other = arena_open("other");
    Path path = path_index(path_attribute(root, str_clone(STR("tags"), other), other),
                           value_string(str_clone(STR("env"), other), other), other);
    Path clone = path_clone(path, arena);
    arena_close(other);
    check_str(path_to_str(clone, arena), ".tags[\"env\"]");
}

/* Parsing stops at the first invalid step. */
static void check_differences(Value before, Value after, const char *wanted) {
    Paths paths = {0};
    StrBuf text = strbuf_new(arena);
    path_find_differences(before, after, &paths, arena);
    vec_each(&paths, path) {
        strbuf_add_format(&text, "%s%.*s", text.len ? " " : "", STR_ARG(path_to_str(*path, arena)));
    }
    assert_int_equal(paths.count > 0, wanted != NULL);
    if (wanted)
        check_str(strbuf_str(&text), wanted);
}

static Value tuple_of(size_t count, int64_t first) {
    Value *items = arena_new_array(arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = value_int(first + (int64_t)i);
    return value_tuple(items, count, arena);
}

static Value object_of(const char *name, Value item, const char *other) {
    Str *names = arena_new_array(arena, Str, 2);
    Value *items = arena_new_array(arena, Value, 2);
    names[0] = str_from_cstr(name);
    items[0] = item;
    names[1] = str_from_cstr(other);
    items[1] = value_int(0);
    return value_object(names, items, 2, arena);
}

/* Members by name, elements by number if the lengths are equal, all else as a whole. */
static void differences(void **) {
    Value one = tuple_of(1, 1), two = tuple_of(2, 1), other = tuple_of(2, 2);
    Value changed =
        path_set(sample(), key(attribute(root, "tags"), "env"), value_from_cstr("x"), arena);
    check_differences(sample(), sample(), NULL);
    check_differences(sample(), changed, ".tags[\"env\"]");
    changed =
        path_set(changed, attribute(at(attribute(root, "disks"), 1), "size"), value_int(9), arena);
    check_differences(sample(), changed, ".disks[1].size .tags[\"env\"]");
    check_differences(two, other, "[0] [1]");
    check_differences(two, one, "");
    check_differences(two, value_int(1), "");
    check_differences(value_null(two.type), two, "");
    check_differences(two, value_unknown(two.type), "");
    check_differences(two, sample(), "");
    check_differences(sample(), two, "");
    check_differences(object_of("a", one, "x"), object_of("b", one, "x"), ".a .b");
    check_differences(object_of("a", one, "x"), object_of("a", two, "x"), ".a");
    check_differences(value_attribute(sample(), STR("names")),
                      value_attribute(path_set(sample(), key(attribute(root, "names"), "a"),
                                               value_from_cstr("z"), arena),
                                      STR("names")),
                      "");
    check_differences(value_with_marks(two, MARK_SENSITIVE), other, "");
    check_differences(two, value_with_marks(other, MARK_SENSITIVE), "");
}

/* Members that only one side has are found, however many there are. */
static void different_members(void **) {
    static const struct {
        const char *before, *after, *wanted;
    } rows[] = {
        {"{\"a\":1}", "{\"a\":1,\"b\":2,\"c\":3}", ".b .c"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1}", ".b .c"},
        {"{\"a\":1,\"d\":1}", "{\"b\":2,\"c\":3,\"d\":2}", ".a .d .b .c"},
        {"{}", "{\"a\":1,\"b\":2}", ".a .b"},
        {"{\"x\":{\"a\":1}}", "{\"x\":{\"a\":2,\"b\":1},\"y\":1}", ".x.a .x.b .y"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Value before, after;
        assert_true(json_parse_object(str_from_cstr(rows[i].before), &before, arena));
        assert_true(json_parse_object(str_from_cstr(rows[i].after), &after, arena));
        check_differences(before, after, rows[i].wanted);
    }
}

/* In each kind of value that holds others. */
static void infinity_in_collections(void **) {
    Value infinite = value_from_number(number_from_double(INFINITY, arena));
    Value numbers[] = {value_int(1), infinite};
    Str names[] = {STR("k"), STR("l")};
    Value held[] = {
        value_list(&TYPE_NUMBER, numbers, 2, arena),
        value_set(&TYPE_NUMBER, numbers, 2, arena),
        value_map(&TYPE_NUMBER, names, numbers, 2, arena),
        value_tuple(numbers, 2, arena),
        value_object(names, numbers, 2, arena),
    };
    for (size_t i = 0; i < ARRAY_COUNT(held); i++) {
        Value outer[] = {value_from_cstr("x"), held[i]}, one[] = {held[i]};
        Value holders[] = {
            held[i], value_tuple(outer, 2, arena), value_object(names, outer, 2, arena),
            value_list(held[i].type, one, 1, arena), value_map(held[i].type, names, one, 1, arena)};
        for (size_t k = 0; k < ARRAY_COUNT(holders); k++) {
            Path found;
            Value item;
            assert_true(path_find_unstorable(holders[k], &found, arena));
            assert_int_equal(found.count, k == 0 ? 1 : 2);
            assert_true(path_get(holders[k], found, &item));
            assert_true(value_equal(item, infinite));
        }
    }
}

/* Every key of maps and objects of any size, and those between them. */
static void keys_of_any_map(void **) {
    for (size_t count = 0; count < 20; count++) {
        Str *keys = arena_new_array(arena, Str, count + 1);
        Value *items = arena_new_array(arena, Value, count + 1);
        for (size_t i = 0; i < count; i++) {
            keys[i] = str_format(arena, "k%02zu", 2 * i + 1);
            items[i] = value_int((int64_t)(2 * i + 1));
        }
        Value map = value_map(&TYPE_NUMBER, keys, items, count, arena), found;
        Value object = value_object(keys, items, count, arena);
        for (size_t i = 0; i < 2 * count + 2; i++) {
            Str name = str_format(arena, "k%02zu", i);
            Path path = path_index(root, value_from_str(name), arena);
            bool is_key = i % 2 == 1 && i < 2 * count;
            assert_int_equal(path_get(map, path, &found), is_key);
            if (is_key)
                assert_true(value_equal(found, value_int((int64_t)i)));
            assert_int_equal(path_get(object, path, &found), is_key);
            if (is_key)
                assert_true(value_equal(found, value_int((int64_t)i)));
        }
    }
}

/* The bytes have no end, so that the sanitizer sees a read behind them. */
static void cut_texts(void **) {
    static const char whole[] = ".a[1].bc[\"k\\\"\\n.[x\"][-20].d[\"\"]";
    Path path = path_parse(str_from_cstr(whole), arena);
    check_str(path_to_str(path, arena), whole);
    for (size_t size = 0; size < sizeof(whole); size++) {
        char *bytes = malloc(size + 1);
        memcpy(bytes + 1, whole, size);
        Path cut = path_parse((Str){bytes + 1, size}, arena);
        assert_true(cut.count <= path.count);
        if (cut.count > 0) /* the last name may be cut */
            assert_true(path_starts_with(path, (Path){cut.steps, cut.count - 1}));
        free(bytes);
    }
}

static void nested_infinity(void **) {
    Value infinite = value_from_number(number_from_double(INFINITY, arena));
    Value big;
    Path found;
    assert_true(value_from_number_text(STR("123456789012345678901234567890"), &big, arena));
    Value inner[] = {big, infinite}, nulls[] = {value_null(&TYPE_NUMBER), big};
    Value object = object_of("a", value_tuple(inner, 2, arena), "b");
    assert_true(path_find_unstorable(object, &found, arena));
    check_str(path_to_str(found, arena), ".a[1]");
    assert_false(path_find_unstorable(value_tuple(nulls, 2, arena), &found, arena));
    assert_false(path_find_unstorable(value_from_cstr("x"), &found, arena));
    assert_false(path_find_unstorable(value_unknown(object.type), &found, arena));
}

/* Steps below absent values, by type. */
static void absent_parts(void **) {
    Value nothing = value_null(sample().type), found;
    Path disks = attribute(root, "disks"), tags = attribute(root, "tags");
    Path names = attribute(root, "names");
    assert_true(path_get(nothing, key(tags, "x"), &found));
    assert_true(path_get(nothing, attribute(tags, "x"), &found));
    assert_true(path_get(nothing, key(names, "x"), &found));
    assert_false(path_get(nothing, attribute(names, "x"), &found));
    assert_false(path_get(nothing, key(disks, "x"), &found));
    assert_false(path_get(nothing, at(tags, 1), &found));
    assert_false(path_get(nothing, attribute(at(disks, 0), "none"), &found));
    assert_false(path_get(nothing, at(attribute(at(disks, 0), "size"), 0), &found));
    Value pair = value_null(tuple_of(2, 1).type);
    assert_true(path_get(pair, at(root, 1), &found));
    assert_false(path_get(pair, at(root, 2), &found));
    assert_false(path_get(pair, at(root, -1), &found));
    assert_false(path_get(sample(), attribute(names, "a"), &found));
    assert_false(path_get(sample(), at(attribute(at(disks, 0), "size"), 0), &found));
}

static void names_with_signs(void **) {
    check_str(path_to_str(attribute(root, ".a"), arena), "[\".a\"]");
    check_str(path_to_str(attribute(root, "[a"), arena), "[\"[a\"]");
    check_str(path_to_str(attribute(root, "a[0]"), arena), "[\"a[0]\"]");
    assert_int_equal(path_compare(at(attribute(root, "a"), 1), at(attribute(root, "a"), 1)), 0);
    assert_true(path_compare(at(attribute(root, "a"), 1), at(attribute(root, "a"), 2)) < 0);
    assert_true(path_compare(at(attribute(root, "b"), 1), at(attribute(root, "a"), 2)) > 0);
    assert_true(path_compare(at(attribute(root, "a"), 1), attribute(root, "a")) > 0);
    assert_false(path_starts_with(at(attribute(root, "a"), 1), at(attribute(root, "a"), 2)));
}

static void texts_are_parsed(void **) {
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", ""},
        {".name", ".name"},
        {".disk[1].size", ".disk[1].size"},
        {".tags[\"a.b[0]\"].x", ".tags[\"a.b[0]\"].x"},
        {".tags[\"q\\\"uote\"]", ".tags[\"q\\\"uote\"]"},
        {".set[{}].size", ".set"},
        {".open[\"x", ".open"},
        {".empty[\"\"].x", ".empty[\"\"].x"},
        {"[\"a\"][1]", "[\"a\"][1]"},
        {".a[\"b\"", ".a"},
        {".a[\"b\"x].c", ".a"},
        {".a[\"n\\n\\t\\\\\"]", ".a[\"n\\n\\t\\\\\"]"},
        {".a[\"b\\", ".a"},
        {".a[1", ".a"},
        {".[1].b", ".[1].b"},
        {".a.", ".a."},
        {"..a", "..a"},
        {".a[]", ".a"},
        {".a[12][3]", ".a[12][3]"},
        {".a[-1].b", ".a[-1].b"},
        {"name", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Path path = path_parse(str_from_cstr(cases[i].text), arena);
        check_str(path.count ? path_to_str(path, arena) : STR_EMPTY, cases[i].wanted);
    }
}

UNIT_MAIN(test_path) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences),
        cmocka_unit_test(different_members),
        cmocka_unit_test(infinity_in_collections),
        cmocka_unit_test(keys_of_any_map),
        cmocka_unit_test(cut_texts),
        cmocka_unit_test(nested_infinity),
        cmocka_unit_test(absent_parts),
        cmocka_unit_test(names_with_signs),
        cmocka_unit_test(texts),
        cmocka_unit_test(joined),
        cmocka_unit_test(values_are_found),
        cmocka_unit_test(absent_values_have_absent_parts),
        cmocka_unit_test(values_are_replaced),
        cmocka_unit_test(marks_are_put_and_found),
        cmocka_unit_test(infinity_is_found),
        cmocka_unit_test(comparison),
        cmocka_unit_test(clones_outlive_the_original),
        cmocka_unit_test(texts_are_parsed),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
