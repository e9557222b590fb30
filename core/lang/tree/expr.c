/* expr: builds trees for other syntaxes and inspects trees. */
#include "expr.h"

#include "function.h"

#define PAYLOAD(member) sizeof(((Expr *)NULL)->as.member)

/* Most nodes are literals, names and parentheses, so a node gets only the memory that its kind
 * needs. */
static const uint8_t payload_sizes[] = {
    [EXPR_LITERAL] = PAYLOAD(literal),
    [EXPR_TEMPLATE] = PAYLOAD(parts),
    [EXPR_TRAVERSAL] = PAYLOAD(traversal),
    [EXPR_ATTRIBUTE] = PAYLOAD(attribute),
    [EXPR_INDEX] = PAYLOAD(index),
    [EXPR_SPLAT] = PAYLOAD(splat),
    [EXPR_SPLAT_ITEM] = 0,
    [EXPR_CALL] = PAYLOAD(call),
    [EXPR_UNARY] = PAYLOAD(operation),
    [EXPR_BINARY] = PAYLOAD(operation),
    [EXPR_CONDITIONAL] = PAYLOAD(conditional),
    [EXPR_FOR] = PAYLOAD(loop),
    [EXPR_TUPLE] = PAYLOAD(parts),
    [EXPR_OBJECT] = PAYLOAD(object),
    [EXPR_PARENS] = PAYLOAD(inner),
    [EXPR_TEMPLATE_IF] = PAYLOAD(conditional),
    [EXPR_TEMPLATE_FOR] = PAYLOAD(loop),
    [EXPR_UNREADABLE] = PAYLOAD(mistakes),
};
static_assert(ARRAY_COUNT(payload_sizes) == EXPR_UNREADABLE + 1, "a size for each kind");

Expr *expr_new(ExprKind kind, SourceRange range, Arena *arena) {
    Expr *expr = arena_alloc(arena, offsetof(Expr, as) + payload_sizes[kind]);
    expr->kind = kind;
    expr->range = range;
    return expr;
}

const Expr *expr_literal(Value literal, SourceRange range, Arena *arena) {
    Expr *expr = expr_new(EXPR_LITERAL, range, arena);
    expr->as.literal = literal;
    return expr;
}

const Expr *expr_tuple(const Expr *const *items, size_t count, SourceRange range, Arena *arena) {
    Expr *expr = expr_new(EXPR_TUPLE, range, arena);
    expr->as.parts.items = items;
    expr->as.parts.count = count;
    return expr;
}

const Expr *expr_object(const ExprItem *items, size_t count, SourceRange range, Arena *arena) {
    Expr *expr = expr_new(EXPR_OBJECT, range, arena);
    expr->as.object.items = items;
    expr->as.object.count = count;
    return expr;
}

/* Returns the offset after the quotation mark or after the opening line of a heredoc; for empty
 * text the end of the range. */
static uint32_t text_start(SourceRange range) {
    Str text = source_range_text(range);
    size_t line = str_find_char(text, '\n', 0);
    if (str_equal(text, STR("\"\"")))
        return range.end;
    if (str_starts_with(text, STR("\"")))
        return range.start + 1;
    return str_starts_with(text, STR("<<")) && line < text.len ? range.start + (uint32_t)line + 1
                                                               : range.start;
}

/* Returns the part that an expression begins with, or NULL if it begins with its own first byte. */
static const Expr *first_part(const Expr *expr) {
    switch ((int)expr->kind) {
    case EXPR_PARENS: return expr->as.inner;
    case EXPR_BINARY: return expr->as.operation.left;
    case EXPR_CONDITIONAL:
    case EXPR_TEMPLATE_IF: return expr->as.conditional.condition;
    case EXPR_ATTRIBUTE: return expr->as.attribute.object;
    case EXPR_INDEX: return expr->as.index.object;
    case EXPR_TEMPLATE: return expr->as.parts.count ? expr->as.parts.items[0] : NULL;
    default: return NULL;
    }
}

