/* Definitions of a plan, shared by the provider configurations of one server. */
#include "definitions.h"
#include "object_case.h"

#define DEFINITION                                                                                 \
    "{\"kind\":\"CustomResourceDefinition\",\"spec\":{\"group\":\"example.com\",\"names\":{"       \
    "\"kind\":\"Thing\"},\"versions\":[{\"name\":\"v1\",\"schema\":{\"openAPIV3Schema\":{"         \
    "\"type\":\"object\"}}}]}}"

static bool has(const Definitions *definitions, const char *version, Arena *arena) {
    KubeSchema schema;
    return definitions_find(definitions, STR("example.com"), str_from_cstr(version), STR("Thing"),
                            &schema, arena);
}

static void sharing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Definitions *a = definitions_open(STR("https://a")), *b = definitions_open(STR("https://b"));
    Definitions *again = definitions_open(STR("https://a"));
    definitions_add(a, object_case(DEFINITION, arena), arena);
    assert_true(has(again, "v1", arena));
    assert_false(has(again, "v2", arena));
    assert_false(has(b, "v1", arena));
    definitions_close(a);
    assert_true(has(again, "v1", arena));
    definitions_close(again);
    Definitions *later = definitions_open(STR("https://a"));
    assert_false(has(later, "v1", arena));
    definitions_close(later);
    definitions_close(b);
    definitions_close(NULL);
}

UNIT_MAIN(test_definitions) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
