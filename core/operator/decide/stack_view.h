/* StackView: a Stack and the objects that its decision depends on, as the controller has read
 * them. */
#pragma once

#include "run.h"
#include "source.h"
#include "stack.h"

/* Another Stack that must be ready first, by dependsOn or because a variable is its output. */
typedef struct StackDependency {
    NamespacedName ref;
    const Stack *stack; /* NULL: it does not exist */
    Str output;         /* empty: only the order counts */
    Str variable;       /* that has the output */
} StackDependency;

typedef struct StackView {
    const Stack *stack;
    const Run *current;   /* the Run that its status names; NULL: it does not exist */
    const Source *source; /* NULL: it does not exist, or the source is git */
    const Stack *target;  /* that a preview plans for; NULL: none, or it does not exist */
    VEC(StackDependency) dependencies;
    VEC(const Run *) runs;         /* of this Stack, the oldest first */
    VEC(const Run *) orphans;      /* of previews for this Stack that are gone */
    VEC(const Stack *) dependents; /* that depend on it or use its outputs */
    Str problem; /* a sentence about a cycle of dependencies, a forbidden namespace, or a state that
                    another Stack has too; empty: none */
} StackView;
