/* yaml_value: YAML text → value, with the scalars of YAML 1.1 that people expect in Kubernetes
 * files. A mapping is an object, a sequence a tuple. */
#pragma once

#include "value.h"

typedef struct YamlFailure {
    size_t line;   /* from 1 */
    size_t column; /* from 1 */
    Str what;      /* empty: the budget is spent */
} YamlFailure;

/* What aliases bring in counts in full: aliases of aliases cannot make a huge value out of a small
 * text. False: this many elements more are too many. */
typedef struct YamlBudget {
    bool (*spend)(void *payload, size_t elements);
    void *payload;
} YamlBudget;

/* Of one document. False: *failure says why. */
MUST_USE bool yaml_value_read(
    Str text, YamlBudget budget, Value *out, YamlFailure *failure, Arena *arena);
