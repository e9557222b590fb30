/* Any bytes as an expression and as a template: parsed, evaluated without names. */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Diags diags = diags_new(arena);
    const SourceText *source = source_text_new(STR("fuzz"), (Str){(const char *)data, size}, arena);
    Map none = map_new(arena);
    Scope scope = scope_from_map(&none, functions());
    Budget budget = {.steps = 100000, .elements = 100000, .bytes = 1 << 20};
    scope.budget = &budget;
    const Expr *expr;
    Value value;
    if (parser_parse_expression(source, functions(), &expr, arena, &diags) &&
        !eval_expr(expr, &scope, &value, arena, &diags)) {
        CHECK(diags_has_errors(&diags));
    }
    if (parser_parse_template(source, functions(), &expr, arena, &diags) &&
        !eval_expr(expr, &scope, &value, arena, &diags)) {
        CHECK(diags_has_errors(&diags));
    }
    return 0;
}
