/* envelope: plain text passes, an envelope is refused. */
#include "envelope.h"
#include "unit.h"

typedef struct Case {
    const char *bytes;
    bool is_sealed;
} Case;

static const Case cases[] = {
    {"",                                                                       false},
    {"{}",                                                                     false},
    {"{\"version\": 4, \"encrypted_data\": \"x\"}",                            false},
    {"{\"serial\": 3, \"meta\": {\"a\": [1, {}]}, \"encrypted_data\": \"x\"}", true },
    {"{\"encrypted_data\": \"x\"",                                             true },
    {"{\"serial\": ",                                                          false},
    {"[1]",                                                                    false},
};

static void test_is_sealed(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        bool got = envelope_is_sealed(str_from_cstr(cases[i].bytes));
        if (got != cases[i].is_sealed)
            fail_msg("%s", cases[i].bytes);
    }
}

static void test_open(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Str out;
    assert_true(envelope_open(STR("A"), STR("{\"version\": 4}"), &out, &diags));
    check_str(out, "{\"version\": 4}");
    assert_false(envelope_open(STR("A"), STR("{\"encrypted_data\": \"\"}"), &out, &diags));
    assert_int_equal(diags.error_count, 1);
    check_str(diags.items[0].summary, "Encrypted content");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_is_sealed),
                                       cmocka_unit_test(test_open)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
