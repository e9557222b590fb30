/* Selects the texts that are compared as YAML; the others are compared line by line. */
#include "plan_case.h"
#include "render_text_string.h"

typedef struct YamlPair {
    const char *before;
    const char *after;
    bool is_yaml;
} YamlPair;

static void reading(void **) {
    static const YamlPair cases[] = {
        {"a: 1\nb: 2", "a: 1\nb: 3", true},
        {"a: 1", "a: 1\nb: 3", true},
        {"- {a: 1}\n- {a: 2}", "- {a: 1}", true},
        {"#cloud-config\na: [1]", "#cloud-config\na: [2]", true},
        {"a: |\n  # sh\n  b", "a: |\n  # sh\n  c", true},
        {"a: x#1\nb: 1", "a: x#2\nb: 1", true}, /* not a comment */
        {"a: 1\nb: 2", "b: 2\na: 1", false},    /* only the order differs */
        {"a: yes\nb: 2", "a: true\nb: 2", false},
        {"a: 1 # one\nb: 2", "a: 1 # two\nb: 3", false},
        {"a: 1\nb: 2", "# new\na: 1\nb: 3", false},
        {"- a\n- b", "- a\n- c", false}, /* a list of strings */
        {"one\ntwo", "one\nthree", false},
        {"a: 1\nb: 2", "- a: 1\n- b: 2", false},
        {"a: 1\nb: 2", "a: [1\nb: 2", false},
        {"a: 1\n---\nb: 2", "a: 1\n---\nb: 3", false},
        {"a: 1\nb: 2", "", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value before, after;
        bool is_yaml = render_yaml_read(str_from_cstr(cases[i].before),
                                        str_from_cstr(cases[i].after), &before, &after, arena);
        if (is_yaml != cases[i].is_yaml)
            fail_msg("%s\n->\n%s", cases[i].before, cases[i].after);
    }
}

UNIT_MAIN(test_render_yaml) {
    const struct CMUnitTest tests[] = {PLAN_CASE(reading)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
