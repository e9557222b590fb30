/* eval_operator: evaluates unary and binary operators, equality and conditionals. */
#include "eval.h"

#include "arithmetic.h"
#include "evaluation.h"
#include "refinement.h"

typedef enum Answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN } Answer;

static const Type *eval_placeholder_type(Evaluation *evaluation, const Expr *expr);

/* Finds the type of an expression that failed. If errors of an operand or branch do not count, its
 * type still does, as far as the syntax determines it. */

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

static bool is_untyped_null(Value v) {
    return value_is_null(v) && v.type == &TYPE_DYNAMIC && !v.marks;
}

/* Returns the type to which both branches of a conditional convert; NULL if none. */
static const Type *eval_branch_type(Value if_true, Value if_false, Arena *arena) {
    if (is_untyped_null(if_true))
        return if_false.type;
    if (is_untyped_null(if_false))
        return if_true.type;
    if (if_true.type == &TYPE_DYNAMIC || if_false.type == &TYPE_DYNAMIC)
        return &TYPE_DYNAMIC;
    if (type_equal(if_true.type, if_false.type))
        return if_true.type;
    const Type *types[] = {if_true.type, if_false.type};
    return convert_unify(types, 2, arena);
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

/* Returns the type that a failed expression would have; dynamic if the syntax does not determine
 * it. */
static const Type *eval_placeholder_type(Evaluation *evaluation, const Expr *expr) {
    Diags silent = diags_new(evaluation->arena);
    Evaluation quiet = *evaluation;
    quiet.diags = &silent;
    return placeholder_type(&quiet, expr);
}

static Answer equal_answer(Value a, Value b, Arena *arena);

/* Returns true if `type` equals `open`, or may equal it where `open` is dynamic. */
static bool type_conforms(const Type *type, const Type *open) {
    if (open == &TYPE_DYNAMIC)
        return true;
    if (type->kind != open->kind || type->count != open->count)
        return false;
    if (type_is_collection(type))
        return type_conforms(type->element, open->element);
    for (size_t i = 0; i < type->count; i++) {
        if (type->kind == KIND_OBJECT && !str_equal(type->names[i], open->names[i]))
            return false;
        if (!type_conforms(type_at(type, i), type_at(open, i)))
            return false;
    }
    return true;
}

/* Returns true if the number is outside the bounds. */
static bool is_out_of_bounds(Value number, const Refinement *bounds, Arena *arena) {
    return (bounds->min && arithmetic_compare(number, *bounds->min, arena) < 0) ||
           (bounds->max && arithmetic_compare(number, *bounds->max, arena) > 0);
}

/* Returns true if the refinement of the unknown value excludes the known one. */
static bool refinement_excludes(Value unknown, Value known, Arena *arena) {
    const Refinement *refinement = unknown.as.refinement;
    if (value_is_null(known) || unknown.type == &TYPE_DYNAMIC)
        return false;
    if (!type_equal(unknown.type, known.type))
        return !type_conforms(known.type, unknown.type);
    if (!refinement)
        return false;
    if (known.type->kind == KIND_STRING)
        return !str_starts_with(value_text(known), refinement->prefix);
    if (known.type->kind == KIND_NUMBER)
        return is_out_of_bounds(known, refinement, arena);
    if (!type_is_collection(known.type))
        return false;
    Refinement length = refinement_of(refinement_length(known, arena), arena);
    return arithmetic_compare(*length.max, value_int((int64_t)refinement->length_min), arena) < 0 ||
           arithmetic_compare(*length.min, value_int((int64_t)refinement->length_max), arena) > 0;
}

/* Returns true if the value contains an unknown of unknown type. */
static bool has_open_type(Value v) {
    if (!value_is_known(v))
        return v.type->has_dynamic;
    if (value_is_null(v) || value_is_wholly_known(v))
        return false;
    for (size_t i = 0; i < v.count; i++)
        if (has_open_type(value_at(v, i)))
            return true;
    return false;
}

/* As in Terraform, the first item that is not equal or not known decides. */
static Answer equal_items(Value a, Value b, size_t count, Arena *arena) {
    for (size_t i = 0; i < count; i++) {
        Answer item = equal_answer(value_at(a, i), value_at(b, i), arena);
        if (item != ANSWER_YES)
            return item;
    }
    return ANSWER_YES;
}

static Answer equal_maps(Value a, Value b, Arena *arena) {
    if (a.count != b.count)
        return ANSWER_NO;
    for (size_t i = 0; i < a.count; i++)
        if (!str_equal(value_key_at(a, i), value_key_at(b, i)))
            return ANSWER_NO;
    return equal_items(a, b, a.count, arena);
}

/* Integers are equal if their values are. Others are equal if their shortest texts are, each at its
 * own precision: 0.1 as a double equals 0.1 read from text. */
static bool equal_numbers(Value a, Value b, Arena *arena) {
    bool is_integer = arithmetic_is_integer(a);
    if (is_integer != arithmetic_is_integer(b))
        return false;
    if (is_integer || a.count == b.count)
        return arithmetic_compare(a, b, arena) == 0;
    return str_equal(value_number_text(a, arena), value_number_text(b, arena));
}

static Answer equal_answer(Value a, Value b, Arena *arena) {
    if (value_is_null(a) && refinement_is_never_null(b))
        return ANSWER_NO;
    if (value_is_null(b) && refinement_is_never_null(a))
        return ANSWER_NO;
    if (value_is_known(a) && !value_is_known(b) && refinement_excludes(b, a, arena))
        return ANSWER_NO;
    if (value_is_known(b) && !value_is_known(a) && refinement_excludes(a, b, arena))
        return ANSWER_NO;
    if (!value_is_known(a) || !value_is_known(b))
        return ANSWER_UNKNOWN;
    if (value_is_null(a) && value_is_null(b))
        return ANSWER_YES;
    if (has_open_type(a) || has_open_type(b)) {
        bool can_conform = type_conforms(a.type, b.type) || type_conforms(b.type, a.type);
        return can_conform ? ANSWER_UNKNOWN : ANSWER_NO;
    }
    if (a.type != b.type && !type_equal(a.type, b.type))
        return ANSWER_NO;
    if (a.type == &TYPE_NUMBER)
        return equal_numbers(a, b, arena) ? ANSWER_YES : ANSWER_NO;
    if (value_is_wholly_known(a) && value_is_wholly_known(b))
        return value_equal(a, b) ? ANSWER_YES : ANSWER_NO;
    switch ((int)a.type->kind) {
    case KIND_SET: return ANSWER_UNKNOWN;
    case KIND_MAP: return equal_maps(a, b, arena);
    case KIND_LIST: return a.count == b.count ? equal_items(a, b, a.count, arena) : ANSWER_NO;
    default: return equal_items(a, b, a.type->count, arena);
    }
}

Value eval_equal(Value a, Value b, Arena *arena) {
    uint8_t marks = 0;
    if (value_has_marks_anywhere(a))
        marks |= value_marks_deep(a);
    if (value_has_marks_anywhere(b))
        marks |= value_marks_deep(b);
    Answer answer = equal_answer(a, b, arena);
    Value result = answer == ANSWER_UNKNOWN ? refinement_not_null(&TYPE_BOOL, arena)
                                            : value_bool(answer == ANSWER_YES);
    return value_with_marks(result, marks);
}

static bool operand_convert(Evaluation *evaluation, const Expr *expr, const char *side,
                            const Type *type, Value *value) {
    if (value->type == type)
        return true;
    ConvertError error;
    if (convert_value(*value, type, value, &error, evaluation->arena))
        return true;
    return eval_error(evaluation, expr, "Invalid operand", "Unsuitable value for %s operand: %.*s.",
                      side, STR_ARG(eval_convert_message(&error, evaluation->arena)));
}

static bool operation_failed(Evaluation *evaluation, const Expr *expr, Str why) {
    return eval_error(evaluation, expr, "Operation failed", "Error during operation: %.*s.",
                      STR_ARG(why));
}

static bool operand_is_present(Evaluation *evaluation, const Expr *operation, Value value) {
    return !value_is_null(value) ||
           operation_failed(evaluation, operation, STR("argument must not be null"));
}

static const ArithmeticKind arithmetic_kinds[] = {
    [OPERATOR_ADD] = ARITHMETIC_ADD,           [OPERATOR_SUBTRACT] = ARITHMETIC_SUBTRACT,
    [OPERATOR_MULTIPLY] = ARITHMETIC_MULTIPLY, [OPERATOR_DIVIDE] = ARITHMETIC_DIVIDE,
    [OPERATOR_MODULO] = ARITHMETIC_MODULO,
};

static bool is_ordered(ExprOperator operator, int order) {
    switch ((int)operator) {
    case OPERATOR_LESS: return order < 0;
    case OPERATOR_LESS_EQUAL: return order <= 0;
    case OPERATOR_GREATER: return order > 0;
    default: return order >= 0;
    }
}

/* Compares the bounds of both. As in Terraform, equal bounds decide nothing. */
static bool is_certainly_less(Value a, Value b, Arena *arena) {
    Refinement left = refinement_of(a, arena);
    Refinement right = refinement_of(b, arena);
    return left.max && right.min && arithmetic_compare(*left.max, *right.min, arena) < 0;
}

/* Compares by bounds. As in Terraform, <= and >= are false only if the operands are also known to
 * differ. */
static Value order_unknown(ExprOperator operator, Value left, Value right, Arena *arena) {
    bool is_greater = operator== OPERATOR_GREATER || operator== OPERATOR_GREATER_EQUAL;
    bool takes_equal = operator== OPERATOR_LESS_EQUAL || operator== OPERATOR_GREATER_EQUAL;
    Value least = is_greater ? right : left;
    Value most = is_greater ? left : right;
    if (is_certainly_less(least, most, arena))
        return value_bool(true);
    bool is_unequal = !takes_equal || equal_answer(left, right, arena) == ANSWER_NO;
    return is_unequal && is_certainly_less(most, least, arena)
               ? value_bool(false)
               : refinement_not_null(&TYPE_BOOL, arena);
}

static bool binary_numbers(Evaluation *evaluation, const Expr *expr, Value left, Value right,
                           Value *out) {
    ExprOperator operator= expr->as.operation.operator;
    bool is_order = operator>= OPERATOR_LESS && operator<= OPERATOR_GREATER_EQUAL;
    bool is_good =
        operand_convert(evaluation, expr->as.operation.left, "left", &TYPE_NUMBER, &left);
    if (!operand_convert(evaluation, expr->as.operation.right, "right", &TYPE_NUMBER, &right) ||
        !is_good || !operand_is_present(evaluation, expr, left) ||
        !operand_is_present(evaluation, expr, right))
        return false;
    uint8_t marks = left.marks | right.marks;
    Value result;
    Str error;
    if (!value_is_known(left) || !value_is_known(right)) {
        /* As in Terraform, only comparisons use the bounds; an arithmetic result has none. */
        result = is_order ? order_unknown(operator, left, right, evaluation->arena)
                          : refinement_not_null(&TYPE_NUMBER, evaluation->arena);
    } else if (is_order) {
        result =
            value_bool(is_ordered(operator, arithmetic_compare(left, right, evaluation->arena)));
    } else if (!arithmetic_apply(
                   arithmetic_kinds[operator], left, right, &result, &error, evaluation->arena)) {
        return operation_failed(evaluation, expr, error);
    }
    *out = marks ? value_with_marks(result, marks) : result;
    return true;
}

/* One side of && or ||: its value, or if it failed, a value that has only its type. */
typedef struct Side {
    const Expr *expr;
    const Expr *operation; /* the operator that it is a side of */
    const char *name;
    Value value;
    bool is_good;
    bool is_known;
    bool is_decisive; /* true for ||, false for &&; as in Terraform, null counts as false here */
} Side;

static bool side_resolve(Evaluation *evaluation, Side *side, bool deciding) {
    if (!side->is_good)
        side->value = value_unknown(eval_placeholder_type(evaluation, side->expr));
    if (!operand_convert(evaluation, side->expr, side->name, &TYPE_BOOL, &side->value))
        return false;
    side->is_known = value_is_known(side->value);
    side->is_decisive = side->is_known && value_is_true(side->value) == deciding;
    return true;
}

/* Computes the result from two sides of type bool. On failure returns false; the error is one of a
 * side or is added here. */
static bool logic_decide(Evaluation *evaluation, const Expr *expr, const Side *left,
                         const Side *right, Value *out) {
    bool deciding = expr->as.operation.operator== OPERATOR_OR;
    *out = refinement_not_null(&TYPE_BOOL, evaluation->arena);
    if (!left->is_known && !right->is_known)
        return left->is_good;
    bool awaits = evaluation->scope && evaluation->scope->no_short_circuit;
    bool is_whole = left->is_known && right->is_known;
    if ((left->is_decisive || right->is_decisive) && (is_whole || !awaits)) {
        *out = value_bool(deciding);
        return true;
    }
    if (!is_whole)
        return left->is_known ? right->is_good : left->is_good;
    *out = value_bool(!deciding);
    return operand_is_present(evaluation, left->operation, left->value) &&
           operand_is_present(evaluation, right->operation, right->value);
}

/* Always evaluates both operands, for their types. An error in one counts only if the other does
 * not decide. */
static bool binary_logic(Evaluation *evaluation, const Expr *expr, bool has_left, Value left_value,
                         Value *out) {
    bool deciding = expr->as.operation.operator== OPERATOR_OR;
    Diags errors = diags_new(evaluation->arena);
    Evaluation quiet = *evaluation;
    quiet.diags = &errors;
    Side left = {expr->as.operation.left, expr, "left", left_value, has_left, false, false};
    Side right = {expr->as.operation.right, expr, "right", {0}, false, false, false};
    right.is_good = eval_node(&quiet, right.expr, &right.value);
    bool has_types = side_resolve(&quiet, &left, deciding);
    has_types = side_resolve(&quiet, &right, deciding) && has_types;
    Value result;
    if (!has_types || !logic_decide(&quiet, expr, &left, &right, &result)) {
        diags_append(evaluation->diags, &errors);
        return false;
    }
    *out = value_with_marks(result, left.value.marks | right.value.marks);
    return true;
}

/* Applies one operator whose left operand is already evaluated (or failed). */
static bool binary_step(Evaluation *evaluation, const Expr *expr, bool has_left, Value left,
                        Value *out) {
    ExprOperator operator= expr->as.operation.operator;
    if (operator== OPERATOR_AND || operator== OPERATOR_OR)
        return binary_logic(evaluation, expr, has_left, left, out);
    Value right;
    if (!eval_node(evaluation, expr->as.operation.right, &right) || !has_left)
        return false;
    if (operator!= OPERATOR_EQUAL && operator!= OPERATOR_NOT_EQUAL)
        return binary_numbers(evaluation, expr, left, right, out);
    *out = eval_equal(left, right, evaluation->arena);
    if (operator== OPERATOR_NOT_EQUAL && value_is_known(*out))
        out->as.boolean = !out->as.boolean;
    return true;
}

/* Evaluates left operands in a loop, because a sum of thousands of terms is a deep tree. */
static bool eval_binary(Evaluation *evaluation, const Expr *expr, Value *out) {
    size_t depth = 0;
    for (const Expr *at = expr; at->kind == EXPR_BINARY; at = at->as.operation.left)
        depth++;
    const Expr *few[8];
    const Expr **spine =
        depth <= ARRAY_COUNT(few) ? few : arena_new_array(evaluation->arena, const Expr *, depth);
    const Expr *at = expr;
    for (size_t i = depth; i-- > 0; at = at->as.operation.left)
        spine[i] = at;
    Value value;
    Diags failures = diags_new(evaluation->arena);
    Evaluation inner = *evaluation;
    inner.diags = &failures;
    bool is_good = eval_node(&inner, at, &value);
    for (size_t i = 0; i < depth; i++)
        is_good = binary_step(&inner, spine[i], is_good, value, &value);
    if (is_good)
        *out = value;
    else
        diags_append(evaluation->diags, &failures);
    return is_good;
}

static bool eval_unary(Evaluation *evaluation, const Expr *expr, Value *out) {
    Value value;
    const Expr *operand = expr->as.operation.left;
    bool negates = expr->as.operation.operator== OPERATOR_NEGATE;
    if (!eval_node(evaluation, operand, &value) ||
        !operand_convert(evaluation, operand, "unary", negates ? &TYPE_NUMBER : &TYPE_BOOL,
                         &value) ||
        !operand_is_present(evaluation, expr, value))
        return false;
    if (!value_is_known(value)) {
        /* As in Terraform, the unknown result has no marks. */
        *out = refinement_not_null(value.type, evaluation->arena);
        return true;
    }
    Value result =
        negates ? arithmetic_negate(value, evaluation->arena) : value_bool(!value.as.boolean);
    *out = value_with_marks(result, value.marks);
    return true;
}

static Str branch_difference(Value if_true, Value if_false, Arena *arena) {
    const Type *a = if_true.type;
    const Type *b = if_false.type;
    bool is_secret = (value_marks_deep(if_true) | value_marks_deep(if_false)) & MARKS_SECRET;
    if (a->kind == KIND_TUPLE && b->kind == KIND_TUPLE && a->count != b->count)
        return str_format(arena,
                          "Tuples of different length: the 'true' one has %u, the 'false' one %u.",
                          a->count, b->count);
    Str left = type_friendly_name(a, arena);
    Str right = type_friendly_name(b, arena);
    if (!str_equal(left, right))
        return str_format(arena, "The 'true' value is %.*s, but the 'false' value is %.*s.",
                          STR_ARG(left), STR_ARG(right));
    if (is_secret) /* the keys of an object may be sensitive */
        return STR("Both are sensitive, so their differences are hidden.");
    left = eval_shorten(type_to_constraint(a, arena), arena);
    right = eval_shorten(type_to_constraint(b, arena), arena);
    return str_format(arena,
                      "The 'true' value is of type %.*s, but the 'false' value is of type %.*s.",
                      STR_ARG(left), STR_ARG(right));
}

bool eval_condition(Evaluation *evaluation, const Expr *expr, Value *out) {
    ConvertError error;
    if (!eval_node(evaluation, expr, out))
        return false;
    if (value_is_null(*out))
        return eval_error(evaluation, expr, "Null condition",
                          "The condition must be true or false, but is null.");
    /* As in Terraform, the type of an unknown condition is not checked. */
    if (!value_is_known(*out) || convert_value(*out, &TYPE_BOOL, out, &error, evaluation->arena))
        return true;
    return eval_error(evaluation, expr, "Incorrect condition type",
                      "The condition must be true or false: %.*s.", STR_ARG(error.message));
}

static Value conditional_unknown(Value if_true, Value if_false, const Type *type, Arena *arena) {
    if (value_is_null(if_true) && value_is_null(if_false))
        return value_null(type);
    return refinement_to_value(type, refinement_join(if_true, if_false, arena), arena);
}

static bool conditional_choose(Evaluation *evaluation, const Expr *chosen, Value value,
                               const Type *other, const Type *type, Value *out) {
    ConvertError error;
    bool is_typed = type == &TYPE_DYNAMIC || value.type == type;
    bool is_strict = (value.type->kind == KIND_TUPLE && other->kind == KIND_LIST) ||
                     (value.type->kind == KIND_OBJECT && other->kind == KIND_MAP);
    bool is_good = is_typed || (is_strict ? convert_value_strictly : convert_value)(
                                   value, type, &value, &error, evaluation->arena);
    if (!is_good)
        return eval_error(evaluation, chosen, "Inconsistent conditional result types",
                          "This result value has the wrong type: %.*s.",
                          STR_ARG(eval_convert_message(&error, evaluation->arena)));
    *out = value;
    return true;
}

/* Evaluates both branches, because the type of the result depends on both. Errors count only in the
 * chosen branch. */
static bool eval_conditional(Evaluation *evaluation, const Expr *expr, Value *out) {
    Arena *arena = evaluation->arena;
    Diags diags[2] = {diags_new(arena), diags_new(arena)};
    const Expr *exprs[2] = {expr->as.conditional.if_false, expr->as.conditional.if_true};
    Value values[2];
    for (int i = 0; i < 2; i++) {
        Evaluation branch = *evaluation;
        branch.diags = &diags[i];
        if (!eval_node(&branch, exprs[i], &values[i]))
            values[i] = value_unknown(eval_placeholder_type(&branch, exprs[i]));
    }
    const Type *type = eval_branch_type(values[1], values[0], arena);
    if (!type) {
        Expr results = {
            .kind = expr->kind,
            .range = source_range_join(expr->as.conditional.if_true->range,
                                       expr->as.conditional.if_false->range),
            .as.conditional = expr->as.conditional,
        };
        return eval_error(evaluation, &results, "Inconsistent conditional result types",
                          "The true and false result expressions must have consistent types. %.*s",
                          STR_ARG(branch_difference(values[1], values[0], arena)));
    }
    Value condition;
    if (!eval_condition(evaluation, expr->as.conditional.condition, &condition))
        return false;
    uint8_t marks = condition.marks | values[0].marks | values[1].marks;
    if (!value_is_known(condition)) {
        *out = value_with_marks(conditional_unknown(values[1], values[0], type, arena), marks);
        return true;
    }
    int chosen = condition.as.boolean ? 1 : 0;
    if (diags_has_errors(&diags[chosen])) {
        diags_append(evaluation->diags, &diags[chosen]);
        return false;
    }
    if (!conditional_choose(evaluation, exprs[chosen], values[chosen], values[!chosen].type, type,
                            out))
        return false;
    if (marks)
        *out = value_with_marks(*out, marks);
    return true;
}

bool eval_operator(Evaluation *evaluation, const Expr *expr, Value *out) {
    if (expr->kind == EXPR_BINARY)
        return eval_binary(evaluation, expr, out);
    return expr->kind == EXPR_UNARY ? eval_unary(evaluation, expr, out)
                                    : eval_conditional(evaluation, expr, out);
}
