/* eval_placeholder: finds the type of an expression that failed. If errors of an operand or branch
 * do not count, its type still does, as far as the syntax determines it. */

#include "evaluation.h"
#include "refinement.h"

/* Returns the type of a part; evaluates it again without reporting errors. */
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

/* Returns dynamic for an object with computed keys. */
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

/* Returns the type of `each` for an unknown element of that type. */
static const Type *placeholder_each(Evaluation *evaluation, const Expr *expr, const Type *element) {
    Value item = value_unknown(element);
    Evaluation inner = *evaluation;
    inner.splat_item = &item;
    return placeholder_part(&inner, expr->as.splat.each);
}

static const Type *placeholder_splat(Evaluation *evaluation, const Expr *expr) {
    Arena *arena = evaluation->arena;
    Value source;
    if (!eval_node(evaluation, expr->as.splat.object, &source) || source.type->kind == KIND_DYNAMIC)
        return &TYPE_DYNAMIC;
    const Type *type = source.type;
    if (type->kind == KIND_LIST || type->kind == KIND_SET)
        return type_list(placeholder_each(evaluation, expr, type->element), arena);
    bool is_tuple = type->kind == KIND_TUPLE;
    if (!is_tuple && !refinement_is_never_null(source))
        return &TYPE_DYNAMIC;
    size_t count = is_tuple ? type->count : 1;
    const Type **types = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++)
        types[i] = placeholder_each(evaluation, expr, is_tuple ? type_at(type, i) : type);
    return type_tuple(types, count, arena);
}

/* The result of a `for`: names and types in the order of its elements. */
typedef struct PlaceholderLoop {
    StrVec names;
    ValueVec items; /* unknown values that carry the types */
} PlaceholderLoop;

/* Evaluates and converts a part; returns false if its value is not known. */
static bool placeholder_known(Evaluation *evaluation, const Expr *expr, const Type *type,
                              Value *out) {
    ConvertError error;
    return eval_node(evaluation, expr, out) && value_is_present(*out) &&
           convert_value(*out, type, out, &error, evaluation->arena);
}

/* Adds another value for an existing key: the first one wins, or with grouping all form a tuple. */
static void placeholder_repeat(const Expr *expr, Value *item, const Type *type, Arena *arena) {
    if (!expr->as.loop.groups)
        return;
    size_t count = item->type->count;
    const Type **types = arena_new_array(arena, const Type *, count + 1);
    for (size_t i = 0; i < count; i++)
        types[i] = type_at(item->type, i);
    types[count] = type;
    *item = value_unknown(type_tuple(types, count + 1, arena));
}

static void placeholder_add(Evaluation *evaluation, const Expr *expr, Str name, const Type *type,
                            PlaceholderLoop *made) {
    Arena *arena = evaluation->arena;
    for (size_t i = 0; i < made->names.count; i++) {
        if (!str_equal(made->names.items[i], name))
            continue;
        placeholder_repeat(expr, &made->items.items[i], type, arena);
        return;
    }
    if (expr->as.loop.groups)
        type = type_tuple(&type, 1, arena);
    vec_push(arena, &made->names, name);
    vec_push(arena, &made->items, value_unknown(type));
}

/* Returns false if the condition or the key of the element is not known. */
static bool placeholder_element(Evaluation *inner, const Expr *expr, PlaceholderLoop *made) {
    Value value;
    if (expr->as.loop.condition) {
        if (!placeholder_known(inner, expr->as.loop.condition, &TYPE_BOOL, &value))
            return false;
        if (!value.as.boolean)
            return true;
    }
    if (!expr->as.loop.key) {
        vec_push(inner->arena, &made->items,
                 value_unknown(placeholder_part(inner, expr->as.loop.value)));
        return true;
    }
    if (!placeholder_known(inner, expr->as.loop.key, &TYPE_STRING, &value))
        return false;
    const Type *type = placeholder_part(inner, expr->as.loop.value);
    placeholder_add(inner, expr, value_text(value), type, made);
    return true;
}

static const Type *placeholder_for(Evaluation *evaluation, const Expr *expr) {
    Arena *arena = evaluation->arena;
    PlaceholderLoop made = {0};
    Value collection;
    uint8_t marks = 0;
    bool is_known = true;
    if (!eval_loop_collection(evaluation, expr, &collection, &marks, &is_known) || !is_known)
        return &TYPE_DYNAMIC;
    EvalLoop loop = {.outer = evaluation->loops,
                     .key_name = expr->as.loop.key_name,
                     .value_name = expr->as.loop.value_name};
    Evaluation inner = *evaluation;
    inner.loops = &loop;
    for (size_t i = 0; i < eval_element_count(collection); i++) {
        eval_loop_set(&loop, collection, i);
        if (!placeholder_element(&inner, expr, &made))
            return &TYPE_DYNAMIC;
    }
    if (expr->as.loop.key)
        return value_object(made.names.items, made.items.items, made.items.count, arena).type;
    return value_tuple(made.items.items, made.items.count, arena).type;
}

static const Type *placeholder_type(Evaluation *evaluation, const Expr *expr) {
    switch ((int)expr->kind) {
    case EXPR_PARENS: return placeholder_part(evaluation, expr->as.inner);
    case EXPR_BINARY:
        return expr->as.operation.operator>= OPERATOR_ADD ? &TYPE_NUMBER : & TYPE_BOOL;
    case EXPR_UNARY:
        return expr->as.operation.operator== OPERATOR_NEGATE ? &TYPE_NUMBER : & TYPE_BOOL;
    case EXPR_CONDITIONAL: return placeholder_conditional(evaluation, expr);
    case EXPR_TUPLE: return placeholder_tuple(evaluation, expr);
    case EXPR_SPLAT: return placeholder_splat(evaluation, expr);
    case EXPR_FOR: return placeholder_for(evaluation, expr);
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
