/* Limits on expressions, with functions whose results grow fast. */
#include "function_case.h"

enum { MEBIBYTE = 1 << 20, ROUNDS_MAX = 64, MEMORY_MAX = 150 * MEBIBYTE };

static void check_memory(const char *text) {
    if (arena_used(arena) < MEMORY_MAX)
        return;
    print_error("%s: %zu MiB\n", text, arena_used(arena) / MEBIBYTE);
    fail();
}

/* The result becomes `a` of the next round, like local values that refer to each other. */
static void check_doubling(const char *first, const char *text) {
    Value value;
    Diags diags = diags_new(arena);
    size_t rounds = 0;
    assert_true(evaluate(first, &value, &diags));
    do {
        set_variable("a", value);
    } while (++rounds < ROUNDS_MAX && evaluate(text, &value, &diags));
    assert_true(rounds > 10);
    assert_true(rounds < ROUNDS_MAX);
    assert_int_equal(diags.error_count, 1);
    check_memory(text);
}

static void test_text(void **) {
    check_doubling("\"0123456789abcdef\"", "\"${a}${a}\"");
}

static void test_list(void **) {
    check_doubling("[\"x\"]", "concat(a, a)");
}

/* Few values in memory, but very many for a function that visits them all. */
static void test_nesting(void **) {
    check_doubling("[\"x\"]", "[a, a]");
}

static void test_object(void **) {
    check_doubling("{x = 1}", "{a = a, b = a}");
}

static void test_shared_text(void **) {
    check_doubling("[format(\"%1000s\", \"x\")]", "[a, a]");
}

/* Names bound by for expressions behave like local values. */
static void test_loops(void **) {
    static const char *const uses[] = {"jsonencode(%s)", "yamlencode(%s)", "length(flatten(%s))",
                                       "length(tolist(%s))"};
    for (size_t i = 0; i < ARRAY_COUNT(uses); i++) {
        StrBuf text = strbuf_new(arena);
        Diags diags = diags_new(arena);
        Value value;
        strbuf_add_cstr(&text, "[for v0 in [[\"x\"]] : ");
        for (int depth = 1; depth < 40; depth++)
            strbuf_add_format(&text, "[for v%d in [[v%d, v%d]] : ", depth, depth - 1, depth - 1);
        size_t length = strcspn(uses[i], "%");
        strbuf_add(&text, (Str){uses[i], length});
        strbuf_add_cstr(&text, "v39");
        strbuf_add_cstr(&text, uses[i] + length + 2);
        strbuf_add_repeat(&text, ']', 40);
        assert_false(evaluate(str_to_cstr(strbuf_str(&text), arena), &value, &diags));
        check_memory(uses[i]);
    }
}

static void test_functions(void **state) {
    static const char *const texts[] = {
        "join(\"\", [for a in range(1000) : join(\"\", [for b in range(1000) : format(\"%1000s\", "
        "\"x\")])])",
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]",
        "[for a in range(1000) : jsonencode([for b in range(1000) : [for c in range(100) : c]])]",
        "\"%{for a in range(1000)}%{for b in range(1000)}%{for c in range(1000)}xxxxxxxxxxxxxxxx"
        "%{endfor}%{endfor}%{endfor}\"",
        "templatestring(join(\"\", [for i in range(1000) : \"$${x}\"]), {x = join(\"\", [for i in "
        "range(1000) : format(\"%100s\", i)])})",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        Diags diags = diags_new(arena);
        Value value;
        assert_false(evaluate(texts[i], &value, &diags));
        assert_int_equal(diags.error_count, 1);
        check_memory(texts[i]);
        close_functions(state);
        open_functions(state);
    }
}

/* A raised token ends a long evaluation, and no short one. */
static void test_cancel(void **) {
    CancelToken *token = cancel_open();
    Diags diags = diags_new(arena);
    Value value;
    scope.cancel = token;
    const char *text = "[for a in range(300) : [for b in range(300) : a == b]]";
    assert_true(evaluate(text, &value, &diags));
    cancel_raise(token, CANCEL_STOP);
    assert_true(evaluate("[for a in range(1000) : a]", &value, &diags));
    assert_false(evaluate(text, &value, &diags));
    assert_int_equal(diags.error_count, 1);
    assert_true(str_equal_cstr(diags.items[0].summary, "Interrupted"));
    cancel_close(token);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_functions, close_functions)

UNIT_MAIN(test_budget) {
    const struct CMUnitTest tests[] = {
        CASE(test_text),        CASE(test_list),  CASE(test_nesting),   CASE(test_object),
        CASE(test_shared_text), CASE(test_loops), CASE(test_functions), CASE(test_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