SourceRange expr_start(const Expr *expr) {
    SourceRange subject = expr->range;
    bool is_text = expr->kind == EXPR_LITERAL || expr->kind == EXPR_TEMPLATE;
    if (!subject.source)
        return subject;
    if (is_text && subject.end - subject.start > 2 &&
        str_starts_with(source_range_text(subject), STR("\"")))
        subject.end--;
    bool is_part = false; /* part of a template: a text without its own quotes */
    for (const Expr *next; expr->kind != EXPR_INDEX && (next = first_part(expr)); expr = next)
        is_part = expr->kind == EXPR_TEMPLATE;
    subject.start = expr->range.start;
    if (expr->kind == EXPR_LITERAL && !is_part)
        subject.start = text_start(expr->range);
    else if (expr->kind == EXPR_SPLAT)
        subject.start = expr->as.splat.marker;
    else if (expr->kind == EXPR_INDEX) /* the key is not a literal: start at the bracket */
        subject.start = expr->as.index.object->range.end;
    return subject;
}

const Expr *expr_unwrap(const Expr *expr) {
    while (expr->kind == EXPR_PARENS || (expr->kind == EXPR_TEMPLATE && expr->as.parts.count == 1))
        expr = expr->kind == EXPR_PARENS ? expr->as.inner : expr->as.parts.items[0];
    return expr;
}

bool expr_is_null(const Expr *expr) {
    expr = expr_unwrap(expr);
    return expr->kind == EXPR_LITERAL && value_is_null(expr->as.literal);
}

const Traversal *expr_as_traversal(const Expr *expr) {
    expr = expr_unwrap(expr);
    return expr->kind == EXPR_TRAVERSAL ? expr->as.traversal : NULL;
}

static bool literal_tuple(const Expr *expr, Value *out, Arena *arena) {
    size_t count = expr->as.parts.count;
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++)
        if (!expr_as_literal(expr->as.parts.items[i], &items[i], arena))
            return false;
    *out = value_tuple(items, count, arena);
    return true;
}

static bool literal_object(const Expr *expr, Value *out, Arena *arena) {
    size_t count = expr->as.object.count;
    Str *names = arena_new_array(arena, Str, count);
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        Value key;
        if (!expr_as_literal(expr->as.object.items[i].key, &key, arena) || !value_is_present(key) ||
            key.type != &TYPE_STRING ||
            !expr_as_literal(expr->as.object.items[i].value, &items[i], arena))
            return false;
        names[i] = value_text(key);
    }
    Value object = value_object(names, items, count, arena);
    if (object.count < count)
        return false; /* a duplicate name: eval decides which one wins */
    *out = object;
    return true;
}

bool expr_as_literal(const Expr *expr, Value *out, Arena *arena) {
    while (expr->kind == EXPR_PARENS)
        expr = expr->as.inner;
    if (expr->kind == EXPR_TUPLE)
        return literal_tuple(expr, out, arena);
    if (expr->kind == EXPR_OBJECT)
        return literal_object(expr, out, arena);
    if (expr->kind == EXPR_UNARY && expr->as.operation.operator== OPERATOR_NEGATE) {
        Value operand;
        if (!expr_as_literal(expr->as.operation.left, &operand, arena) ||
            !value_is_present(operand) || operand.type != &TYPE_NUMBER)
            return false;
        *out = value_from_number(number_negate(value_to_number(operand, arena), arena));
        return true;
    }
    if (expr->kind != EXPR_LITERAL)
        return false;
    *out = expr->as.literal;
    return true;
}

/* Names that a `for` declares; they hide outer names. */
typedef struct Declared {
    const struct Declared *outer;
    Str key;
    Str value;
} Declared;

typedef struct Visit {
    void (*visit)(Traversal *traversal, void *payload);
    void (*visit_call)(const Expr *call, void *payload); /* NULL: calls are not reported */
    void *payload;
    const Declared *declared;
} Visit;

static void visit_expr(const Visit *visit, const Expr *expr);

static bool visit_is_declared(const Visit *visit, Str name) {
    for (const Declared *at = visit->declared; at; at = at->outer)
        if (str_equal(at->value, name) || (at->key.len && str_equal(at->key, name)))
            return true;
    return false;
}

static void visit_loop(const Visit *visit, const Expr *expr) {
    visit_expr(visit, expr->as.loop.collection);
    Declared declared = {visit->declared, expr->as.loop.key_name, expr->as.loop.value_name};
    Visit inner = *visit;
    inner.declared = &declared;
    if (expr->as.loop.key)
        visit_expr(&inner, expr->as.loop.key);
    visit_expr(&inner, expr->as.loop.value);
    if (expr->as.loop.condition)
        visit_expr(&inner, expr->as.loop.condition);
}

/* Visits the right operands from `bottom` up to `top`. A sum of thousands of terms is a deep tree
 * of left operands; halving keeps the stack small. */
