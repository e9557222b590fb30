/* A type constraint on the first line, an expression after it: its value converted to the type has
 * the type, and a second conversion changes nothing. */
#include "eval.h"
#include "functions.h"
#include "parser.h"
#include "type_constraint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const FunctionTable *functions(void) {
    static const FunctionTable *table;
    if (!table)
        table = functions_table(NULL, arena_open("functions"));
    return table;
}

static bool parse_parts(Str text, TypeConstraint *constraint, Value *value, Arena *arena) {
    Diags diags = diags_new(arena);
    Map none = map_new(arena);
    Scope scope = scope_from_map(&none, functions());
    Budget budget = {.steps = 10000, .elements = 10000, .bytes = 1 << 20};
    const Expr *expr;
    Str line = STR_EMPTY;
    scope.budget = &budget;
    (void)str_next_field(&text, '\n', &line);
    bool is_good = type_constraint_parse(source_text_new(STR("type"), line, arena), functions(),
                                         constraint, arena, &diags) &&
                   parser_parse_expression(source_text_new(STR("value"), text, arena), functions(),
                                           &expr, arena, &diags) &&
                   eval_expr(expr, &scope, value, arena, &diags);
    CHECK(is_good != diags_has_errors(&diags));
    return is_good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    TypeConstraint constraint;
    ConvertError error = {0};
    Value value, converted, again;
    if (!parse_parts((Str){(const char *)data, size}, &constraint, &value, arena) ||
        !type_constraint_apply(constraint, value, &converted, &error, arena))
        return 0;
    if (!constraint.type->has_dynamic && !constraint.type->has_optional)
        CHECK(type_equal(converted.type, constraint.type));
    CHECK(convert_value(converted, constraint.type, &again, &error, arena));
    CHECK(value_identical(converted, again));
    return 0;
}
