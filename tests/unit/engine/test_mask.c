/* Secret values are masked in diagnostics. */
#include "unit.h"

#include "json.h"
#include "mask.h"

typedef struct MaskCase {
    const char *said;
    const char *shown;
} MaskCase;

static const MaskCase cases[] = {
    {"\"hunter22\" is not a valid permission", "\"(sensitive value)\" is not a valid permission"},
    {"hunter22hunter22", "(sensitive value)(sensitive value)"},
    {"it is 4711.5", "it is (sensitive value)"},
    {"the key password_key is wrong", "the key (sensitive value) is wrong"},
    {"\"ab\" is wrong, about as ever", "\"(sensitive value)\" is wrong, about as ever"},
    {"plainly so", "plainly so"},
};

static Value secret_object(Arena *arena) {
    Str *keys = arena_new_array(arena, Str, 1);
    Value *items = arena_new_array(arena, Value, 1);
    Value *values = arena_new_array(arena, Value, 4);
    Str *names = arena_new_array(arena, Str, 4);
    keys[0] = STR("password_key");
    items[0] = value_from_str(STR("ab"));
    const Number *number = NULL;
    assert_true(number_from_text(STR("4711.5"), &number, arena));
    names[0] = STR("map");
    names[1] = STR("number");
    names[2] = STR("plain");
    names[3] = STR("text");
    values[0] = value_with_marks(value_map(&TYPE_STRING, keys, items, 1, arena), MARK_SENSITIVE);
    values[1] = value_with_marks(value_from_number(number), MARK_EPHEMERAL);
    values[2] = value_from_str(STR("plainly"));
    values[3] = value_with_marks(value_from_str(STR("hunter22")), MARK_SENSITIVE);
    return value_object(names, values, 4, arena);
}

static void test_masks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec secrets = {0};
    mask_collect(secret_object(arena), &secrets, arena);
    assert_int_equal(secrets.count, 4);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        diags_error(&diags, NO_RANGE, "Invalid value", "%s", cases[i].said);
        mask_diags(&diags, &secrets);
        assert_string_equal(str_to_cstr(diags.items[0].detail, arena), cases[i].shown);
    }
}