static void visit_rights(const Visit *visit, const Expr *top, const Expr *bottom) {
    while (top != bottom) {
        size_t length = 0;
        for (const Expr *at = top; at != bottom; at = at->as.operation.left)
            length++;
        const Expr *above = top;
        for (size_t i = 1; i < (length + 1) / 2; i++)
            above = above->as.operation.left;
        visit_rights(visit, above->as.operation.left, bottom);
        bottom = above;
    }
    visit_expr(visit, bottom->as.operation.right);
}

/* Skips type constraints, because their names are not references. */
static void visit_arguments(const Visit *visit, const Expr *expr) {
    for (size_t i = 0; i < expr->as.call.count; i++) {
        const Function *function = expr->as.call.function;
        const Parameter *parameter = function ? function_parameter(function, i) : NULL;
        bool is_type = parameter && (parameter->flags & PARAMETER_TYPE);
        if (!is_type)
            visit_expr(visit, expr->as.call.arguments[i]);
    }
}

static void visit_binary(const Visit *visit, const Expr *expr) {
    const Expr *bottom = expr;
    while (bottom->as.operation.left->kind == EXPR_BINARY)
        bottom = bottom->as.operation.left;
    visit_expr(visit, bottom->as.operation.left);
    visit_rights(visit, expr, bottom);
}

static void visit_all(const Visit *visit, const Expr *const *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        visit_expr(visit, items[i]);
}

static void visit_object(const Visit *visit, const Expr *expr) {
    for (size_t i = 0; i < expr->as.object.count; i++) {
        visit_expr(visit, expr->as.object.items[i].key);
        visit_expr(visit, expr->as.object.items[i].value);
    }
}

static void visit_expr(const Visit *visit, const Expr *expr) {
    switch (expr->kind) {
    case EXPR_LITERAL:
    case EXPR_UNREADABLE:
    case EXPR_SPLAT_ITEM: return;
    case EXPR_TRAVERSAL:
        if (!visit_is_declared(visit, expr->as.traversal->root))
            visit->visit(expr->as.traversal, visit->payload);
        return;
    case EXPR_TEMPLATE:
    case EXPR_TUPLE: visit_all(visit, expr->as.parts.items, expr->as.parts.count); return;
    case EXPR_ATTRIBUTE: visit_expr(visit, expr->as.attribute.object); return;
    case EXPR_INDEX:
        visit_expr(visit, expr->as.index.object);
        visit_expr(visit, expr->as.index.key);
        return;
    case EXPR_SPLAT:
        visit_expr(visit, expr->as.splat.object);
        visit_expr(visit, expr->as.splat.each);
        return;
    case EXPR_CALL:
        if (visit->visit_call)
            visit->visit_call(expr, visit->payload);
        else
            visit_arguments(visit, expr);
        return;
    case EXPR_UNARY: visit_expr(visit, expr->as.operation.left); return;
    case EXPR_BINARY: visit_binary(visit, expr); return;
    case EXPR_CONDITIONAL:
    case EXPR_TEMPLATE_IF:
        visit_expr(visit, expr->as.conditional.condition);
        visit_expr(visit, expr->as.conditional.if_true);
        if (expr->as.conditional.if_false)
            visit_expr(visit, expr->as.conditional.if_false);
        return;
    case EXPR_FOR:
    case EXPR_TEMPLATE_FOR: visit_loop(visit, expr); return;
    case EXPR_OBJECT: visit_object(visit, expr); return;
    case EXPR_PARENS: visit_expr(visit, expr->as.inner); return;
    }
}

void expr_each_traversal(const Expr *expr, void (*visit)(Traversal *traversal, void *payload),
                         void *payload) {
    Visit state = {.visit = visit, .payload = payload};
    visit_expr(&state, expr);
}

void expr_each_use(const Expr *expr, void (*visit)(Traversal *traversal, void *payload),
                   void (*visit_call)(const Expr *call, void *payload), void *payload) {
    Visit state = {.visit = visit, .visit_call = visit_call, .payload = payload};
    visit_expr(&state, expr);
}

static void note_traversal(Traversal *, void *payload) {
    bool *has_one = payload;
    *has_one = true;
}

bool expr_has_traversal(const Expr *expr) {
    bool has_one = false;
    expr_each_traversal(expr, note_traversal, &has_one);
    return has_one;
}
