/* plan_json: a Plan as plan.json, loam's own part of a plan file: lossless, with unknowns, marks
 * and types. The prior state is a separate part of the file. */
#pragma once

#include "plan.h"
#include "record.h"

/* The rows of a plan. */
extern const Record plan_json_record;

Str plan_json_encode(const Plan *plan, Arena *arena);
/* The plan holds views into `bytes`. False: malformed; `*error` is the reason. */
MUST_USE bool plan_json_decode(Str bytes, Plan **out, const char **error, Arena *arena);
