/* ephemerals: the objects that a walk has opened. They stay open until their last user has ended.
 *
 * A thread renews the objects that need it; it starts with the first of them. Errors of a renewal
 * are reported when the object is closed, because they may not matter before. Thread-safe. */
#pragma once

#include "instance_op.h"

typedef struct Ephemerals Ephemerals;

Ephemerals *ephemerals_open(EngineWalk *walk, Arena *arena);
/* Adds an object that has just been opened; it is closed once. */
void ephemerals_add(Ephemerals *ephemerals, const InstanceOp *op, const OpenResponse *response);
/* Closes the objects of a block, last opened first. Returns false if there were errors. */
bool ephemerals_close(Ephemerals *ephemerals, const ResourceNode *resource, Diags *diags);
/* Closes the objects that are still open because their close node was skipped. Adds errors to the
 * walk's sink. Call it before the providers are closed. */
bool ephemerals_close_all(Ephemerals *ephemerals);
/* Stops the thread. All objects must be closed. */
void ephemerals_release(Ephemerals *ephemerals);
