/* Secret parts of objects by kind. */
#include "object_case.h"
#include "object_secret.h"

static Str paths_of(Value object, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Paths paths = {0};
    object_secret_paths(object, path_attribute((Path){0}, STR("m"), arena), &paths, arena);
    vec_each(&paths, path) {
        Value found;
        strbuf_add_cstr(&text, text.len ? " " : "");
        strbuf_add(&text, path_to_str(*path, arena));
        Str *names = arena_new_array(arena, Str, 1);
        Value *items = arena_new_array(arena, Value, 1);
        names[0] = STR("m");
        items[0] = object;
        assert_true(path_get(value_object(names, items, 1, arena), *path, &found));
    }
    return strbuf_str(&text);
}

static void paths(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{},\"stringData\":{\"a\":\"b\"}}",
         ".m.data .m.stringData"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{}}", ""},
        {"{\"apiVersion\":\"x/v1\",\"kind\":\"Secret\",\"data\":{}}", ""},
        {"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":null}", ""},
        {"null", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(paths_of(object_case(cases[i][0], arena), arena), cases[i][1]);
    Value applied =
        object_case("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"annotations\":{"
                    "\"kubectl.kubernetes.io/last-applied-configuration\":\"{}\"}}}",
                    arena);
    assert_true(str_find(paths_of(applied, arena), STR("last-applied"), 0) != SIZE_MAX);
}

/* An object whose kind is not known yet may be a Secret. */
static void unknown_kinds(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str *names = arena_new_array(arena, Str, 3);
    Value *items = arena_new_array(arena, Value, 3);
    names[0] = STR("apiVersion"), names[1] = STR("data"), names[2] = STR("kind");
    items[0] = value_from_cstr("v1"), items[1] = value_from_cstr("d");
    items[2] = value_unknown(&TYPE_STRING);
    check_str(paths_of(value_object(names, items, 3, arena), arena), ".m.data");
}

static void masks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value secret =
        object_case("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{\"a\":\"aHVzaA==\"},"
                    "\"stringData\":{\"b\":\"quiet\",\"c\":\"\"}}",
                    arena);
    Str masked =
        object_secret_mask(secret, STR("hush, aHVzaA==, quiet and cXVpZXQ= in b; hush"), arena);
    check_str(masked, "(sensitive value), (sensitive value), (sensitive value) and (sensitive "
                      "value) in b; (sensitive value)");
    Value plain = object_case(
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"a\":\"hush\"}}", arena);
    check_str(object_secret_mask(plain, STR("hush"), arena), "hush");
}

UNIT_MAIN(test_object_secret) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(unknown_kinds),
        cmocka_unit_test(masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
