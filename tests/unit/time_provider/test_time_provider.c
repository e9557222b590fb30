/* A created object can be read, changed, imported and deleted. */
#include "resource_life.h"
#include "time_provider.h"

static void test_lives(void **) {
    static const struct {
        const ResourceType *type;
        ResourceLife life;
    } cases[] = {
        {&time_static, {"{}", "{\"triggers\":{\"a\":\"1\"}}", false}},
        {&time_static,
         {"{\"rfc3339\":\"2020-02-12T06:36:13Z\"}", "{\"rfc3339\":\"2021-02-12T06:36:13Z\"}",
          false}},
        {&time_offset, {"{\"offset_days\":1}", "{\"offset_days\":2}", false}},
        {&time_offset,
         {"{\"base_rfc3339\":\"2020-02-12T06:36:13Z\",\"offset_months\":1}",
          "{\"base_rfc3339\":\"2020-02-12T06:36:13Z\",\"offset_months\":1,\"triggers\":{\"a\":"
          "\"b\"}}",
          false}},
        {&time_rotating, {"{\"rotation_days\":9}", "{\"rotation_months\":2}", false}},
        {&time_sleep,
         {"{\"create_duration\":\"1ms\",\"destroy_duration\":\"1ms\"}",
          "{\"create_duration\":\"2ms\",\"triggers\":{\"a\":\"b\"}}", false}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(cases[i].type);
        check_life(&c, &cases[i].life);
        case_close(&c);
    }
}

UNIT_MAIN(test_time_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
