/* Published test vectors; the form of random ones. */
#include "unit.h"

#include "uuid.h"

static void uuids(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str dns = STR("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    check_str(uuid_v5(dns, STR("www.example.com"), arena), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    check_str(uuid_v5(STR("6ba7b810"), STR("x"), arena), "");
    check_str(uuid_v5(STR("6ba7b810-9dad-11d1-80b4-00c04fd430cz"), STR("x"), arena), "");
    check_str(uuid_v5(STR("6ba7b8109-dad-11d1-80b4-00c04fd430c8"), STR("x"), arena), "");
    Str random = uuid_v4(arena);
    assert_int_equal(random.len, 36);
    assert_int_equal(random.ptr[14], '4');
    assert_non_null(strchr("89ab", random.ptr[19]));
    assert_false(str_equal(random, uuid_v4(arena)));
}

UNIT_MAIN(test_uuid) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uuids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
