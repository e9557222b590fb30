/* A created object can be read, changed, imported and deleted. */
#include "resource_life.h"
#include "terraform_provider.h"

static void test_lives(void **) {
    static const struct {
        const ResourceType *type;
        ResourceLife life;
    } cases[] = {
        {&terraform_data, {"{}", NULL, false}},
        {&terraform_data,
         {"{\"input\":{\"value\":\"a\",\"type\":\"string\"}}",
          "{\"input\":{\"value\":[\"b\"],\"type\":[\"list\",\"string\"]}}", false}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(cases[i].type);
        check_life(&c, &cases[i].life);
        case_close(&c);
    }
}

UNIT_MAIN(test_terraform_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
