/* owner: the Stack that a state belongs to, and the one that the run belongs to (LOAM_OWNER). */
#pragma once

#include "project.h"

/* Call before planning, for a state that was read. Returns false, with an error, if the operation
 * changes the state, the state has an owner, and the run is neither of that Stack nor allowed to
 * take the state over (-take-over, and the name typed by the user). A plan of another Stack is an
 * error, too; a plan of no Stack is not. */
MUST_USE bool owner_check(Project *project, const State *state, LockOperation operation);
/* Sets the owner of a state that is about to be written in place of `before`: the Stack of the run,
 * else the one that `before` has, else its own. owner_check has accepted `before`. */
void owner_keep(const Project *project, const State *before, State *state);
