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

static void test_yaml_scalar(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScalarCase cases[] = {
        {"", "0x1f", "31", false},
        {"", "0o17", "15", false},
        {"", "017", "17", false},
        {"", "1e2", "100", false},
        {"", ".5", "0.5", false},
        {"", "-1", "-1", false},
        {"", "~", "null", false},
        {"", "Null", "null", false},
        {"", "no", "false", false},
        {"", "On", "true", false},
        {"", "yes", "\"yes\"", true},
        {"", "10.0.0.1", "\"10.0.0.1\"", false},
        {TAG "str", "1", "\"1\"", false},
        {TAG "int", "1_000", "1000", false},
        {"", "2006-1-2t3:4:5.6Z", "\"2006-01-02T03:04:05.6Z\"", false},
        {"", "2006-1-2 3:4:5", "\"2006-01-02T03:04:05Z\"", false},
        {"", "2006-1-2x3:4:5Z", "\"2006-1-2x3:4:5Z\"", false},
        {TAG "int", "5", "\"5\"", true},
        {TAG "float", "5", "\"5\"", true},
        {TAG "bool", "true", "\"true\"", true},
        {TAG "null", "~", "\"~\"", true},
        {TAG "timestamp", "2001-12-14", "\"2001-12-14T00:00:00Z\"", true},
        {"", "2006-1-2", "\"2006-01-02T00:00:00Z\"", false},
        {"", ".nan", "the number .nan is not supported", false},
        {TAG "int", "x", "cannot parse \"x\" as !!int", false},
        {"!foo", "1", "unsupported tag \"!foo\"", false},
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

static void test_words(void **) {
    static const char *const words[] = {
        "n", "N", "no",  "No",  "NO",  "off", "Off", "OFF", "false", "False", "FALSE",
        "y", "Y", "yes", "Yes", "YES", "on",  "On",  "ON",  "true",  "True",  "TRUE",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        Value value;
        Str error;
        assert_true(
            yaml_scalar_read(STR_EMPTY, str_from_cstr(words[i]), true, &value, &error, arena));
        assert_true(value_equal(value, value_bool(i >= ARRAY_COUNT(words) / 2)));
    }
}

/* The same as sigs.k8s.io/yaml 1.6.0, which kubectl uses; it also accepts unknown tags. */
static void test_manifest_scalar(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScalarCase cases[] = {
        {"", "y", "true", false},
        {"", "N", "false", false},
        {"", "On", "true", false},
        {"", "off", "false", false},
        {"", "~", "null", false},
        {"", "", "null", false},
        {"", "017", "15", false},
        {"", "-017", "-15", false},
        {"", "0644", "420", false},
        {"", "08", "8", false},
        {"", "0o17", "15", false},
        {"", "0O17", "15", false},
        {"", "0x1F", "31", false},
        {"", "-0x10", "-16", false},
        {"", "0b11", "3", false},
        {"", "-0b11", "-3", false},
        {"", "0b2", "\"0b2\"", false},
        {"", "0x", "\"0x\"", false},
        {"", "1_000", "1000", false},
        {"", "1_", "1", false},
        {"", "_1", "\"_1\"", false},
        {"", "1_0.5", "10.5", false},
        {"", "+5", "5", false},
        {"", "+", "\"+\"", false},
        {"", "1e3", "1000", false},
        {"", "1e", "\"1e\"", false},
        {"", ".5", "0.5", false},
        {"", "5.", "5", false},
        {"", "1.2.3", "\"1.2.3\"", false},
        {"", "12:30:45", "\"12:30:45\"", false},
        {"", "2001-12-14", "\"2001-12-14\"", false},
        {"", "9223372036854775807", "9223372036854775807", false},
        {"", "18446744073709551615", "18446744073709551615", false},
        {"", "-9223372036854775808", "-9223372036854775808", false},
        {"", "-0", "0", false},
        {"", "1e400", "\"1e400\"", false},
        {"", "=", "\"=\"", false},
        {"", "on", "\"on\"", true},
        {"", ".inf", "the number .inf is not supported", false},
        {"", "-.INF", "the number -.INF is not supported", false},
        {"", ".nan", "the number .nan is not supported", false},
        {TAG "str", "1", "\"1\"", false},
        {"!", "1", "\"1\"", false},
        {TAG "int", "5", "5", true},
        {TAG "float", "1", "1", false},
        {TAG "bool", "true", "true", true},
        {TAG "bool", "x", "cannot parse \"x\" as !!bool", false},
        {TAG "int", "x", "cannot parse \"x\" as !!int", false},
        {TAG "null", "", "null", true},
        {TAG "binary", "aGk=", "\"hi\"", false},
        {TAG "binary", "/w==", "cannot parse \"/w==\" as !!binary", false},
        {TAG "timestamp", "2001-12-14", "\"2001-12-14\"", false},
        {"!foo", "1", "unsupported tag \"!foo\"", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const ScalarCase *c = &cases[i];
        Value value;
        Str shown;
        if (yaml_scalar_read_manifest(str_from_cstr(c->tag), str_from_cstr(c->text), !c->is_quoted,
                                      &value, &shown, arena))
            shown = value_display(value, 0, arena);
        check_str_at(shown, str_from_cstr(c->outcome), c->text, __FILE__, __LINE__);
    }
}

UNIT_MAIN(test_yaml_scalar) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_yaml_scalar),
                                       cmocka_unit_test(test_words),
                                       cmocka_unit_test(test_manifest_scalar)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
