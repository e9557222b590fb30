/* instance_conditions: preconditions and postconditions of one instance. Failures are warnings
 * while only refreshing, else errors. */
#pragma once

#include "evaluate.h"
#include "job.h"

/* Before the object is changed or read. */
MUST_USE bool instance_conditions_before(Job *job, const EvalScope *scope);
/* After it; "self" is the value of the job's record. */
MUST_USE bool instance_conditions_after(Job *job, const EvalScope *scope);
