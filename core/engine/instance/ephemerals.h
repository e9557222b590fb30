/* ephemerals: what a walk has opened, and what keeps it open until its last user is done.
 *
 * A thread renews what asks for it; it starts with the first such object. What goes wrong there is
 * told when the object is closed: until then it may not matter to anybody. Guards itself. */
#pragma once

#include "job.h"

typedef struct Ephemerals Ephemerals;

Ephemerals *ephemerals_open(EngineWalk *walk, Arena *arena);
/* An object has just been opened; it is closed once. */
void ephemerals_add(Ephemerals *ephemerals, const Job *job, const OpenResponse *response);
/* Closes the objects of a block, the last one first; false: there were errors. */
bool ephemerals_close(Ephemerals *ephemerals, const ResourceNode *resource, Diags *diags);
/* Whatever is still open, because the closing of its block was skipped. Errors go to the walk's
 * sink. Providers are still there. */
bool ephemerals_close_all(Ephemerals *ephemerals);
/* Nothing is open any more. */
void ephemerals_release(Ephemerals *ephemerals);
