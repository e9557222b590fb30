/* Values as small YAML. */
#include "yaml_text.h"

#include "json.h"
#include "unit.h"

static void test_texts(void **) {
    static const struct {
        const char *json;
        const char *yaml;
    } cases[] = {
        {"\"a: b\\n\"", "a: b\n"},
        {"{}", "{}\n"},
        {"{\"version\":2,\"on\":true,\"none\":null}", "none: null\n\"on\": true\nversion: 2\n"},
        {"{\"1\":1,\"1e3\":1,\"null\":1,\"-a\":1,\"a-b_1\":1}",
         "\"-a\": 1\n\"1\": 1\n\"1e3\": 1\na-b_1: 1\n\"null\": 1\n"},
        {"[\"\\u007f\\u0085\\u2028\\u2029\\ufeff\\u00e9\"]",
         "- \"\\u007f\\u0085\\u2028\\u2029\\ufeff\u00e9\"\n"},
        {"{\"a b\":\"52:54:00\"}", "\"a b\": \"52:54:00\"\n"},
        {"{\"x\":{\"y\":[\"1\",{\"z\":2,\"w\":[]}]}}",
         "x:\n  \"y\":\n    - \"1\"\n    -\n      w: []\n      z: 2\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Value value;
        const char *error = NULL;
        size_t offset = 0;
        assert_true(json_parse_any(str_from_cstr(cases[i].json), &value, &error, &offset, arena));
        check_str(yaml_text_of(value, arena), cases[i].yaml);
    }
}

UNIT_MAIN(test_yaml_text) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