/* A secret of several lines appears in quotes with escapes, or one line of it alone. */
static void test_lines(void **) {
    static const MaskCase quoted[] = {
        {"it said: first \"line\"\n  second line\n}", "it said: (sensitive value)"},
        {"\"first \\\"line\\\"\\n  second line\\n}\"", "\"(sensitive value)\""},
        {"no file \"second line\" here", "no file \"(sensitive value)\" here"},
        {"{} is }", "{} is }"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec secrets = {0};
    Value text = value_from_str(STR("first \"line\"\n  second line\n}"));
    mask_collect(value_with_marks(text, MARK_SENSITIVE), &secrets, arena);
    for (size_t i = 0; i < ARRAY_COUNT(quoted); i++) {
        Diags diags = diags_new(arena);
        diags_error(&diags, NO_RANGE, "Invalid value", "%s", quoted[i].said);
        mask_diags(&diags, &secrets);
        assert_string_equal(str_to_cstr(diags.items[0].detail, arena), quoted[i].shown);
    }
}

/* Values of the references in a failed condition. */
static void test_values(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    StrVec secrets = {0};
    mask_collect(secret_object(arena), &secrets, arena);
    Diag *diag = diags_error(&diags, NO_RANGE, "Failed", "It failed.");
    diags_add_value(&diags, diag, STR("self.output"), STR("is \"hunter22\""));
    diags_add_value(&diags, diag, STR("self.m[\"password_key\"]"), STR("is 1"));
    mask_diags(&diags, &secrets);
    const DiagValue *values = diags.items[0].values.items;
    check_str(values[0].statement, "has a sensitive value");
    check_str(values[1].traversal, "self.m[\"(sensitive value)\"]");
    check_str(values[1].statement, "is 1");
}

/* Source lines with a secret are not quoted; a short secret counts only in quotes. */
static void test_source_lines(void **) {
    static const struct {
        const char *source;
        bool hides_line, hides_snippet;
    } rows[] = {
        {"a: [x, hunter22]\n", true, true},
        {"a: [x,\n  hunter22]\n", false, true},
        {"a: [x,\n  1]\nb: hunter22", false, false},
        {"a: [x, 77, \"771\"]", false, false},
        {"a: [x, \"77\"]", true, true},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec secrets = {0};
    vec_push(arena, &secrets, STR("hunter22"));
    vec_push(arena, &secrets, STR("77"));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Diags diags = diags_new(arena);
        Str text = str_from_cstr(rows[i].source);
        SourceRange range = {source_text_new(STR("f"), text, arena), 3,
                             (uint32_t)str_find_char(text, ']', 0)};
        diags_error(&diags, range, "Invalid value", "It is wrong.");
        mask_diags(&diags, &secrets);
        assert_int_equal(diags.items[0].hides_line, rows[i].hides_line);
        assert_int_equal(diags.items[0].hides_snippet, rows[i].hides_snippet);
    }
}

/* A provider's value that repeats a secret of the configuration. */
static void test_marked_values(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec secrets = {0};
    vec_push(arena, &secrets, STR("hunter22"));
    vec_push(arena, &secrets, STR("77"));
    SecretIndex index = secret_index_new(&secrets, arena);
    static const struct {
        const char *json;
        bool is_secret;
    } values[] = {
        {"\"hunter22\"", true},
        {"\"a hunter22!\"", true},
        {"77", true},
        {"\"77\"", true},
        {"\"1777\"", false},
        {"177", false},
        {"{\"hunter22\": 1}", true},
        {"{\"a\": 1}", false},
        {"true", false},
        {"null", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        Value value;
        const char *error;
        size_t offset;
        assert_true(json_parse_any(str_from_cstr(values[i].json), &value, &error, &offset, arena));
        assert_int_equal(value_is_secret(mask_value(value, &index, arena)), values[i].is_secret);
    }
    check_str(mask_text(STR("v1/hunter22/77"), &index, arena), "v1/(sensitive value)/77");
    check_str(mask_text(STR("is \"77\""), &index, arena), "is \"(sensitive value)\"");
}

static uint64_t next(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Few letters, so that many secrets overlap, repeat and begin alike. */
static Str random_text(uint64_t *seed, size_t max, Arena *arena) {
    size_t len = next(seed) % (max + 1);
    char *bytes = arena_new_array(arena, char, len + 1);
    for (size_t i = 0; i < len; i++)
        bytes[i] = "ab\"\xff"[next(seed) % 16 < 14 ? next(seed) % 2 : 2 + next(seed) % 2];
    return (Str){bytes, len};
}

/* The rules of the index, as a search for each secret. */
static bool holds_by_search(const StrVec *secrets, Str text) {
    vec_each(secrets, secret) {
        bool is_within = secret->len > 3 && str_find(text, *secret, 0) != SIZE_MAX;
        if (secret->len > 0 && (is_within || str_equal(text, *secret)))
            return true;
    }
    return false;
}

static bool quotes_by_search(const StrVec *secrets, Str text, Arena *arena) {
    vec_each(secrets, secret) {
        Str quoted = str_format(arena, "\"%.*s\"", STR_ARG(*secret));
        Str wanted = secret->len > 3 ? *secret : quoted;
        if (secret->len > 0 && str_find(text, wanted, 0) != SIZE_MAX)
            return true;
    }
    return false;
}

static void test_index_finds_like_a_search(void **) {
    uint64_t seed = 20261122;
    size_t found[2][2] = {{0}};
    for (size_t turn = 0; turn < 3000; turn++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StrVec secrets = {0};
        size_t max = 2 + next(&seed) % 12;
        for (size_t i = next(&seed) % 12; i > 0; i--)
            vec_push(arena, &secrets, random_text(&seed, max, arena));
        SecretIndex index = secret_index_new(&secrets, arena);
        for (size_t i = 0; i < 10; i++) {
            Str text = random_text(&seed, 24, arena);
            bool holds = holds_by_search(&secrets, text);
            bool quotes = quotes_by_search(&secrets, text, arena);
            assert_int_equal(secret_index_holds(&index, text), holds);
            assert_int_equal(secret_index_quotes(&index, text), quotes);
            found[0][holds]++;
            found[1][quotes]++;
        }
    }
    for (size_t i = 0; i < 4; i++)
        assert_true(found[i / 2][i % 2] > 1000);
}

UNIT_MAIN(test_mask) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_masks),         cmocka_unit_test(test_lines),
        cmocka_unit_test(test_values),        cmocka_unit_test(test_source_lines),
        cmocka_unit_test(test_marked_values), cmocka_unit_test(test_index_finds_like_a_search)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
