/* Function: one function of the language, as a table row; FunctionTable: all that a program has.
 *
 * A family of functions is a file in functions/ that ends in its table; functions.c lists the
 * families. function_call.h calls one. */
#pragma once

#include "convert.h"
#include "map.h"

typedef enum ParameterFlag {
    PARAMETER_NULL = 1,    /* null may be passed */
    PARAMETER_UNKNOWN = 2, /* the function deals with unknowns itself */
    PARAMETER_MARKED = 4,  /* and with marks */
    PARAMETER_DYNAMIC = 8, /* and with values of unknown type */
    PARAMETER_TYPE = 16,   /* a type constraint, not a value: names in it refer to nothing */
} ParameterFlag;

typedef struct Parameter {
    const char *name;
    const Type *type;
    unsigned flags;
    const char *description; /* one line where the name does not say it all; NULL: none */
} Parameter;

typedef struct Function Function;
struct Scope;
struct Evaluation;
struct Expr;

typedef struct FunctionCall {
    const Function *function;
    const Value *arguments;
    size_t count;
    const struct Scope *scope;
    Arena *arena;
    size_t failed_argument; /* set on failure: which one is to blame, SIZE_MAX: none */
    bool has_begun;         /* the arguments are fit to be passed: what fails is the function */
    bool is_secret;         /* an argument is: what an error puts in for a % is masked */
    bool is_masked;         /* *error has been made so */
} FunctionCall;

struct Function {
    const char *name;
    const Parameter *parameters;
    size_t parameter_count;
    const Parameter *variadic; /* NULL: none */
    /* The result's type where it does not depend on the arguments; else NULL and `result_type`,
     * whose default is dynamic. Used for the unknown result of unknown arguments; false as with
     * `run`. */
    const Type *type;
    bool (*result_type)(FunctionCall *call, const Type **out, Str *error);
    /* False: *error says what is wrong, a phrase without final stop. */
    bool (*run)(FunctionCall *call, Value *out, Str *error);
    /* Instead of `run`, for what takes its arguments as expressions (try, can, convert). False: an
     * error was added to the evaluation's diagnostics. */
    bool (*evaluate)(struct Evaluation *evaluation, const struct Expr *call, Value *out);
    /* It weighs its arguments together: as elsewhere, what it refuses is shown as the whole call.
     */
    bool blames_call;
    bool can_be_null; /* its result; else an unknown one is known not to be null */
    const char *description;
    const char *example; /* "upper(\"a\") = \"A\"": runs as a test */
};

/* Fields of a row: its fixed parameters, in braces each. */
#define PARAMETERS(...)                                                                            \
    .parameters = (const Parameter[]){__VA_ARGS__},                                                \
    .parameter_count = ARRAY_COUNT(((const Parameter[]){__VA_ARGS__}))
#define VARIADIC(...) .variadic = &(const Parameter)__VA_ARGS__

typedef struct FunctionFamily {
    const Function *functions;
    size_t count;
    const Function *const *rows; /* instead of `functions`: parts of greater structs */
} FunctionFamily;

typedef struct FunctionTable {
    Map by_name; /* name → const Function * */
} FunctionTable;

/* The parameter that argument i belongs to; NULL: too many. */
const Parameter *function_parameter(const Function *function, size_t i);

/* Indexes the families' rows. */
const FunctionTable *function_table_new(const FunctionFamily *families, size_t count, Arena *arena);
const Function *function_table_find(const FunctionTable *table, Str name);
/* The nearest name, or empty. */
Str function_table_suggest(const FunctionTable *table, Str name, Arena *arena);
