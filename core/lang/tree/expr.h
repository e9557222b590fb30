/* Expr: the syntax tree of one expression. The parser builds it; other front ends build it from the
 * arrays, objects and strings of their syntax. Immutable except for Traversal.binding.
 *
 * Every node has its range; for an expression in a YAML or JSON string, the range is in the
 * string's own SourceText. */
#pragma once

#include "address.h"

/* Maximum nesting of nodes. The parser rejects deeper text, so recursion over a tree is bounded. */
#define EXPR_DEPTH_MAX 1000

typedef struct Expr Expr;

/* A step after a name: .attr, ["key"] or [0]. A key is always a literal. */
typedef struct TraversalStep {
    bool is_index;
    Str name;  /* attribute */
    Value key; /* index */
    SourceRange range;
} TraversalStep;

/* root.step.step: a name that the scope resolves, and literal steps into it. */
typedef struct Traversal {
    Str root;
    SourceRange root_range;
    const TraversalStep *steps;
    size_t step_count;
    SourceRange range;
    /* The engine's object for this name. It is set once while configuration is loaded, before any
     * thread evaluates, so that evaluation does not look up names. */
    void *binding;
} Traversal;

typedef enum ExprKind {
    EXPR_LITERAL,    /* literal */
    EXPR_TEMPLATE,   /* parts: a text with sequences */
    EXPR_TRAVERSAL,  /* traversal */
    EXPR_ATTRIBUTE,  /* object.name, where the object is any expression */
    EXPR_INDEX,      /* object[key] */
    EXPR_SPLAT,      /* object.* or object[*], then each */
    EXPR_SPLAT_ITEM, /* the element, inside `each` of a splat */
    EXPR_CALL,
    EXPR_UNARY,
    EXPR_BINARY,
    EXPR_CONDITIONAL,
    EXPR_FOR,
    EXPR_TUPLE,
    EXPR_OBJECT,
    EXPR_PARENS,      /* (inner): relevant only to object keys and errors */
    EXPR_TEMPLATE_IF, /* %{if}…%{else}…%{endif} */
    EXPR_TEMPLATE_FOR,
    EXPR_UNREADABLE, /* contains errors, which evaluation reports */
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
            const Expr *each; /* holds one SPLAT_ITEM in place of the element */
            uint32_t marker;  /* offset of the operator */
            bool is_full;     /* [*], else .* */
        } splat;
        struct {
            Str name;
            SourceRange name_range;
            SourceRange close_range;         /* the closing parenthesis */
            const struct Function *function; /* resolved while parsing; NULL: unknown */
            const Expr *const *arguments;
            size_t count;
            bool expands_last; /* f(list...) */
        } call;
        struct {
            ExprOperator operator;
            const Expr *left; /* also the operand of a unary operator */
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
            bool groups;           /* value... : the values of one key form a tuple */
        } loop;                    /* FOR, TEMPLATE_FOR */
        struct {
            const ExprItem *items;
            size_t count;
        } object;
        const Expr *inner;     /* PARENS */
        const Diags *mistakes; /* at least one is an error */
    } as;
};

/* Allocates only the memory that this kind needs. Do not copy nodes; a node may only change to a
 * smaller kind. */
Expr *expr_new(ExprKind kind, SourceRange range, Arena *arena);
const Expr *expr_literal(Value literal, SourceRange range, Arena *arena);
const Expr *expr_tuple(const Expr *const *items, size_t count, SourceRange range, Arena *arena);
const Expr *expr_object(const ExprItem *items, size_t count, SourceRange range, Arena *arena);
/* Returns the start that errors about arguments show: inside the quotes of a text, at the first
 * operand, at the star of a splat. */
SourceRange expr_start(const Expr *expr);
/* Removes parentheses and templates that are a single interpolation. */
const Expr *expr_unwrap(const Expr *expr);
/* Returns true if the expression is a literal null, after expr_unwrap. */
bool expr_is_null(const Expr *expr);
/* Returns the traversal if the expression is only that, after expr_unwrap; else NULL. */
const Traversal *expr_as_traversal(const Expr *expr);
/* Gets the value of a literal, a negated number, or a tuple or object of them. Returns false for
 * any other expression, even a constant one, and for an object with a repeated name. */
bool expr_as_literal(const Expr *expr, Value *out, Arena *arena);
/* Returns true if the expression refers to anything except loop variables. */
bool expr_has_traversal(const Expr *expr);
/* Calls `visit` for every traversal in the expression except loop variables and type constraints,
 * in source order. */
void expr_each_traversal(const Expr *expr, void (*visit)(Traversal *traversal, void *payload),
                         void *payload);
/* The same, and calls `visit_call` for every function call instead of visiting its arguments. */
void expr_each_use(const Expr *expr, void (*visit)(Traversal *traversal, void *payload),
                   void (*visit_call)(const Expr *call, void *payload), void *payload);
