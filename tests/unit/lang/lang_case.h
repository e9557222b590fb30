/* lang_case: tables of expressions and their results. */
#pragma once

#include "unit.h"

#include "eval.h"
#include "parser.h"

static Arena *arena;
static const FunctionTable *functions;
static Map variables;

static inline const SourceText *text_source(const char *text) {
    return source_text_new(STR("<test>"), str_from_cstr(text), arena);
}

/* "summary: detail" of each error, joined by " | ". */
static inline Str errors_of(const Diags *diags) {
    StrBuf buf = strbuf_new(arena);
    for (size_t i = 0; i < diags->count; i++) {
        if (buf.len)
            strbuf_add_cstr(&buf, " | ");
        strbuf_add(&buf, diags->items[i].summary);
        strbuf_add_cstr(&buf, ": ");
        strbuf_add(&buf, diags->items[i].detail);
    }
    return strbuf_str(&buf);
}

/* One line: the type constraint and the value, or the errors. */
static inline Str outcome_of(bool is_good, Value value, const Diags *diags) {
    if (!is_good)
        return errors_of(diags);
    Str type = type_to_constraint(value.type, arena);
    Str shown = value_display(value, 0, arena);
    return str_format(arena, "%.*s %.*s", STR_ARG(type), STR_ARG(shown));
}

static inline Str evaluated_in(Scope scope, const char *text) {
    Diags diags = diags_new(arena);
    const Expr *expr = NULL;
    Value value = value_null(&TYPE_DYNAMIC);
    bool is_good = parser_parse_expression(text_source(text), functions, &expr, arena, &diags) &&
                   eval_expr(expr, &scope, &value, arena, &diags);
    return outcome_of(is_good, value, &diags);
}

static inline Str evaluated(const char *text) {
    return evaluated_in(scope_from_map(&variables, functions), text);
}

static inline void set_variable(const char *name, Value value) {
    Value *kept = arena_new(arena, Value);
    *kept = value;
    map_set(&variables, str_from_cstr(name), kept);
}

typedef struct LangCase {
    const char *text;
    const char *outcome; /* the whole result; of an error, a part */
} LangCase;

static inline void check_cases(const LangCase *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        Str got = evaluated(cases[i].text);
        Str wanted = str_from_cstr(cases[i].outcome);
        if (str_equal(got, wanted) || (wanted.len > 8 && str_find(got, wanted, 0) != SIZE_MAX))
            continue;
        print_error("%s\n  got:    %.*s\n  wanted: %s\n", cases[i].text, STR_ARG(got),
                    cases[i].outcome);
        fail();
    }
}

static int open_lang(void **) {
    arena = arena_open("test");
    variables = map_new(arena);
    set_variable("n", value_int(5));
    set_variable("s", value_from_cstr("text"));
    set_variable("secret", value_with_marks(value_from_cstr("hidden"), MARK_SENSITIVE));
    set_variable("unknown", value_unknown(&TYPE_STRING));
    set_variable("nothing", value_null(&TYPE_DYNAMIC));
    return 0;
}

static int close_lang(void **) {
    arena_close(arena);
    return 0;
}

#define RUN_LANG_TESTS(name, ...)                                                                  \
    UNIT_MAIN(name) {                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, open_lang, close_lang);                               \
    }
