/* conform: did the provider keep its word? A plan must follow the configuration, a result must
 * follow the plan. What is wrong is the provider's mistake, and the diagnostic says so. */
#pragma once

#include "schema.h"

/* Every planned value equals the configured one, or the prior one, or is computed. Unmarked. */
MUST_USE bool conform_plan(
    const Schema *schema, Value prior, Value config, Value planned, Arena *arena, Diags *diags);
/* `actual` is what `planned` promised: known values are equal, unknown ones became something.
 * `summary` names the broken promise. */
MUST_USE bool conform_result(const Schema *schema,
                             Value planned,
                             Value actual,
                             const char *summary,
                             Arena *arena,
                             Diags *diags);
