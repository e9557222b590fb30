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

static const ScalarCase scalars[] = {
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
    {"", "-0x1f", "-31", false},
    {"", "+0x1f", "31", false},
    {"", "-0o17", "-15", false},
    {"", "0x", "\"0x\"", false},
    {"", "0o8", "\"0o8\"", false},
    {"", "0xg", "\"0xg\"", false},
    {"", "0x7fffffffffffffff", "9223372036854775807", false},
    {"", "0x8000000000000000", "\"0x8000000000000000\"", false},
    {"", "+5", "5", false},
    {"", "+5.", "5", false},
    {"", "-.5", "-0.5", false},
    {"", "5.", "5", false},
    {"", ".", "\".\"", false},
    {"", "-", "\"-\"", false},
    {"", "+", "\"+\"", false},
    {"", "--1", "\"--1\"", false},
    {"", "1e", "\"1e\"", false},
    {"", "1e+", "\"1e+\"", false},
    {"", "1E+2", "100", false},
    {"", "1e-2", "0.01", false},
    {"", "12.5e1", "125", false},
    {"", "1e2x", "\"1e2x\"", false},
    {"", "1.2.3", "\"1.2.3\"", false},
    {"", "1_000", "\"1_000\"", false},
    {"", "0b11", "\"0b11\"", false},
    {"", ".NaN", "the number .NaN is not supported", false},
    {"", ".NAN", "the number .NAN is not supported", false},
    {TAG "int", "0b11", "3", false},
    {TAG "int", "-0b11", "-3", false},
    {TAG "int", "+0B1", "1", false},
    {TAG "int", "0X1f", "31", false},
    {TAG "int", "0O17", "15", false},
    {TAG "int", "0b", "cannot parse \"0b\" as !!int", false},
    {TAG "int", "0b2", "cannot parse \"0b2\" as !!int", false},
    {TAG "int", "1b1", "cannot parse \"1b1\" as !!int", false},
    {TAG "int", "0q1", "cannot parse \"0q1\" as !!int", false},
    {TAG "int", "_", "cannot parse \"_\" as !!int", false},
    {TAG "float", "1.5", "1.5", false},
    {TAG "float", "~", "null", false},
    {TAG "null", "x", "null", false},
    {TAG "bool", "on", "true", false},
    {TAG "bool", "1", "cannot parse \"1\" as !!bool", false},
    {TAG "binary", "aGk=", "\"aGk=\"", false},
    {TAG "binary", "aGk", "cannot parse \"aGk\" as !!binary", false},
    {TAG "timestamp", "x", "cannot parse \"x\" as !!timestamp", false},
    {TAG "other", "x", "cannot parse \"x\" as !!other", false},
    {"!", "1", "\"1\"", false},
    {"", "2006-12-31", "\"2006-12-31T00:00:00Z\"", false},
    {"", "2006-1-2T3:4:5+01:00", "\"2006-01-02T03:04:05+01:00\"", false},
    {"", "2006-1-2T3:4:5", "\"2006-1-2T3:4:5\"", false},
    {"", "2006-1-2 3:4:5Z", "\"2006-1-2 3:4:5Z\"", false},
    {"", "2006-1", "\"2006-1\"", false},
    {"", "2006-", "\"2006-\"", false},
    {"", "2006", "2006", false},
    {"", "20060-1-2", "\"20060-1-2\"", false},
    {"", "206-1-2", "\"206-1-2\"", false},
    {"", "2006/1/2", "\"2006/1/2\"", false},
    {"", "2006-123-2", "\"2006-123-2\"", false},
    {"", "2006-1-", "\"2006-1-\"", false},
    {"", "2006-13-2", "\"2006-13-2\"", false},
    {"", "2006-1-2 3:4", "\"2006-1-2 3:4\"", false},
    {"", "2006-1-2 3:4:", "\"2006-1-2 3:4:\"", false},
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

static void test_yaml_scalar(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(scalars); i++) {
        const ScalarCase *c = &scalars[i];
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
        {"", "0X1F", "31", false},
        {"", "0B11", "3", false},
        {"", "0", "0", false},
        {"", "-0.0", "-0", false},
        {"", "0x7fffffffffffffff", "9223372036854775807", false},
        {"", "0xffffffffffffffff", "18446744073709551615", false},
        {"", "-0x8000000000000000", "-9223372036854775808", false},
        {"", "18446744073709551616", "18446744073709551616", false},
        {"", "-9223372036854775809", "-9223372036854775809", false},
        {"", "+.5", "0.5", false},
        {"", "-x", "\"-x\"", false},
        {"", "x1", "\"x1\"", false},
        {"", "._5", "\"._5\"", false},
        {"", ".5_0", "\".5_0\"", false},
        {"", "1e30", "1000000000000000000000000000000", false},
        {"", "-1e400", "\"-1e400\"", false},
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
        {TAG "bool", "~", "cannot parse \"~\" as !!bool", false},
        {TAG "bool", "1", "cannot parse \"1\" as !!bool", false},
        {TAG "int", "~", "cannot parse \"~\" as !!int", false},
        {TAG "float", "true", "cannot parse \"true\" as !!float", false},
        {TAG "null", "1", "cannot parse \"1\" as !!null", false},
        {TAG "int", ".inf", "the number .inf is not supported", false},
        {TAG "other", "x", "cannot parse \"x\" as !!other", false},
        {TAG "binary", "?", "cannot parse \"?\" as !!binary", false},
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

/* The core schema of YAML 1.2; numbers as decimal texts with all digits. */
static void test_core(void **) {
    static const struct {
        const char *text;
        YamlCoreType type;
        const char *number;
    } cases[] = {
        {"", YAML_CORE_NULL, NULL},
        {"~", YAML_CORE_NULL, NULL},
        {"null", YAML_CORE_NULL, NULL},
        {"nul", YAML_CORE_STRING, NULL},
        {"true", YAML_CORE_TRUE, NULL},
        {"True", YAML_CORE_TRUE, NULL},
        {"TRUE", YAML_CORE_TRUE, NULL},
        {"false", YAML_CORE_FALSE, NULL},
        {"FALSE", YAML_CORE_FALSE, NULL},
        {"tRue", YAML_CORE_STRING, NULL},
        {"yes", YAML_CORE_STRING, NULL},
        {"no", YAML_CORE_STRING, NULL},
        {"on", YAML_CORE_STRING, NULL},
        {"n", YAML_CORE_STRING, NULL},
        {".nan", YAML_CORE_NOT_FINITE, NULL},
        {".inf", YAML_CORE_NOT_FINITE, NULL},
        {"-.inf", YAML_CORE_NOT_FINITE, NULL},
        {"+.INF", YAML_CORE_NOT_FINITE, NULL},
        {"0", YAML_CORE_NUMBER, "0"},
        {"00", YAML_CORE_NUMBER, "0"},
        {"-0", YAML_CORE_NUMBER, "-0"},
        {"017", YAML_CORE_NUMBER, "17"},
        {"+17", YAML_CORE_NUMBER, "17"},
        {"-017", YAML_CORE_NUMBER, "-17"},
        {"1.50", YAML_CORE_NUMBER, "1.50"},
        {".5", YAML_CORE_NUMBER, "0.5"},
        {"-.5e3", YAML_CORE_NUMBER, "-0.5e3"},
        {"5.", YAML_CORE_NUMBER, "5"},
        {"5.e3", YAML_CORE_NUMBER, "5e3"},
        {"00.5", YAML_CORE_NUMBER, "0.5"},
        {"1E+2", YAML_CORE_NUMBER, "1E+2"},
        {"123456789012345678901234567890", YAML_CORE_NUMBER, "123456789012345678901234567890"},
        {"0o17", YAML_CORE_NUMBER, "15"},
        {"0o18", YAML_CORE_STRING, NULL},
        {"0o", YAML_CORE_STRING, NULL},
        {"0x1F", YAML_CORE_NUMBER, "31"},
        {"0x", YAML_CORE_STRING, NULL},
        {"0xg", YAML_CORE_STRING, NULL},
        {"0xffffffffffffffffffff", YAML_CORE_NUMBER, "1208925819614629174706175"},
        {"0b11", YAML_CORE_STRING, NULL},
        {"-0x1", YAML_CORE_STRING, NULL},
        {"1_000", YAML_CORE_STRING, NULL},
        {"2006-01-02", YAML_CORE_STRING, NULL},
        {"-", YAML_CORE_STRING, NULL},
        {"x", YAML_CORE_STRING, NULL},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str number = STR_EMPTY;
        YamlCoreType type = yaml_scalar_core(str_from_cstr(cases[i].text), &number, arena);
        if (type != cases[i].type)
            fail_msg("%s: %d", cases[i].text, (int)type);
        if (cases[i].number)
            check_str(number, cases[i].number);
    }
    /* At most 128 digits. */
    for (size_t digits = 128; digits <= 129; digits++) {
        StrBuf text = strbuf_new(arena);
        Str number;
        strbuf_add_cstr(&text, "0x");
        strbuf_add_repeat(&text, '0', digits - 1);
        strbuf_add_char(&text, '1');
        assert_int_equal(yaml_scalar_core(strbuf_str(&text), &number, arena),
                         digits == 128 ? YAML_CORE_NUMBER : YAML_CORE_STRING);
    }
}

UNIT_MAIN(test_yaml_scalar) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_yaml_scalar),
                                       cmocka_unit_test(test_words), cmocka_unit_test(test_core),
                                       cmocka_unit_test(test_manifest_scalar)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
