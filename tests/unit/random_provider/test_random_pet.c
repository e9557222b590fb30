/* random_pet: the configured number of words and the configured separator. */
#include "random_provider.h"
#include "resource_case.h"

static void test_words(void **) {
    static const struct {
        const char *json;
        char separator;
        size_t words;
    } cases[] = {
        {"{}", '-', 2},
        {"{\"length\":1}", '-', 1},
        {"{\"length\":5,\"separator\":\"_\"}", '_', 5},
        {"{\"length\":2,\"prefix\":\"web\"}", '-', 3},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&random_pet);
        check_done(&c, case_apply(&c, cases[i].json));
        Str rest = case_text(&c, "id"), word;
        size_t words = 0;
        while (str_next_field(&rest, cases[i].separator, &word)) {
            assert_true(word.len >= 2);
            words++;
        }
        assert_int_equal(words, cases[i].words);
        assert_true(case_is_settled(&c, cases[i].json));
        case_close(&c);
    }
}

UNIT_MAIN(test_random_pet) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
