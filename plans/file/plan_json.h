/* plan_json: a Plan as plan.json, the part of a plan file that is loam's own: lossless, with
 * unknowns, marks and types. What the file holds beside it (prior state) is not in it. */
#pragma once

#include "json.h"
#include "plan.h"

Str plan_json_encode(const Plan *plan, Arena *arena);
/* Views into `bytes`. False: broken, `*error` says how. */
MUST_USE bool plan_json_decode(Str bytes, Plan **out, const char **error, Arena *arena);
