/* eval_placeholder: the type that an expression would have had. Where the errors of an operand or a
 * branch do not count, its type still does, so far as the form of the expression tells it. */

#include "evaluation.h"

/* The type of a part, evaluated once more without a word. */
static const Type *placeholder_part(Evaluation *evaluation, const Expr *expr) {
    Value value;
    if (eval_node(evaluation, expr, &value))
        return value.type;
    return eval_placeholder_type(evaluation, expr);
}

static const Type *placeholder_tuple(Evaluation *evaluation, const Expr *expr) {
    size_t count = expr->as.parts.count;
    const Type **types = arena_new_array(evaluation->arena, const Type *, count);
    for (size_t i = 0; i < count; i++)
        types[i] = placeholder_part(evaluation, expr->as.parts.items[i]);
    return type_tuple(types, count, evaluation->arena);
}

/* Of an object with computed keys nothing can be said. */
static const Type *placeholder_object(Evaluation *evaluation, const Expr *expr) {
    size_t count = expr->as.object.count;
    Arena *arena = evaluation->arena;
    Str *names = arena_new_array(arena, Str, count);
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        const ExprItem *item = &expr->as.object.items[i];
        if (item->key->kind != EXPR_LITERAL || item->key->as.literal.type != &TYPE_STRING)
            return &TYPE_DYNAMIC;
        names[i] = value_text(item->key->as.literal);
        items[i] = value_unknown(placeholder_part(evaluation, item->value));
    }
    return value_object(names, items, count, arena).type;
}

static const Type *placeholder_conditional(Evaluation *evaluation, const Expr *expr) {
    const Type *if_true = placeholder_part(evaluation, expr->as.conditional.if_true);
    const Type *if_false = placeholder_part(evaluation, expr->as.conditional.if_false);
    const Type *type =
        eval_branch_type(value_unknown(if_true), value_unknown(if_false), evaluation->arena);
    return type ? type : &TYPE_DYNAMIC;
}

static const Type *placeholder_binary(ExprOperator operator) {
    bool is_arithmetic = operator== OPERATOR_ADD || operator== OPERATOR_SUBTRACT || operator==
        OPERATOR_MULTIPLY ||
        operator== OPERATOR_DIVIDE ||
        operator== OPERATOR_MODULO;
    return is_arithmetic ? &TYPE_NUMBER : &TYPE_BOOL;
}

static const Type *placeholder_type(Evaluation *evaluation, const Expr *expr) {
    switch ((int)expr->kind) {
    case EXPR_PARENS: return placeholder_part(evaluation, expr->as.inner);
    case EXPR_BINARY: return placeholder_binary(expr->as.operation.operator);
    case EXPR_UNARY:
        return expr->as.operation.operator== OPERATOR_NEGATE ? &TYPE_NUMBER : & TYPE_BOOL;
    case EXPR_CONDITIONAL: return placeholder_conditional(evaluation, expr);
    case EXPR_TUPLE: return placeholder_tuple(evaluation, expr);
    case EXPR_OBJECT: return placeholder_object(evaluation, expr);
    case EXPR_TEMPLATE:
        if (expr->as.parts.count != 1)
            return &TYPE_STRING;
        return placeholder_part(evaluation, expr->as.parts.items[0]);
    case EXPR_TEMPLATE_IF:
    case EXPR_TEMPLATE_FOR: return &TYPE_STRING;
    default: return &TYPE_DYNAMIC;
    }
}

const Type *eval_placeholder_type(Evaluation *evaluation, const Expr *expr) {
    Diags silent = diags_new(evaluation->arena);
    Evaluation quiet = *evaluation;
    quiet.diags = &silent;
    return placeholder_type(&quiet, expr);
}
