/* expression: functions that take unevaluated arguments, and templates rendered at run time. */
#include "functions.h"

#include "evaluation.h"
#include "filesystem.h"
#include "lexer.h"
#include "parser.h"
#include "refinement.h"
#include "str_quote.h"
#include "type_constraint.h"

static bool expression_attempt(Evaluation *evaluation, const Expr *expr, Value *out,
                               Diags *failures) {
    Evaluation quiet = *evaluation;
    quiet.diags = failures;
    return eval_node(&quiet, expr, out);
}

/* Exceeding the budget is an error that try() and can() must not catch. */
static bool expression_is_spent(Evaluation *evaluation, const Expr *expr, bool *is_good) {
    const Budget *budget = evaluation->scope->budget;
    if (!budget || (budget->steps >= 0 && budget->elements >= 0 && budget->bytes >= 0))
        return false;
    *is_good = eval_spend(evaluation, expr, 0, 0);
    if (*is_good) {
        diags_error(evaluation->diags, expr->range, "Expression too expensive",
                    "The evaluation exceeds a limit.");
        *is_good = false;
    }
    return true;
}

static bool try_give_up(Evaluation *evaluation, const Expr *call, const Diags *failures) {
    StrBuf buf = strbuf_new(evaluation->arena);
    for (size_t i = 0; i < failures->count; i++) {
        const Diag *failure = &failures->items[i];
        Str detail = eval_shorten(failure->detail, evaluation->arena);
        strbuf_add_format(&buf, "\n- %.*s: %.*s", STR_ARG(failure->summary), STR_ARG(detail));
    }
    Str list = strbuf_str(&buf);
    return eval_error(evaluation, call, "Error in function call",
                      "Call to function \"try\" failed: no expression succeeded:%.*s\n"
                      "\n"
                      "At least one expression must succeed: add a constant as the last argument.",
                      STR_ARG(list));
}

static bool expression_try(Evaluation *evaluation, const Expr *call, Value *out) {
    Diags failures = diags_new(evaluation->arena);
    bool is_good = false;
    if (call->as.call.count == 0)
        return eval_error(evaluation, call, "Error in function call",
                          "Call to function \"try\" failed: at least one argument is required.");
    for (size_t i = 0; i < call->as.call.count; i++) {
        Value value;
        is_good = expression_attempt(evaluation, call->as.call.arguments[i], &value, &failures);
        if (expression_is_spent(evaluation, call, &is_good))
            return is_good;
        if (!is_good)
            continue;
        /* A value with unknown parts may still fail during apply, and then another argument would
         * be chosen. */
        return function_give(value_is_wholly_known(value) ? value : value_unknown(&TYPE_DYNAMIC),
                             out);
    }
    return try_give_up(evaluation, call, &failures);
}

static bool expression_can(Evaluation *evaluation, const Expr *call, Value *out) {
    Diags failures = diags_new(evaluation->arena);
    Value value;
    if (!eval_call_check_count(evaluation, call, call->as.call.count))
        return false;
    bool is_good = expression_attempt(evaluation, call->as.call.arguments[0], &value, &failures);
    bool is_spent = expression_is_spent(evaluation, call, &is_good);
    if (is_spent)
        return is_good;
    *out = value_bool(is_good);
    if (is_good && !value_is_wholly_known(value))
        *out = value_unknown(&TYPE_BOOL);
    return true;
}

static bool expression_convert(Evaluation *evaluation, const Expr *call, Value *out) {
    Value value;
    TypeConstraint constraint;
    ConvertError error;
    if (!eval_call_check_count(evaluation, call, call->as.call.count) ||
        !eval_node(evaluation, call->as.call.arguments[0], &value) ||
        !type_constraint_from_expr(call->as.call.arguments[1], &constraint, evaluation->arena,
                                   evaluation->diags))
        return false;
    if (type_constraint_apply(constraint, value, out, &error, evaluation->arena))
        return true;
    Str message = eval_convert_message(&error, evaluation->arena);
    return eval_error_at(evaluation, expr_start(call->as.call.arguments[0]),
                         call->as.call.arguments[0], "Invalid function argument",
                         "Invalid value for \"value\" parameter of \"convert\": %.*s.",
                         STR_ARG(message));
}

