/* Identity of objects, and import IDs. */
#include "object_case.h"
#include "object_key.h"

static void keys(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\","
         "\"namespace\":\"x\"}}",
         "apps/Deployment/x/web"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"x\"}}",
         "/Namespace//x"},
        {"{\"apiVersion\":1,\"kind\":[],\"metadata\":\"\"}", "///"},
        {"null", "///"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ObjectKey key = object_key_of(object_case(cases[i][0], arena));
        check_str(object_key_text(&key, arena), cases[i][1]);
    }
}

static void import_ids(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"apiVersion=apps/v1,kind=Deployment,namespace=x,name=web",
         "apiVersion=apps/v1,kind=Deployment,namespace=x,name=web"},
        {" name=web , kind=Node,apiVersion=v1", "apiVersion=v1,kind=Node,name=web"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ObjectKey key;
        Str problem = STR_EMPTY;
        if (!object_key_parse(str_from_cstr(cases[i][0]), &key, &problem, arena))
            fail_msg("%.*s", STR_ARG(problem));
        check_str(object_key_import_id(&key, arena), cases[i][1]);
    }
}

static void bad_import_ids(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"", "needs apiVersion"},
        {"apiVersion=v1,kind=Pod", "needs apiVersion"},
        {"apiVersion=v1,kind=Pod,name", "The part \"name\""},
        {"apiVersion=v1,kind=Pod,name=", "The part \"name=\""},
        {"apiVersion=v1,kind=Pod,names=a", "The part \"names=a\""},
        {"apiVersion=v1,kind=Pod,name=a,name=b", "The part \"name=b\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ObjectKey key;
        Str problem = STR_EMPTY;
        assert_false(object_key_parse(str_from_cstr(cases[i][0]), &key, &problem, arena));
        if (str_find(problem, str_from_cstr(cases[i][1]), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", cases[i][0], STR_ARG(problem));
    }
}

/* A kind that such a group lacks is misspelled; other groups may be defined later. */
static void builtin_groups(void **) {
    static const struct {
        const char *group;
        bool is_builtin;
    } cases[] = {
        {"", true},
        {"apps", true},
        {"rbac.authorization.k8s.io", true},
        {"gateway.networking.k8s.io", false},
        {"toys.example.com", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ObjectKey key = {.group = str_from_cstr(cases[i].group)};
        assert_int_equal(object_key_is_builtin(&key), cases[i].is_builtin);
    }
}

UNIT_MAIN(test_object_key) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(builtin_groups),
        cmocka_unit_test(import_ids),
        cmocka_unit_test(bad_import_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
