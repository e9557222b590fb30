/* change_parts: the objects ("parts") behind one resource instance, in a plan response and during
 * the call that changes them. Types without parts do not use these functions. */
#pragma once

#include "instance_op.h"

/* Adds the parts of a plan response to `change`, with marks and with secrets removed from texts.
 * `prior` is the object before, without marks; null: none. `gone` is the response for the deletion
 * of a replaced predecessor; NULL: none. Returns false with an error if a response contradicts
 * itself or the change. Adds to the operation's secrets. */
MUST_USE bool change_parts_keep(InstanceOp *op, Value prior, const PlanResponse *response,
                                const PlanResponse *gone, ResourceChange *change);
/* Returns false with an error if the response is invalid, or if it has a part that the approved
 * plan neither shows nor leaves open (has_unknown_parts). */
MUST_USE bool change_parts_check_final(InstanceOp *op, Value prior, const PlanResponse *response,
                                       const ResourceChange *change);

/* Allows the operation's calls to begin and end parts, until change_parts_close. These are the
 * parts of the final plan or, if `response` is NULL, the parts that `change` deletes, and any
 * others if it has unknown parts. `sequence` is the number of the call's journal intent; 0:
 * none. */
PartWork *change_parts_open(InstanceOp *op, const ResourceChange *change,
                            const PlanResponse *response, uint64_t sequence);
/* Returns true if a part was begun. `work` may be NULL. */
bool change_parts_has_begun(const PartWork *work);
/* Call it after a successful call. Returns false with an error if a planned part was not changed,
 * or was begun and not ended. */
MUST_USE bool change_parts_check_done(const PartWork *work);
/* `work` may be NULL. */
void change_parts_close(PartWork *work);
