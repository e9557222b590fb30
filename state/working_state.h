/* WorkingState: the state that an apply changes from many threads, with its journal. Thread-safe.
 *
 * Every change follows these steps: intent (durable) → the provider's call → outcome (appended) →
 * this state. The state file is written at checkpoints and at the end. */
#pragma once

#include "backend.h"

typedef struct WorkingState WorkingState;

/* Owns `state` from now on. `backend` must be locked, unless the user disabled locking. `journal`
 * NULL: changes are not recorded (for a state that only exists in memory). */
WorkingState *working_state_open(State *state, Backend *backend, Journal *journal, const Io *io,
                                 Arena *arena);
/* Sets the state last read from the store, and its text. While the store has the same text, it is
 * not decoded again. `read` must not be modified. */
void working_state_set_baseline(WorkingState *working, const State *read, Str text);
/* Reserves room for this many new instances of the block. */
void working_state_reserve(WorkingState *working, ResourceAddr block, size_t count);
/* Returns whether a change could not be recorded (disk full, lock lost): then no other may begin.
 * Only the first failure of the calls below adds an error. */
bool working_state_has_failed(const WorkingState *working);
/* Call before any change. Returns false if the lock was lost or working_state_has_failed. */
MUST_USE bool working_state_may_change(WorkingState *working, Diags *diags);
/* Records the intent of a call with an outside effect, and checks the lock as above. False: the
 * intent is not recorded, so do not call the provider. The first intent saves the records that an
 * earlier run left. */
MUST_USE bool working_state_intend(WorkingState *working, const JournalIntent *intent,
                                   uint64_t *sequence, Diags *diags);
/* Waits until a batched intent is durable, and checks the lock again. False: as above. */
MUST_USE bool working_state_commit(WorkingState *working, uint64_t sequence, Diags *diags);
/* Call before the changes of parts, and after them with has_ended, within a call whose intent has
 * that sequence (0: no intent). False: not recorded; begin no further change. */
MUST_USE bool working_state_parts(WorkingState *working, uint64_t sequence, const StateParts *parts,
                                  Diags *diags);
/* Records the object in the slot after a call (NULL object: none). sequence 0: no intent was
 * needed. The dependencies are not copied: they must live as long as the state. */
MUST_USE bool working_state_record(WorkingState *working, uint64_t sequence,
                                   const JournalOutcome *outcome, Diags *diags);
/* Records the object as it is in the midst of a call, whose intent stays open. */
MUST_USE bool working_state_keep(WorkingState *working, const JournalOutcome *outcome,
                                 Diags *diags);
/* Records that the call failed and changed nothing. */
MUST_USE bool working_state_end(WorkingState *working, uint64_t sequence, Diags *diags);
/* Returns 8 hex digits that no deposed object of this instance has. */
Str working_state_new_deposed_key(WorkingState *working, ResourceAddr address, Arena *arena);
/* Turn the current object into the deposed one of this key, before a create_before_destroy
 * creation, and back if that creation failed. */
MUST_USE bool working_state_depose(WorkingState *working, ResourceAddr address, Str key,
                                   Diags *diags);
MUST_USE bool working_state_restore(WorkingState *working, ResourceAddr address, Str key,
                                    Diags *diags);
/* Returns a copy, for evaluation by other threads; NULL if there is none. */
const StateObject *working_state_object(WorkingState *working, ResourceAddr address, Str deposed,
                                        Arena *arena);
/* Same, for all current objects of a type. */
void working_state_find_type(WorkingState *working, Str type, StateFounds *out, Arena *arena);
/* Returns the lineage. If the state had none, it was chosen at working_state_open. */
Str working_state_lineage(const WorkingState *working);
/* Returns a number that no other object of this address has: the state's serial, or the number
 * after that of a creation in doubt. Requires that a run creates at most one object at an address
 * between two checkpoints. */
uint64_t working_state_generation(WorkingState *working, ResourceAddr address);
/* Set root outputs, at the end of a run. */
void working_state_set_output(WorkingState *working, Str name, StateOutput output);
void working_state_remove_output(WorkingState *working, Str name);
/* Records a complete apply without errors; empty texts: this run is none. Without an environment,
 * the state records neither. */
void working_state_set_applied(WorkingState *working, Str commit, Str variables);
/* Names the saved plan that the run applies (empty: none), and the serial of the state that it was
 * made from. Until the plan ends, the journal keeps its digest, so that the same plan can be
 * applied again. is_continued: calls of an interrupted apply of it count as effects of this run, as
 * long as the state has that serial. */
void working_state_begin_plan(WorkingState *working, Str digest, uint64_t serial,
                              bool is_continued);
/* Records that the apply changed the state and is complete; empty: the plan was not saved, or the
 * apply is incomplete. Only a state of an environment or of a Stack records it: others have the
 * members of Terraform alone. */
void working_state_end_plan(WorkingState *working, Str digest);
/* The same for a complete apply that had nothing to do: it is recorded only if the state is written
 * nevertheless, for instance with a new owner. Otherwise the plan may be applied again. */
void working_state_end_idle_plan(WorkingState *working, Str digest);
/* JSON, as in the state file; empty: none. */
void working_state_set_checks(WorkingState *working, Str check_results);
/* Keeps the resource in the state with zero instances, after the run that should have created some
 * failed. */
void working_state_keep_empty(WorkingState *working, const StateResource *like);
/* Writes the state file if it differs from the last one written, then folds the journal. */
MUST_USE bool working_state_checkpoint(WorkingState *working, Diags *diags);
/* Returns whether the store holds the current state, whatever the journal holds. */
bool working_state_is_saved(WorkingState *working);
/* Returns whether the journal holds every outcome that the store lacks. */
bool working_state_is_in_journal(WorkingState *working);
/* Frees the rest and returns the state. No other thread may use `working` any more. */
State *working_state_close(WorkingState *working);