#define TEMPLATE_DEPTH_MAX 32

/* Returns the names that a template may use: attributes of an object, keys of a map. */
static bool template_variables(Evaluation *evaluation, const Expr *call, Value given, Map *out) {
    *out = map_new(evaluation->arena);
    if (!value_is_present(given) || !type_is_mapping(given.type))
        return eval_error_at(
            evaluation, expr_start(call->as.call.arguments[1]), call->as.call.arguments[1],
            "Invalid function argument",
            "Invalid value for \"vars\" parameter: a map or object of the template's variables is "
            "required.");
    for (size_t i = 0; i < eval_element_count(given); i++) {
        Str name = value_key_at(given, i);
        if (!lexer_is_identifier(name))
            return eval_error_at(
                evaluation, expr_start(call->as.call.arguments[1]), call->as.call.arguments[1],
                "Invalid function argument",
                "Invalid value for \"vars\" parameter: the key %.*s is not a valid name of a "
                "template variable.",
                STR_ARG(value_is_secret(given) ? STR("(sensitive value)")
                                               : str_quote(name, evaluation->arena)));
        Value *value = arena_new(evaluation->arena, Value);
        *value = value_with_marks(value_at(given, i), given.marks);
        map_set(out, name, value);
    }
    return true;
}

/* Renders the template with the variables as its only names. Template and variables must be
 * known. */
static bool expression_render(Evaluation *evaluation, const Expr *call, const SourceText *source,
                              Value variables, Value *out) {
    const Expr *expr = NULL;
    Map names;
    if (evaluation->depth >= TEMPLATE_DEPTH_MAX)
        return eval_error(
            evaluation, call, "Error in function call",
            "Call to function \"%.*s\" failed: template calls are nested more than %d levels deep.",
            STR_ARG(call->as.call.name), TEMPLATE_DEPTH_MAX);
    if (!template_variables(evaluation, call, variables, &names) ||
        !parser_parse_template(source, evaluation->scope->functions, &expr, evaluation->arena,
                               evaluation->diags))
        return false;
    Scope scope = *evaluation->scope;
    Scope own = scope_from_map(&names, scope.functions);
    scope.self = own.self;
    scope.lookup = own.lookup;
    Evaluation inner = {.scope = &scope,
                        .arena = evaluation->arena,
                        .diags = evaluation->diags,
                        .depth = evaluation->depth + 1};
    return eval_node(&inner, expr, out);
}

/* Evaluates both arguments of the call. The first is a string, possibly unknown. */
static bool expression_template_arguments(Evaluation *evaluation, const Expr *call, Value *text,
                                          Value *variables) {
    ConvertError error;
    if (!eval_call_check_count(evaluation, call, call->as.call.count) ||
        !eval_node(evaluation, call->as.call.arguments[0], text) ||
        !eval_node(evaluation, call->as.call.arguments[1], variables))
        return false;
    bool is_text = convert_value(*text, &TYPE_STRING, text, &error, evaluation->arena);
    if (is_text && !value_is_null(*text))
        return true;
    Str message = is_text ? STR("argument must not be null") : error.message;
    return eval_error_at(evaluation, expr_start(call->as.call.arguments[0]),
                         call->as.call.arguments[0], "Invalid function argument",
                         "Invalid value for the first parameter of \"%.*s\": %.*s.",
                         STR_ARG(call->as.call.name), STR_ARG(message));
}

static bool expression_templatefile(Evaluation *evaluation, const Expr *expr, Value *out) {
    Value path;
    Value variables;
    Str text = STR_EMPTY;
    Str error = STR_EMPTY;
    if (!expression_template_arguments(evaluation, expr, &path, &variables))
        return false;
    if (!value_is_known(path) || !value_is_known(variables))
        return function_give(
            value_with_marks(value_unknown(&TYPE_DYNAMIC), path.marks | variables.marks), out);
    FunctionCall call = {.function = expr->as.call.function,
                         .arguments = &path,
                         .count = 1,
                         .scope = evaluation->scope,
                         .arena = evaluation->arena,
                         .is_secret = value_is_secret(path)};
    if (!filesystem_read(&call, &text, &error))
        return eval_error_at(evaluation, expr_start(expr->as.call.arguments[0]),
                             expr->as.call.arguments[0], "Invalid function argument",
                             "Invalid value for \"path\" parameter of \"templatefile\": %.*s.",
                             STR_ARG(error));
    Str name = value_is_secret(path) ? STR("<templatefile argument>") : value_text(path);
    const SourceText *source = source_text_new_temporary(name, text, evaluation->arena);
    if (!expression_render(evaluation, expr, source, variables, out))
        return false;
    return function_give(value_with_marks(*out, path.marks), out);
}

