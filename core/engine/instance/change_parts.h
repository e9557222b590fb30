/* change_parts: the objects behind one resource instance: in the answer of its provider's plan, and
 * during the call that changes them. Types without parts never come here. */
#pragma once

#include "job.h"

/* `prior`: the object before, without marks; null: none.
 *
 * Puts the parts of an answer into the change, with their marks and without secrets in texts.
 * `gone`: the answer about the deletion of the predecessor, if the instance is replaced; NULL:
 * none. False, with an error: the answer contradicts itself or the change. Adds to the job's
 * secrets. */
MUST_USE bool change_parts_keep(Job *job,
                                Value prior,
                                const PlanResponse *response,
                                const PlanResponse *gone,
                                ResourceChange *change);
/* False, with an error, if the answer of the apply has a part that the plan did not show. */
MUST_USE bool change_parts_check_final(Job *job,
                                       Value prior,
                                       const PlanResponse *response,
                                       const ResourceChange *change);

/* Until change_parts_close, the job's calls may begin and end parts: those of the final answer, or,
 * if `response` is NULL, those that the change deletes. `sequence`: of the call's intent; 0: none.
 */
PartWork *change_parts_open(Job *job,
                            const ResourceChange *change,
                            const PlanResponse *response,
                            uint64_t sequence);
/* True if a part was begun. `work` may be NULL. */
bool change_parts_has_begun(const PartWork *work);
/* False, with an error: the call succeeded without all that was planned. */
MUST_USE bool change_parts_check_done(const PartWork *work);
/* `work` may be NULL. */
void change_parts_close(PartWork *work);

/* The parts of a call that was cut off, for `recover`; in scratch. */
PartRecords change_parts_of_pending(Job *job, const StatePending *pending);
