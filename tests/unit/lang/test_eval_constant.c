#include "lang_case.h"

static void test_constants(void **) {
    static const LangCase cases[] = {
        {"1 + 2", "number 3"},
        {"[for x in [1] : x * 2]", "tuple([number]) [2]"},
        {"[a.b, c]", "Variables not allowed | Variables not allowed"},
        {"[upper(a.b), \"${n}\"]", "Function calls not allowed | Variables not allowed"},
        {"1 + true", "Invalid operand"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        const Expr *expr = NULL;
        Value value;
        StrBuf buf = strbuf_new(arena);
        assert_true(
            parser_parse_expression(text_source(cases[i].text), functions, &expr, arena, &diags));
        bool ok = eval_constant(expr, &value, arena, &diags);
        for (size_t k = 0; k < diags.count; k++)
            strbuf_add_format(&buf, "%s%.*s", k ? " | " : "", STR_ARG(diags.items[k].summary));
        check_str(ok ? outcome_of(true, value, &diags) : strbuf_str(&buf), cases[i].outcome);
    }
}

RUN_LANG_TESTS(test_eval_constant, cmocka_unit_test(test_constants))
