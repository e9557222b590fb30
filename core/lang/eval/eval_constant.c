/* eval_constant: evaluates expressions that must be constant. Reports every name and call, not only
 * the first one. */
#include "eval.h"

static void constant_report_name(Traversal *traversal, void *payload) {
    diags_error(payload, traversal->range, "Variables not allowed",
                "This value must be a constant without references. A text requires double quotes.");
}

static void report_call(const Expr *call, void *payload) {
    diags_error(payload, call->range, "Function calls not allowed",
                "This value must be a constant without function calls.");
}

bool eval_constant(const Expr *expr, Value *out, Arena *arena, Diags *diags) {
    Scope nothing = {0};
    size_t before = diags->error_count;
    if (expr_as_literal(expr, out, arena))
        return true;
    expr_each_use(expr, constant_report_name, report_call, diags);
    return diags->error_count == before && eval_expr(expr, &nothing, out, arena, diags);
}
