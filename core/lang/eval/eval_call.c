/* eval_call: evaluates and converts arguments, calls the function, and reports errors at the
 * argument. */

#include "evaluation.h"
#include "function_call.h"

static bool call_unknown_function(Evaluation *evaluation, const Expr *expr) {
    Str name = expr->as.call.name;
    const FunctionTable *functions = evaluation->scope->functions;
    Str hint =
        functions ? map_did_you_mean(&functions->by_name, name, evaluation->arena) : STR_EMPTY;
    return diags_fail(evaluation->diags, expr->as.call.name_range, "Call to unknown function",
                      "There is no function named \"%.*s\".%.*s", STR_ARG(name), STR_ARG(hint));
}

/* Appends the elements of the last argument. *is_unknown: their number is unknown. */
static bool call_expand(Evaluation *evaluation, const Expr *expr, Value last, ValueVec *arguments,
                        uint8_t *unknown_marks, bool *is_unknown) {
    const char *why = NULL;
    TypeKind kind = last.type->kind;
    if (value_is_null(last))
        why = "The value before the ellipsis (...) is null.";
    else if (kind != KIND_DYNAMIC && !type_is_sequence(last.type))
        why = "The value before the ellipsis (...) must be a list, set or tuple.";
    if (why)
        return eval_error(evaluation, expr, "Invalid expanding argument value", "%s", why);
    if (!value_is_known(last)) {
        *is_unknown = true;
        *unknown_marks |= last.marks;
        return true;
    }
    size_t count = eval_element_count(last);
    if (!eval_spend(evaluation, expr, (int64_t)count, 0))
        return false;
    for (size_t i = 0; i < count; i++) {
        Value item = value_with_marks(value_at(last, i), last.marks);
        vec_push(evaluation->arena, arguments, item);
    }
    return true;
}

static bool call_arguments(Evaluation *evaluation, const Expr *expr, ValueVec *arguments,
                           uint8_t *unknown_marks, bool *is_unknown) {
    bool is_good = true;
    vec_reserve(evaluation->arena, arguments, expr->as.call.count);
    for (size_t i = 0; i < expr->as.call.count; i++) {
        const Expr *argument = expr->as.call.arguments[i];
        Value value;
        if (!eval_node(evaluation, argument, &value)) {
            is_good = false;
        } else if (expr->as.call.expands_last && i + 1 == expr->as.call.count) {
            is_good =
                call_expand(evaluation, argument, value, arguments, unknown_marks, is_unknown) &&
                is_good;
        } else {
            vec_push(evaluation->arena, arguments, value);
        }
    }
    return is_good;
}

/* Records the called function in the error added last. */
static void call_mark_error(Evaluation *evaluation, const Expr *expr) {
    Diags *diags = evaluation->diags;
    diags->items[diags->count - 1].called = str_clone(expr->as.call.name, diags->arena);
}

/* Returns the expression of argument i; for elements of an expanded argument, the last
 * expression. */
static const Expr *call_argument_expr(const Expr *expr, size_t i) {
    if (i < expr->as.call.count)
        return expr->as.call.arguments[i];
    return expr->as.call.count ? expr->as.call.arguments[expr->as.call.count - 1] : expr;
}

bool eval_call_check_count(Evaluation *evaluation, const Expr *expr, size_t count) {
    const Function *function = expr->as.call.function;
    const char *summary = "Too many function arguments";
    SourceRange range = expr->as.call.close_range;
    size_t wanted = function->parameter_count;
    Str missing = STR_EMPTY;
    if (count == wanted || (count > wanted && function->variadic))
        return true;
    if (count < wanted) {
        summary = "Not enough function arguments";
        missing = str_format(evaluation->arena, " Missing value for \"%s\".",
                             function->parameters[count].name);
    } else {
        range = expr_start(call_argument_expr(expr, wanted));
    }
    eval_error_at(evaluation, range, expr, summary,
                  "Function \"%s\" requires %s%zu argument%s, but this call has %zu.%.*s",
                  function->name, function->variadic ? "at least " : "", wanted,
                  wanted == 1 ? "" : "s", count, STR_ARG(missing));
    call_mark_error(evaluation, expr);
    return false;
}

static bool call_argument_error(Evaluation *evaluation, const Expr *expr, size_t i, Str message) {
    const Expr *argument = call_argument_expr(expr, i);
    eval_error_at(evaluation, expr_start(argument), argument, "Invalid function argument",
                  "Invalid value for \"%s\" parameter: %.*s.",
                  function_parameter(expr->as.call.function, i)->name, STR_ARG(message));
    call_mark_error(evaluation, expr);
    return false;
}

static bool call_convert(Evaluation *evaluation, const Expr *expr, ValueVec *arguments) {
    bool is_good = true;
    for (size_t i = 0; i < arguments->count; i++) {
        const Parameter *parameter = function_parameter(expr->as.call.function, i);
        Value *value = &arguments->items[i];
        ConvertError error;
        if (parameter->type == &TYPE_DYNAMIC || parameter->type == value->type)
            continue;
        if (convert_value(*value, parameter->type, value, &error, evaluation->arena))
            continue;
        is_good = call_argument_error(evaluation, expr, i,
                                      eval_convert_message(&error, evaluation->arena));
    }
    return is_good;
}

