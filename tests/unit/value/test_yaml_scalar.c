/* The type of a scalar by its form, its quotes and its tag. */
#include "unit.h"

#include "yaml_scalar.h"

typedef struct ScalarCase {
    const char *tag;
    const char *text;
    const char *outcome; /* the output of value_display; of a rejected scalar, the reason */
    bool is_quoted;
} ScalarCase;

#define TAG "tag:yaml.org,2002:"

static void test_yaml_scalar(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScalarCase cases[] = {
        {"",        "0x1f",     "31",                               false},
        {"",        "0o17",     "15",                               false},
        {"",        "017",      "17",                               false},
        {"",        "1e2",      "100",                              false},
        {"",        ".5",       "0.5",                              false},
        {"",        "-1",       "-1",                               false},
        {"",        "~",        "null",                             false},
        {"",        "Null",     "null",                             false},
        {"",        "no",       "false",                            false},
        {"",        "On",       "true",                             false},
        {"",        "yes",      "\"yes\"",                          true },
        {"",        "10.0.0.1", "\"10.0.0.1\"",                     false},
        {TAG "str", "1",        "\"1\"",                            false},
        {TAG "int", "1_000",    "1000",                             false},
        {"",        "2006-1-2", "\"2006-01-02T00:00:00Z\"",         false},
        {"",        ".nan",     "the number .nan is not supported", false},
        {TAG "int", "x",        "cannot parse \"x\" as !!int",      false},
        {"!foo",    "1",        "unsupported tag \"!foo\"",         false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const ScalarCase *c = &cases[i];
        Value value;
        Str shown;
        if (yaml_scalar_read(str_from_cstr(c->tag), str_from_cstr(c->text), !c->is_quoted, &value,
                             &shown, arena))
            shown = value_display(value, 0, arena);
        check_str_at(shown, str_from_cstr(c->outcome), c->text, __FILE__, __LINE__);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_yaml_scalar)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
