/* Evaluation: the state of evaluating one expression, shared by the evaluator's files. Not for
 * other layers, except functions that take expressions (Function.evaluate).
 *
 * Every eval_* with `out` returns false exactly when it has added an error; *out is then
 * undefined. */
#pragma once

#include "scope.h"

/* The variables of a loop; `outer` is the enclosing loop. */
typedef struct EvalLoop {
    const struct EvalLoop *outer;
    Str key_name; /* empty: none */
    Str value_name;
    Value key;
    Value value;
} EvalLoop;

typedef struct Evaluation {
    const Scope *scope;
    const EvalLoop *loops;
    const Value *splat_item;
    Arena *arena;
    Diags *diags;
    uint32_t depth; /* nesting of templatestring and templatefile calls */
} Evaluation;

MUST_USE bool eval_node(Evaluation *evaluation, const Expr *expr, Value *out);
/* Adds an error about a part of the expression, with the values of the names in it. Returns false.
 */
bool eval_error(Evaluation *evaluation, const Expr *expr, const char *summary,
                const char *detail_format, ...) PRINTF_LIKE(4, 5);
/* The same, with a range other than that of the part. */
bool eval_error_at(Evaluation *evaluation, SourceRange range, const Expr *expr, const char *summary,
                   const char *detail_format, ...) PRINTF_LIKE(5, 6);
/* Errors of several elements are all reported, because they may differ; beyond this number
 * evaluation stops. */
enum { EVAL_ERRORS_MAX = 100 };
/* Returns true if evaluating the next element is useful: fewer than `limit` errors and budget
 * left. */
bool eval_goes_on(const Evaluation *evaluation, size_t limit);
/* Marks the diagnostics from index `from` on as errors of single list elements. */
void eval_mark_each(Evaluation *evaluation, size_t from);
/* Charges the budget. The error has the range of `expr`. */
MUST_USE bool eval_spend(Evaluation *evaluation, const Expr *expr, int64_t elements, int64_t bytes);
/* Returns "attribute \"x\": a number is required". */
Str eval_convert_message(const ConvertError *error, Arena *arena);
/* Returns the message of a function or conversion, with the middle cut out if it is too long. */
Str eval_shorten(Str message, Arena *arena);
/* Evaluates to a bool, or an unknown of any type. Null and known values of other types are
 * errors. */
MUST_USE bool eval_condition(Evaluation *evaluation, const Expr *expr, Value *out);
/* Evaluates the collection of a loop and removes its marks. *is_known false: the result of the loop
 * is unknown. */
MUST_USE bool eval_loop_collection(Evaluation *evaluation, const Expr *expr, Value *out,
                                   uint8_t *marks, bool *is_known);
/* Sets the loop's variables to element i. */
void eval_loop_set(EvalLoop *loop, Value collection, size_t i);

/* Evaluates a unary or binary operation or a conditional. */
MUST_USE bool eval_operator(Evaluation *evaluation, const Expr *expr, Value *out);
/* Evaluates a template or one of its directives `if` and `for`. */
MUST_USE bool eval_template(Evaluation *evaluation, const Expr *expr, Value *out);
MUST_USE bool eval_for(Evaluation *evaluation, const Expr *expr, Value *out);
/* Returns true if the number of arguments fits the function's parameters; otherwise adds an
 * error. */
MUST_USE bool eval_call_check_count(Evaluation *evaluation, const Expr *expr, size_t count);
MUST_USE bool eval_call(Evaluation *evaluation, const Expr *expr, Value *out);
/* Returns the number of elements of a known list, set, tuple, map or object. */
size_t eval_element_count(Value collection);
