/* random_string and random_password: results satisfy the arguments. */
#include "random_provider.h"
#include "resource_case.h"
#include "utf8.h"

static size_t count_of(Str text, const char *characters) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += strchr(characters, text.ptr[i]) != NULL;
    return count;
}

static void test_settings(void **) {
    static const struct {
        const char *json, *allowed, *least;
        size_t length, least_count;
    } cases[] = {
        {"{\"length\":40,\"special\":false,\"upper\":false,\"numeric\":false}",
         "abcdefghijklmnopqrstuvwxyz", "", 40, 0},
        {"{\"length\":30,\"lower\":false,\"upper\":false,\"special\":false}", "0123456789", "", 30,
         0},
        {"{\"length\":9,\"override_special\":\"_\",\"min_special\":9}", "_", "_", 9, 9},
        {"{\"length\":50,\"number\":false,\"special\":false,\"lower\":false}",
         "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "", 50, 0},
        {"{\"length\":5,\"min_numeric\":3}", NULL, "0123456789", 5, 3},
        {"{\"length\":5,\"upper\":false,\"min_upper\":2}", NULL, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 5,
         2},
        {"{\"length\":9,\"override_special\":\"\",\"min_special\":9}", "!@#$%&*()-_=+[]{}<>:?", "",
         9, 0},
        {"{\"length\":1}", NULL, "", 1, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        for (int round = 0; round < 20; round++) {
            ResourceCase c = case_open(&random_string);
            check_done(&c, case_validate(&c, cases[i].json));
            check_done(&c, case_apply(&c, cases[i].json));
            Str text = case_text(&c, "result");
            assert_int_equal(text.len, cases[i].length);
            if (cases[i].allowed)
                assert_int_equal(count_of(text, cases[i].allowed), text.len);
            assert_true(count_of(text, cases[i].least) >= cases[i].least_count);
            assert_true(case_is_settled(&c, cases[i].json));
            case_close(&c);
        }
    }
}

/* Characters of several bytes are never split, and the length counts characters. */
static void test_characters_of_several_bytes(void **) {
    const char *json = "{\"length\":7,\"override_special\":\"ä€\",\"min_special\":7}";
    for (int round = 0; round < 20; round++) {
        ResourceCase c = case_open(&random_string);
        check_done(&c, case_apply(&c, json));
        Str text = case_text(&c, "result");
        assert_int_equal(utf8_valid_prefix(text), text.len);
        assert_int_equal(utf8_grapheme_count(text), 7);
        case_close(&c);
    }
}

/* The characters of a minimum are drawn first, and may then be at every place. */
static void test_shuffle(void **) {
    const char *json = "{\"length\":10,\"special\":false,\"upper\":false,\"numeric\":false,"
                       "\"min_numeric\":1}";
    size_t moved = 0;
    for (int round = 0; round < 400; round++) {
        ResourceCase c = case_open(&random_string);
        check_done(&c, case_apply(&c, json));
        Str text = case_text(&c, "result");
        assert_int_equal(count_of(text, "0123456789"), 1);
        moved += strchr("0123456789", text.ptr[0]) == NULL;
        case_close(&c);
    }
    assert_in_range(moved, 306, 396); /* 360 expected */
}

static void test_refusals(void **) {
    static const struct {
        const char *json, *summary;
    } cases[] = {
        {"{\"length\":3,\"min_lower\":2,\"min_upper\":2}", "Length too small"},
        {"{\"length\":3,\"upper\":false,\"lower\":false,\"numeric\":false,\"special\":false}",
         "No characters to choose from"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&random_string);
        check_refused(&c, case_validate(&c, cases[i].json), cases[i].summary);
        case_close(&c);
    }
}

static void test_change_replaces(void **) {
    static const char *const after[] = {
        "{\"length\":17}",
        "{\"length\":16,\"numeric\":false}",
        "{\"length\":16,\"number\":false}",
        "{\"length\":16,\"keepers\":{\"a\":\"b\"}}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(after); i++) {
        ResourceCase c = case_open(&random_string);
        check_done(&c, case_apply(&c, "{\"length\":16}"));
        assert_true(value_is_true(case_attribute(&c, "numeric")));
        check_done(&c, case_plan(&c, after[i]));
        assert_true(c.plan.requires_replace.count > 0);
        check_done(&c, case_apply(&c, after[i]));
        assert_true(case_is_settled(&c, after[i]));
        case_close(&c);
    }
}

static void test_setting_taken_back(void **) {
    ResourceCase c = case_open(&random_string);
    check_done(&c, case_apply(&c, "{\"length\":16,\"numeric\":false}"));
    assert_false(case_is_settled(&c, "{\"length\":16}"));
    case_close(&c);
}

/* Other systems can be given the hash, which does not reveal the password. */
static void test_password(void **) {
    ResourceCase c = case_open(&random_password);
    check_done(&c, case_apply(&c, "{\"length\":12}"));
    Str hash = str_clone(case_text(&c, "bcrypt_hash"), c.arena);
    assert_int_equal(case_text(&c, "result").len, 12);
    assert_true(str_starts_with(hash, STR("$2a$10$")));
    assert_int_equal(hash.len, 60);
    assert_true(case_is_settled(&c, "{\"length\":12}"));
    check_done(&c, case_apply(&c, "{\"length\":13}"));
    assert_false(str_equal(hash, case_text(&c, "bcrypt_hash")));
    const Attribute *attribute = schema_find_attribute(&random_password.schema, STR("bcrypt_hash"));
    assert_true(attribute->flags & SENSITIVE);
    case_close(&c);
}

static void test_import(void **) {
    ResourceCase c = case_open(&random_password);
    check_done(&c, case_import(&c, STR("hunter2")));
    check_str(case_text(&c, "result"), "hunter2");
    check_str(case_text(&c, "id"), "none");
    assert_true(str_starts_with(case_text(&c, "bcrypt_hash"), STR("$2a$10$")));
    assert_true(case_is_settled(&c, "{\"length\":7}"));
    case_close(&c);
}

UNIT_MAIN(test_random_text) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),        cmocka_unit_test(test_characters_of_several_bytes),
        cmocka_unit_test(test_shuffle),         cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_change_replaces), cmocka_unit_test(test_setting_taken_back),
        cmocka_unit_test(test_import),          cmocka_unit_test(test_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
