/* Scope: the names and functions that an expression can see, and what evaluating it may cost.
 *
 * Loop variables are eval's own. Everything else goes through `lookup`, which the caller
 * implements: a map of values for the console, slots for the engine. */
#pragma once

#include "expr.h"
#include "function.h"
#include "io.h"
#include "map.h"

/* What is left of elements, bytes and steps; an evaluation that runs out ends in an error. */
typedef struct Budget {
    int64_t steps;
    int64_t elements;
    int64_t bytes;
} Budget;

/* Memory of an evaluation stays below about 150 MB: an element takes 24 bytes, its type 8 more in a
 * tuple, and both texts and lists are copied while they grow. */
#define BUDGET_DEFAULT ((Budget){.steps = 50000000, .elements = 2000000, .bytes = 24LL << 20})

typedef struct Scope {
    void *self;
    /* The value of root and as many of the steps as it covers (*used). False: an error was added
     * (no such name, or no value). */
    bool (*lookup)(const struct Scope *scope,
                   const Traversal *traversal,
                   Value *out,
                   size_t *used,
                   Arena *arena,
                   Diags *diags);
    const FunctionTable *functions;
    /* The name under which the table has the functions of the provider that is called `local` here;
     * NULL: the same. */
    Str (*provider_name)(const struct Scope *scope, Str local);
    const Io *io;    /* for functions that read files; NULL: they fail */
    Str base_folder; /* relative file names start here (path.module's folder is the user's word) */
    int64_t now_ms;  /* plantimestamp */
    bool is_pure;    /* timestamp(), uuid(), bcrypt() are unknown (while planning) */
    /* && and || are unknown as long as one side is, even where the other decides: for what a plan
     * shows, in arguments and the root's outputs, and for what it checks. Whether there is an
     * instance and a local value go by all that is certain. */
    bool awaits_operands;
    Budget *budget; /* NULL: BUDGET_DEFAULT for each evaluation */
} Scope;

/* A scope of root names alone. The map's values are Value pointers. */
Scope scope_from_map(const Map *variables, const FunctionTable *functions);
/* Takes from the budget; false when it is spent. NULL or a scope without budget: never. */
bool scope_spend(const Scope *scope, int64_t elements, int64_t bytes);
/* Would the budget still do for all that is in the value, shared parts counted as often as they
 * occur? For what writes or walks it whole; nothing is taken. */
bool scope_has_room(const Scope *scope, Value value);
/* Has something been refused? Then nothing more will be granted. */
bool scope_is_spent(const Scope *scope);