/* Calls a function that takes expressions. The elements of an expanded last argument become
 * literals. */
static bool call_on_expressions(Evaluation *evaluation, const Expr *expr, Value *out) {
    const Function *function = expr->as.call.function;
    if (!expr->as.call.expands_last)
        return function->evaluate(evaluation, expr, out);
    const Expr *last = expr->as.call.arguments[expr->as.call.count - 1];
    ValueVec items = {0};
    uint8_t unknown_marks = 0;
    bool is_unknown = false;
    Value value;
    if (!eval_node(evaluation, last, &value) ||
        !call_expand(evaluation, last, value, &items, &unknown_marks, &is_unknown))
        return false;
    if (is_unknown) {
        *out = value_with_marks(value_unknown(&TYPE_DYNAMIC), unknown_marks);
        return true;
    }
    size_t before = expr->as.call.count - 1;
    const Expr **all = arena_new_array(evaluation->arena, const Expr *, before + items.count);
    memcpy(all, expr->as.call.arguments, before * sizeof(*all));
    for (size_t i = 0; i < items.count; i++)
        all[before + i] = expr_literal(items.items[i], last->range, evaluation->arena);
    Expr *call = expr_new(EXPR_CALL, expr->range, evaluation->arena);
    call->as.call = expr->as.call;
    call->as.call.arguments = all;
    call->as.call.count = before + items.count;
    call->as.call.expands_last = false;
    return function->evaluate(evaluation, call, out);
}

/* Finds provider::LOCAL::f, where LOCAL is the module's name for the provider. */
static const Function *eval_call_find_provided(const Evaluation *evaluation, Str name) {
    const Scope *scope = evaluation->scope;
    Str rest = name, local;
    if (!str_starts_with(name, STR("provider::")) || !scope->functions)
        return NULL;
    rest = str_after(name, 10);
    size_t end = str_find(rest, STR("::"), 0);
    if (end == SIZE_MAX || !scope->provider_name)
        return function_table_find(scope->functions, name);
    local = str_slice(rest, 0, end);
    Str known = scope->provider_name(scope, local);
    const FunctionTable *table = scope->functions;
    const Function *provided =
        table->find_provided ? table->find_provided(table->self, known, str_after(rest, end + 2))
                             : NULL;
    if (provided)
        return provided;
    Str whole = str_format(evaluation->arena, "provider::%.*s%.*s", STR_ARG(known),
                           STR_ARG(str_after(rest, end)));
    return function_table_find(scope->functions, whole);
}

static bool call_provided(Evaluation *evaluation, const Expr *expr, Value *out) {
    const Function *function = eval_call_find_provided(evaluation, expr->as.call.name);
    if (!function)
        return call_unknown_function(evaluation, expr);
    Expr *call = expr_new(EXPR_CALL, expr->range, evaluation->arena);
    call->as.call = expr->as.call;
    call->as.call.function = function;
    call->as.call.name = str_from_cstr(function->name);
    return eval_call(evaluation, call, out);
}

bool eval_call(Evaluation *evaluation, const Expr *expr, Value *out) {
    const Function *function = expr->as.call.function;
    if (!evaluation->scope->functions && !evaluation->scope->lookup)
        return diags_fail(evaluation->diags, expr->range, "Function calls not allowed",
                          "Functions may not be called here. The value must be a constant.");
    if (!function)
        return call_provided(evaluation, expr, out);
    if (function->evaluate)
        return call_on_expressions(evaluation, expr, out);
    ValueVec arguments = {0};
    uint8_t unknown_marks = 0;
    bool is_unknown = false;
    if (!call_arguments(evaluation, expr, &arguments, &unknown_marks, &is_unknown))
        return false;
    if (is_unknown) {
        *out = value_with_marks(value_unknown(&TYPE_DYNAMIC), unknown_marks);
        return true;
    }
    if (!eval_call_check_count(evaluation, expr, arguments.count) ||
        !call_convert(evaluation, expr, &arguments))
        return false;
    FunctionCall call = {.function = function,
                         .arguments = arguments.items,
                         .count = arguments.count,
                         .scope = evaluation->scope,
                         .arena = evaluation->arena,
                         .failed_argument = SIZE_MAX};
    Str error = STR_EMPTY;
    if (function_call(&call, out, &error))
        return true;
    error = eval_shorten(error, evaluation->arena);
    bool is_whole = call.has_begun && function->blames_call;
    if (call.failed_argument != SIZE_MAX && !is_whole)
        return call_argument_error(evaluation, expr, call.failed_argument, error);
    eval_error(evaluation, expr, "Error in function call", "Call to function \"%s\" failed: %.*s.",
               function->name, STR_ARG(error));
    call_mark_error(evaluation, expr);
    return false;
}
