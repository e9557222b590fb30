/* Scope: the names and functions visible to an expression, and the budget of its evaluation.
 *
 * eval resolves loop variables itself. It resolves all other names with `lookup`, which the caller
 * implements: a map of values in the console, slots in the engine. */
#pragma once

#include "cancel.h"
#include "expr.h"
#include "function.h"
#include "io.h"
#include "map.h"

/* The remaining steps, elements and bytes. An evaluation that exceeds one of them fails with an
 * error. */
typedef struct Budget {
    int64_t steps;
    int64_t elements;
    int64_t bytes;
} Budget;

/* Keeps the memory of an evaluation below about 150 MB. An element takes 24 bytes, and its type 8
 * more in a tuple; texts and lists are copied while they grow. */
#define BUDGET_DEFAULT ((Budget){.steps = 50000000, .elements = 2000000, .bytes = 24LL << 20})

typedef struct Scope {
    void *self;
    /* Gets the value of the root and of as many steps as belong to the name (*used). On failure (no
     * such name, or no value) adds an error and returns false. */
    bool (*lookup)(const struct Scope *scope, const Traversal *traversal, Value *out, size_t *used,
                   Arena *arena, Diags *diags);
    const FunctionTable *functions;
    /* Returns the provider name in the function table for a local provider name of this module,
     * or the provider's address. NULL: the names are the same. */
    Str (*provider_name)(const struct Scope *scope, Str local);
    const Io *io;            /* for functions that read files; NULL: they fail */
    struct FileReads *reads; /* notes the files that functions read; NULL: none */
    Str base_directory;      /* base of relative file names; empty: the working directory */
    int64_t now_ms;          /* the time of plantimestamp() */
    bool is_planning;        /* planning: timestamp(), uuid() and bcrypt() return unknown */
    /* If true, && and || are unknown if either side is, even if the other decides. Set for
     * arguments, the root module's outputs and checks in a plan. Not set for count, for_each and
     * local values. */
    bool no_short_circuit;
    Budget *budget; /* NULL: BUDGET_DEFAULT for each evaluation */
    /* Ends a long evaluation with an error when it is raised. NULL: none. */
    const CancelToken *cancel;
} Scope;

/* Returns a scope of root names only. The map's values are Value pointers. */
Scope scope_from_map(const Map *variables, const FunctionTable *functions);
/* Charges the budget; returns false when it is exceeded. Without scope or budget always returns
 * true. */
bool scope_spend(const Scope *scope, int64_t elements, int64_t bytes);
