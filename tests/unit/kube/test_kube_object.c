/* Reads members of objects, and changes them without touching the rest. */
#include "unit.h"

#include "kube_object.h"

#define OBJECT "{\"a\":{\"b\":{\"x\":\"1\"},\"c\":[1,2]},\"n\":null,\"z\":1.50}"

static Str text_of(Value object, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_write_value(&writer, object);
    return strbuf_str(&text);
}

static void members(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value object, found;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(STR(OBJECT), &object, &error, &offset, arena));
    check_str(kube_object_text(object, "a.b", "x"), "1");
    check_str(kube_object_text(object, "a.c", "x"), "");
    check_str(kube_object_text(object, "a.none", "x"), "");
    check_str(kube_object_text(object, "", "z"), "");
    assert_false(kube_object_find(object, "", "n", &found));
    Value changed = kube_object_with(object, "a.b", "app.io/y", value_from_cstr("2"), arena);
    check_str(text_of(changed, arena),
              "{\"a\":{\"b\":{\"app.io/y\":\"2\",\"x\":\"1\"},\"c\":[1,2]},"
              "\"n\":null,\"z\":1.5}");
    changed = kube_object_with(changed, "a", "b", value_null(&TYPE_DYNAMIC), arena);
    changed = kube_object_with(changed, "new.place", "k", value_from_cstr("v"), arena);
    check_str(text_of(changed, arena),
              "{\"a\":{\"c\":[1,2]},\"n\":null,\"new\":{\"place\":{\"k\":\"v\"}},\"z\":1.5}");
}

static void kept_objects_share_types(void **) {
    SCOPED(ArenaRef) keep = arena_open("test");
    Value kept[2];
    for (size_t i = 0; i < ARRAY_COUNT(kept); i++) {
        SCOPED(ArenaRef) scratch = arena_open("test");
        Value object;
        const char *error;
        size_t offset;
        assert_true(json_parse_any(STR(OBJECT), &object, &error, &offset, scratch));
        kept[i] = kube_object_keep(object, keep);
        assert_ptr_not_equal(kept[i].as.items, object.as.items);
    }
    assert_ptr_equal(kept[0].type, kept[1].type);
    assert_true(value_equal(kept[0], kept[1]));
    check_str(kube_object_text(kept[0], "a.b", "x"), "1");
    assert_ptr_equal(value_at(kept[0], 0).type, value_at(kept[1], 0).type);
}

UNIT_MAIN(test_kube_object) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members),
        cmocka_unit_test(kept_objects_share_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
