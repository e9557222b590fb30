/* Directory names of module copies. */
#include "unit.h"

#include "module_fetch.h"

static void names(void **) {
    static const char *const cases[][2] = {
        {"git::https://h/o/net.git?ref=v1", ".loam/modules/net-"},
        {"https://h/x.tar.gz", ".loam/modules/x-"},
        {"h/n/m/libvirt", ".loam/modules/libvirt-"},
        {"git::ssh://git@h/a b\xc3\xa4", ".loam/modules/a_b__-"},
        {"https://h/..", ".loam/modules/_"},
        {"https://h/.hidden", ".loam/modules/_hidden-"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ModuleInstallOptions options = {.data_directory = STR(".loam")};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        LockEntry entry = {.source = str_from_cstr(cases[i][0]), .commit = STR("c")};
        Str copy = module_fetch_copy(&options, &entry, arena);
        if (!str_starts_with(copy, str_from_cstr(cases[i][1])))
            fail_msg("%s: %.*s", cases[i][0], STR_ARG(copy));
        assert_true(module_fetch_is_copy(disk_name_of(copy)));
        assert_false(str_starts_with(disk_name_of(copy), STR(".")));
    }
}

static void revisions_differ(void **) {
    static const LockEntry entries[] = {
        {.source = STR_CONST("s")},
        {.source = STR_CONST("s"), .version = STR_CONST("1")},
        {.source = STR_CONST("s"), .commit = STR_CONST("1")},
        {.source = STR_CONST("s"), .digest = STR_CONST("1")},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ModuleInstallOptions options = {.data_directory = STR(".loam")};
    for (size_t i = 0; i < ARRAY_COUNT(entries); i++) {
        for (size_t j = 0; j < i; j++)
            assert_false(str_equal(module_fetch_copy(&options, &entries[i], arena),
                                   module_fetch_copy(&options, &entries[j], arena)));
    }
}

static void other_names(void **) {
    static const char *const cases[] = {
        "", "vpc", "a-b", "vpc-0123456789abcde", "vpc-0123456789abcdeg", "modules.json"};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_false(module_fetch_is_copy(str_from_cstr(cases[i])));
}

UNIT_MAIN(test_module_fetch) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(revisions_differ),
                                       cmocka_unit_test(other_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
