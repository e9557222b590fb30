/* Patches between two objects. */
#include "merge_patch.h"
#include "object_case.h"

static void differences(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *before;
        const char *after;
        const char *patch;
    } cases[] = {
        {"{}", "{}", "{}"},
        {"{\"a\":1,\"b\":{\"c\":2}}", "{\"b\":{\"c\":2},\"a\":1}", "{}"},
        {"{\"a\":1}", "{\"b\":true}", "{\"a\":null,\"b\":true}"},
        {"{\"a\":{\"x\":1,\"y\":2},\"b\":{\"z\":3}}", "{\"a\":{\"x\":1},\"b\":{\"z\":3}}",
         "{\"a\":{\"y\":null}}"},
        {"{\"a\":[1,2],\"b\":[1]}", "{\"a\":[2],\"b\":[1]}", "{\"a\":[2]}"},
        {"{\"a\":{\"x\":1}}", "{\"a\":\"text\"}", "{\"a\":\"text\"}"},
        {"{\"a\":\"text\"}", "{\"a\":{\"x\":1}}", "{\"a\":{\"x\":1}}"},
        {"{\"a\":{\"x\":1}}", "{\"a\":{}}", "{\"a\":{\"x\":null}}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value patch = merge_patch_of(object_case(cases[i].before, arena),
                                     object_case(cases[i].after, arena), arena);
        check_str(json_text(patch, arena), cases[i].patch);
    }
}

UNIT_MAIN(test_merge_patch) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(differences)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
