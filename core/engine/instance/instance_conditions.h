/* instance_conditions: preconditions and postconditions of one instance. Failures are warnings in a
 * refresh-only plan and in the first pass of a destroy; otherwise they are errors. */
#pragma once

#include "evaluate.h"
#include "job.h"

/* Evaluates preconditions. Call it before the object is changed or read. */
MUST_USE bool instance_conditions_before(Job *job, const EvalScope *scope);
/* Evaluates postconditions. "self" is the value of the job's record. */
MUST_USE bool instance_conditions_after(Job *job, const EvalScope *scope);
