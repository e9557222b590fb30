/* Function: one function of the language, as a table row; FunctionTable: all functions of a
 * program.
 *
 * Each family of functions is a file in functions/ that ends with its table. functions.c lists the
 * families. function_call.h calls a function. */
#pragma once

#include "convert.h"
#include "map.h"

typedef enum ParameterFlag {
    PARAMETER_NULL = 1,    /* null may be passed */
    PARAMETER_UNKNOWN = 2, /* the function handles unknowns itself */
    PARAMETER_MARKED = 4,  /* the function handles marks itself */
    PARAMETER_DYNAMIC = 8, /* the function handles values of unknown type itself */
    PARAMETER_TYPE = 16,   /* a type constraint, not a value: its names are not references */
    PARAMETER_ANY = PARAMETER_NULL | PARAMETER_UNKNOWN | PARAMETER_DYNAMIC,
    PARAMETER_ALL = PARAMETER_ANY | PARAMETER_MARKED,
} ParameterFlag;

typedef struct Parameter {
    const char *name;
    const Type *type;
    unsigned flags;
    const char *description; /* one line if the name is not enough; NULL: none */
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
    size_t failed_argument; /* on failure: the argument at fault; SIZE_MAX: none */
    bool has_begun;         /* the arguments are valid, so an error is the function's own */
    bool is_secret;         /* an argument is sensitive or ephemeral: function_fail masks it */
    bool is_masked;         /* function_fail has masked *error */
} FunctionCall;

struct Function {
    const char *name;
    const Parameter *parameters;
    size_t parameter_count;
    const Parameter *variadic; /* NULL: none */
    /* `type` is the result's type if it does not depend on the arguments, else NULL. `result_type`
     * then computes it; without `result_type` it is dynamic. Used for the unknown result of unknown
     * arguments. On failure result_type returns false as `run` does. */
    const Type *type;
    bool (*result_type)(FunctionCall *call, const Type **out, Str *error);
    /* On failure returns false and sets *error to a phrase without final stop. */
    bool (*run)(FunctionCall *call, Value *out, Str *error);
    int option; /* for a `run` that several rows share */
    /* Replaces `run` for functions that take their arguments as expressions (try, can, convert). On
     * failure returns false after adding an error to the evaluation's diagnostics. */
    bool (*evaluate)(struct Evaluation *evaluation, const struct Expr *call, Value *out);
    /* The function checks its arguments together, so its errors have the range of the whole
     * call. */
    bool blames_call;
    bool can_be_null; /* the result can be null; if false, an unknown result is never null */
    const char *description;
    const char *example; /* "upper(\"a\") = \"A\"": runs as a test */
};

/* Set fields of a row: its fixed parameters, each in braces. */
#define PARAMETERS(...)                                                                            \
    .parameters = (const Parameter[]){__VA_ARGS__},                                                \
    .parameter_count = ARRAY_COUNT(((const Parameter[]){__VA_ARGS__}))
#define VARIADIC(...) .variadic = &(const Parameter)__VA_ARGS__

typedef struct FunctionFamily {
    const Function *functions;
    size_t count;
    const Function *const *rows; /* instead of `functions`: rows inside larger structs */
} FunctionFamily;

typedef struct FunctionTable {
    Map by_name; /* name → const Function * */
    /* Finds a function of a provider that is no row; `provider` is a name or address. Returns NULL
     * if there is none. Thread-safe. NULL: all functions are rows. */
    const Function *(*find_provided)(void *self, Str provider, Str name);
    void *self;
} FunctionTable;

/* Returns the parameter of argument i, or NULL if there are too many arguments. */
const Parameter *function_parameter(const Function *function, size_t i);

/* Builds an index of the families' rows. */
FunctionTable *function_table_new(const FunctionFamily *families, size_t count, Arena *arena);
/* Finds "upper", also as "core::upper"; returns NULL if there is no such function. */
const Function *function_table_find(const FunctionTable *table, Str name);
