/* A created object can be read, changed, imported and deleted. */
#include "random_provider.h"
#include "resource_life.h"

static void test_lives(void **) {
    static const struct {
        const ResourceType *type;
        ResourceLife life;
    } cases[] = {
        {&random_id,
         {"{\"byte_length\":4}", "{\"byte_length\":4,\"keepers\":{\"a\":\"b\"}}", false}},
        {&random_integer, {"{\"min\":1,\"max\":9}", "{\"min\":1,\"max\":8,\"seed\":\"x\"}", false}},
        {&random_pet, {"{}", "{\"length\":3,\"prefix\":\"a\"}", false}},
        {&random_shuffle,
         {"{\"input\":[\"a\",\"b\"]}", "{\"input\":[\"a\",\"b\",\"c\"],\"result_count\":2}",
          false}},
        {&random_string, {"{\"length\":4}", "{\"length\":5,\"special\":false}", false}},
        {&random_password, {"{\"length\":4}", "{\"length\":5,\"min_lower\":2}", false}},
        {&random_uuid, {"{}", NULL, true}},
        {&random_uuid4, {"{}", NULL, true}},
        {&random_uuid7, {"{}", "{\"keepers\":{\"a\":\"b\"}}", false}},
        {&random_bytes, {"{\"length\":4}", "{\"length\":5}", false}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(cases[i].type);
        check_life(&c, &cases[i].life);
        case_close(&c);
    }
}

UNIT_MAIN(test_random_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
