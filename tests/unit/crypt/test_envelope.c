/* envelope: recognized among other JSON and decoded; invalid envelopes are rejected. */
#include "envelope.h"
#include "unit.h"

typedef struct Case {
    const char *bytes;
    bool is_sealed;
} Case;

static const Case cases[] = {
    {"", false},
    {"{}", false},
    {"{\"version\": 4, \"encrypted_data\": \"x\"}", false},
    {"{\"serial\": 3, \"meta\": {\"a\": [1, {}]}, \"encrypted_data\": \"x\"}", true},
    {"{\"encryption_version\": \"v0\"", true},
    {"{\"encrypted_data\": \"x\"", true},
    {"{\"serial\": ", false},
    {"[1]", false},
};

static void test_is_sealed(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        bool got = envelope_is_sealed(str_from_cstr(cases[i].bytes));
        if (got != cases[i].is_sealed)
            fail_msg("%s", cases[i].bytes);
    }
}

#define META "\"meta\":{\"key_provider.pbkdf2.a\":\"e30=\"}"
#define DATA "\"encrypted_data\":\"AAEC\""
#define LAST "\"encryption_version\":\"v0\""
#define GOOD "{\"serial\":7,\"lineage\":\"l\"," META "," DATA "," LAST "}"

static void test_both_ways(void **) {
    static const char *const texts[] = {GOOD, "{" META "," DATA "," LAST "}",
                                        "{\"meta\":{}," DATA "," LAST "}"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Envelope envelope;
        const char *error;
        assert_true(envelope_decode(str_from_cstr(texts[i]), &envelope, &error, arena));
        assert_int_equal(envelope.head.is_given, i == 0);
        check_str_equal(envelope.data, ((Str){"\0\1\2", 3}));
        check_str(envelope_encode(&envelope, arena), texts[i]);
    }
}

static void test_as_others_write_it(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Envelope envelope;
    const char *error;
    Str text = STR("{\n  " LAST ",\n  \"meta\": null,\n  " DATA "\n}\n");
    assert_true(envelope_decode(text, &envelope, &error, arena));
    assert_int_equal(envelope.metas.count, 0);
}

static void test_damage(void **) {
    static const struct {
        const char *text, *error;
    } bad[] = {
        {"{\"serial\":7," META "," DATA "," LAST "}", "A member is missing."},
        {"{" META "," LAST "}", "A member is missing."},
        {"{" META "," DATA "}", "A member is missing."},
        {"{" META "," DATA "," DATA "," LAST "}", "Its encrypted content is damaged."},
        {"{" META "," DATA "," LAST ",\"x\":1}", "It has an unknown member."},
        {"{" META "," DATA ",\"encryption_version\":\"v1\"}",
         "Its format version is not supported."},
        {"{\"meta\":{\"a\":\"e31=\"}," DATA "," LAST "}", "Its key metadata is damaged."},
        {"{" META ",\"encrypted_data\":\"AA\"," LAST "}", "Its encrypted content is damaged."},
        {"{\"serial\":-1,\"lineage\":\"l\"," META "," DATA "," LAST "}",
         "Its serial is not a number."},
        {"{" META "," DATA "," LAST "} x", "It is not valid JSON."},
        {"{" META "," DATA "," LAST, "It is not valid JSON."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Envelope envelope;
        const char *error = NULL;
        assert_false(envelope_decode(str_from_cstr(bad[i].text), &envelope, &error, arena));
        check_str(str_from_cstr(error), bad[i].error);
    }
}

static void test_read_head(void **) {
    static const struct {
        const char *text;
        bool is_given;
    } heads[] = {
        {"{\"version\": 4, \"serial\": 3, \"lineage\": \"l\", \"x\": broken", true},
        {"{\"version\": 4, \"a\": {\"serial\": 1}, \"lineage\": \"l\"}", false},
        {"{\"serial\": 3}", false},
        {"PK\3\4", false},
        {"", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(heads); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        EnvelopeHead head = envelope_read_head(str_from_cstr(heads[i].text), arena);
        assert_int_equal(head.is_given, heads[i].is_given);
        assert_int_equal(head.serial, heads[i].is_given ? 3 : 0);
        check_str(head.lineage, heads[i].is_given ? "l" : "");
    }
}

static void test_base64(void **) {
    static const struct {
        const char *text;
        bool is_good;
    } texts[] = {
        {"", true},      {"QQ==", true}, {"QR==", false}, {"QUI=", true},
        {"QUJ=", false}, {"QUJD", true}, {"QQ", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Str out;
        bool got = envelope_from_base64(str_from_cstr(texts[i].text), &out, arena);
        if (got != texts[i].is_good)
            fail_msg("%s", texts[i].text);
    }
}

UNIT_MAIN(test_envelope) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_sealed),          cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_as_others_write_it), cmocka_unit_test(test_damage),
        cmocka_unit_test(test_read_head),          cmocka_unit_test(test_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
