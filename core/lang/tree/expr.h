/* Expr: the syntax tree of one expression. Built by the parser, or by a front end from the arrays,
 * objects and strings of its own syntax. Immutable but for Traversal.binding.
 *
 * Every node knows its range; in a YAML or JSON string that is a place in the string's own Source.
 */
#pragma once

#include "address.h"

/* Nodes nest at most this deep: the parser rejects deeper text, so recursion over a tree is
 * bounded. */
#define EXPR_DEPTH_MAX 1000

typedef struct Expr Expr;

/* A step behind a name: .attr, ["key"] or [0]; a literal key only. */
typedef struct TraversalStep {
    bool is_index;
    Str name;  /* attribute */
    Value key; /* index */
    SourceRange range;
} TraversalStep;

/* root.step.step: a name that the scope must know, and literal steps into it. */
typedef struct Traversal {
    Str root;
    SourceRange root_range;
    const TraversalStep *steps;
    size_t step_count;
    SourceRange range;
    /* Who the engine found this to be, set once when configuration is loaded, before any thread
     * evaluates: evaluation then looks no name up. */
    void *binding;
} Traversal;

typedef enum ExprKind {
    EXPR_LITERAL,    /* literal */
    EXPR_TEMPLATE,   /* parts: a quoted string with sequences */
    EXPR_TRAVERSAL,  /* traversal */
    EXPR_ATTRIBUTE,  /* object.name, the object being any expression */
    EXPR_INDEX,      /* object[key] */
    EXPR_SPLAT,      /* object.* or object[*], then each */
    EXPR_SPLAT_ITEM, /* the element, within each */
    EXPR_CALL,
    EXPR_UNARY,
    EXPR_BINARY,
    EXPR_CONDITIONAL,
    EXPR_FOR,
    EXPR_TUPLE,
    EXPR_OBJECT,
    EXPR_PARENS,      /* (inner): matters to object keys and to errors only */
    EXPR_TEMPLATE_IF, /* %{if}…%{else}…%{endif} */
    EXPR_TEMPLATE_FOR,
    EXPR_UNREADABLE, /* mistakes: whoever evaluates it tells them */
} ExprKind;

typedef enum ExprOperator {
    OPERATOR_NOT,
    OPERATOR_NEGATE,
    OPERATOR_OR,
    OPERATOR_AND,
    OPERATOR_EQUAL,
    OPERATOR_NOT_EQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL,
    OPERATOR_ADD,
    OPERATOR_SUBTRACT,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_MODULO,
} ExprOperator;

typedef struct ExprItem {
    const Expr *key; /* a bare name is a literal string here */
    const Expr *value;
} ExprItem;

struct Function;

struct Expr {
    ExprKind kind;
    SourceRange range;
    union {
        Value literal;
        struct {
            const Expr *const *items;
            size_t count;
        } parts; /* TEMPLATE, TUPLE */
        Traversal *traversal;
        struct {
            const Expr *object;
            Str name;
            SourceRange name_range;
        } attribute;
        struct {
            const Expr *object;
            const Expr *key;
            SourceRange brackets;
        } index;
        struct {
            const Expr *object;
            const Expr *each; /* holds one SPLAT_ITEM where the element goes */
            uint32_t marker;  /* where the operator stands */
            bool is_full;     /* [*], else .* */
        } splat;
        struct {
            Str name;
            SourceRange name_range;
            SourceRange close_range;         /* the closing parenthesis */
            const struct Function *function; /* NULL: unknown; found when parsed */
            const Expr *const *arguments;
            size_t count;
            bool expands_last; /* f(list...) */
        } call;
        struct {
            ExprOperator operator;
            const Expr *left; /* the operand of a unary one */
            const Expr *right;
        } operation;
        struct {
            const Expr *condition;
            const Expr *if_true;
            const Expr *if_false; /* TEMPLATE_IF: NULL without else */
        } conditional;
        struct {
            Str key_name; /* empty: none */
            Str value_name;
            const Expr *collection;
            const Expr *key; /* NULL: a tuple */
            const Expr *value;
            const Expr *condition; /* NULL: none */
            bool groups;
        } loop; /* FOR, TEMPLATE_FOR */
        struct {
            const ExprItem *items;
            size_t count;
        } object;
        const Expr *inner;     /* PARENS */
        const Diags *mistakes; /* errors among them */
    } as;
};

/* A node with the room that its kind needs, and no more: nodes are not copied, and change their
 * kind to a smaller one at most. */
Expr *expr_new(ExprKind kind, SourceRange range, Arena *arena);
const Expr *expr_literal(Value literal, SourceRange range, Arena *arena);
const Expr *expr_unreadable(const Diags *mistakes, SourceRange range, Arena *arena);
const Expr *expr_tuple(const Expr *const *items, size_t count, SourceRange range, Arena *arena);
const Expr *expr_object(const ExprItem *items, size_t count, SourceRange range, Arena *arena);
/* Where an expression begins, as errors about arguments show it: within the quotes of a text, at
 * the first operand, at a splat's star. */
SourceRange expr_start(const Expr *expr);
/* What stands in any parentheses and in a template that is a single interpolation. */
const Expr *expr_unwrap(const Expr *expr);
/* A lone traversal in any parentheses or a template that is a single interpolation; else NULL. */
const Traversal *expr_as_traversal(const Expr *expr);
/* A literal without names or calls, folded; false when it is none. */
bool expr_as_literal(const Expr *expr, Value *out, Arena *arena);
/* Does it refer to anything but loop variables? */
bool expr_has_traversal(const Expr *expr);
/* Calls `visit` for every traversal in it, loop variables left out, in order of the source. */
void expr_each_traversal(const Expr *expr,
                         void (*visit)(Traversal *traversal, void *payload),
                         void *payload);
/* The same, and `visit_call` for every call of a function, whose arguments are left out. */
void expr_each_use(const Expr *expr,
                   void (*visit)(Traversal *traversal, void *payload),
                   void (*visit_call)(const Expr *call, void *payload),
                   void *payload);
