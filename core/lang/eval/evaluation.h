/* Evaluation: one expression being evaluated; what the files of the evaluator share. Not for other
 * layers but functions that take expressions (Function.evaluate).
 *
 * Every eval_* returns false exactly when it has added an error; *out is then untouched or rubbish.
 */
#pragma once

#include "scope.h"

/* A loop's variables, innermost first. */
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
    uint32_t depth; /* of texts evaluated within (templatestring) */
} Evaluation;

MUST_USE bool eval_node(Evaluation *evaluation, const Expr *expr, Value *out);
/* An error about a part of the expression, with the values of the names in it. */
void eval_error(Evaluation *evaluation,
                const Expr *expr,
                const char *summary,
                const char *detail_format,
                ...) PRINTF_LIKE(4, 5);
/* The same, where the place is not the whole of that part. */
void eval_error_at(Evaluation *evaluation,
                   SourceRange range,
                   const Expr *expr,
                   const char *summary,
                   const char *detail_format,
                   ...) PRINTF_LIKE(5, 6);
/* Errors of several elements are told, as each may be of another kind; more than these nobody
 * reads.
 */
enum { EVAL_ERRORS_MAX = 100 };
/* Is there any point in evaluating the next element? Not after `limit` errors, nor once the budget
 * is spent: each would say so again. */
bool eval_goes_on(const Evaluation *evaluation, size_t limit);
/* The diagnostics from index `from` on are each of an element of a list. */
void eval_tell_each(Evaluation *evaluation, size_t from);
/* Takes one element from the budget; the error blames `expr`. */
MUST_USE bool eval_spend(Evaluation *evaluation, const Expr *expr, int64_t elements, int64_t bytes);
/* "attribute \"x\": a number is required" */
Str eval_convert_message(const ConvertError *error, Arena *arena);
/* The message of a function or a conversion without the middle of a value that it quotes whole. */
Str eval_shorten(Str message, Arena *arena);
/* A bool, or unknown of any type; null and known values that are no bool are errors. */
MUST_USE bool eval_condition(Evaluation *evaluation, const Expr *expr, Value *out);
/* What a `for` of either kind runs over, marks taken off; *is_known false: nothing can be said. */
MUST_USE bool eval_loop_collection(
    Evaluation *evaluation, const Expr *expr, Value *out, uint8_t *marks, bool *is_known);
/* The type that a failed expression would have had; dynamic where its form does not say. */
const Type *eval_placeholder_type(Evaluation *evaluation, const Expr *expr);
/* The type that both branches of a conditional can have; NULL when there is none. */
const Type *eval_branch_type(Value if_true, Value if_false, Arena *arena);
/* Puts element i into the loop's variables. */
void eval_loop_set(EvalLoop *loop, Value collection, size_t i);

MUST_USE bool eval_binary(Evaluation *evaluation, const Expr *expr, Value *out);
MUST_USE bool eval_unary(Evaluation *evaluation, const Expr *expr, Value *out);
MUST_USE bool eval_conditional(Evaluation *evaluation, const Expr *expr, Value *out);
MUST_USE bool eval_template(Evaluation *evaluation, const Expr *expr, Value *out);
MUST_USE bool eval_template_if(Evaluation *evaluation, const Expr *expr, Value *out);
MUST_USE bool eval_template_for(Evaluation *evaluation, const Expr *expr, Value *out);
MUST_USE bool eval_for(Evaluation *evaluation, const Expr *expr, Value *out);
MUST_USE bool eval_splat(Evaluation *evaluation, const Expr *expr, Value *out);
/* Are there as many arguments as the function has parameters? */
MUST_USE bool eval_call_check_count(Evaluation *evaluation, const Expr *expr, size_t count);
MUST_USE bool eval_call(Evaluation *evaluation, const Expr *expr, Value *out);
/* Elements of a known list, set, tuple, map or object. */
size_t eval_element_count(Value collection);
