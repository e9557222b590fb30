/* plan_json: a Plan as plan.json, loam's own part of a plan file: lossless, with unknowns, marks
 * and types. The prior state is a separate part of the file. */
#pragma once

#include "json.h"
#include "plan.h"

Str plan_json_encode(const Plan *plan, Arena *arena);
/* The plan holds views into `bytes`. False: malformed; `*error` is the reason. */
MUST_USE bool plan_json_decode(Str bytes, Plan **out, const char **error, Arena *arena);
