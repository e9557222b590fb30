/* conform: checks the responses of a provider. A plan must follow the configuration; a result must
 * follow the plan. The errors name the provider as the cause. */
#pragma once

#include "schema.h"

/* Returns true if every planned attribute equals the configured value, equals the prior value, or
 * is computed. Nested blocks and the elements of nested sets are not compared. Marks do not matter,
 * except that errors hide marked values. */
MUST_USE bool conform_plan(const Schema *schema, Value prior, Value config, Value planned,
                           Arena *arena, Diags *diags);
/* Writes differences that a legacy provider may make to the log. */
void conform_log(Str address, const Diags *differences);
/* Returns true if `actual` equals `planned` wherever `planned` is known. Of a set with unknown
 * elements, only the maximum size is checked. `summary` is the summary of the errors, which hide
 * marked values. */
MUST_USE bool conform_result(const Schema *schema, Value planned, Value actual, const char *summary,
                             Arena *arena, Diags *diags);