/* Replaces an error about a sensitive template, which would reveal parts of it. */
static bool template_report_secret(Evaluation *evaluation, const Expr *call) {
    return eval_error(
        evaluation, call, "Error in function call",
        "Call to function \"%.*s\" failed: the template is a sensitive value, so the error "
        "is hidden.",
        STR_ARG(call->as.call.name));
}

static bool expression_templatestring(Evaluation *evaluation, const Expr *call, Value *out) {
    Value text;
    Value variables;
    if (!expression_template_arguments(evaluation, call, &text, &variables))
        return false;
    uint8_t marks = text.marks;
    if (value_is_null(variables)) {
        const Expr *given = call->as.call.arguments[1];
        return eval_error_at(evaluation, expr_start(given), given, "Invalid function argument",
                             "Invalid value for \"vars\" parameter: argument must not be null.");
    }
    if (!value_is_known(text) || !value_is_known(variables))
        return function_give(value_with_marks(refinement_not_null(&TYPE_STRING, evaluation->arena),
                                              marks | variables.marks),
                             out);
    const SourceText *source = source_text_new_temporary(STR("<templatestring argument>"),
                                                         value_text(text), evaluation->arena);
    Diags errors = diags_new(evaluation->arena);
    Evaluation quiet = *evaluation;
    quiet.diags = value_is_secret(text) ? &errors : evaluation->diags;
    if (!expression_render(&quiet, call, source, variables, out))
        return value_is_secret(text) ? template_report_secret(evaluation, call) : false;
    return function_give(value_with_marks(*out, marks), out);
}

/* clang-format off */
static const Function expression_functions[] = {
    {
        .name = "can",
        PARAMETERS({"expression", &TYPE_DYNAMIC}),
        .type = &TYPE_BOOL,
        .evaluate = expression_can,
        .description = "Whether the expression can be evaluated without an error.",
        .example = "can(tonumber(\"x\")) = false",
    },
    {
        .name = "convert",
        PARAMETERS({"value", &TYPE_DYNAMIC}, {"type", &TYPE_DYNAMIC, PARAMETER_TYPE}),
        .evaluate = expression_convert,
        .description = "The value converted to a type constraint, in the form of a variable's type.",
        .example = "convert(\"5\", number) = 5",
    },
    {
        .name = "templatefile",
        PARAMETERS({"path", &TYPE_STRING},
                   {"vars", &TYPE_DYNAMIC, 0, "Object with the variables of the template."}),
        .evaluate = expression_templatefile,
        .description = "The result of a file as a template with the given variables.",
        .example = "templatefile(\"hello.tftpl\", {name = \"you\"}) = \"Hello you\"",
    },
    {
        .name = "templatestring",
        PARAMETERS({"data", &TYPE_STRING, 0, "The text of the template."},
                   {"vars", &TYPE_DYNAMIC, 0, "Object with the variables of the template."}),
        .evaluate = expression_templatestring,
        .description = "The result of the string as a template with the given variables.",
        .example = "templatestring(\"Hello $${name}\", {name = \"x\"}) = \"Hello x\"",
    },
    {
        .name = "try",
        VARIADIC({"expressions", &TYPE_DYNAMIC}),
        .evaluate = expression_try,
        .description = "The first expression that can be evaluated without an error.",
        .example = "try(tonumber(\"x\"), 1) = 1",
    },
};
/* clang-format on */

const FunctionFamily functions_expression = {expression_functions,
                                             ARRAY_COUNT(expression_functions)};
