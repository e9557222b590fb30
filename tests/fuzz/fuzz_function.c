/* A function's name on the first line, its arguments as text on the following ones, one per line,
 * for functions that decode text. */
#include "eval.h"
#include "functions.h"
#include "parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const FunctionTable *functions(void) {
    static const FunctionTable *table;
    if (!table)
        table = functions_table(NULL, arena_open("functions"));
    return table;
}

#define ARGUMENTS_MAX 4

static Str next_line(Str *text) {
    Str line = STR_EMPTY;
    (void)str_next_field(text, '\n', &line);
    return line;
}

/* name(a0, a1), where the names are variables with the lines. */
static Str make_call(Str text, Map *roots, Arena *arena) {
    StrBuf call = strbuf_new(arena);
    strbuf_add(&call, next_line(&text));
    strbuf_add_char(&call, '(');
    for (int i = 0; i < ARGUMENTS_MAX && text.len; i++) {
        Str name = str_format(arena, "a%d", i);
        /* The last argument may hold newlines. */
        Str argument = i == ARGUMENTS_MAX - 1 ? text : next_line(&text);
        Value *value = arena_new(arena, Value);
        *value = value_string(argument, arena);
        map_set(roots, name, value);
        strbuf_add_format(&call, "%s%.*s", i ? ", " : "", STR_ARG(name));
    }
    strbuf_add_char(&call, ')');
    return strbuf_str(&call);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Diags diags = diags_new(arena);
    Map roots = map_new(arena);
    Str call = make_call((Str){(const char *)data, size}, &roots, arena);
    Scope scope = scope_from_map(&roots, functions());
    Budget budget = {.steps = 10000, .elements = 100000, .bytes = 1 << 22};
    const Expr *expr;
    Value value;
    scope.budget = &budget;
    scope.is_planning = true; /* without bcrypt, which is slow by design */
    if (!parser_parse_expression(source_text_new(STR("call"), call, arena), functions(), &expr,
                                 arena, &diags) ||
        !eval_expr(expr, &scope, &value, arena, &diags))
        CHECK(diags_has_errors(&diags));
    return 0;
}
