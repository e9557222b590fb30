/* WorkingState: the state that an apply changes from many threads, with its journal. Guards itself.
 *
 * Every change goes: intent (durable) → the provider's call → outcome (appended) → this state. The
 * state file is written at checkpoints and at the end. */
#pragma once

#include "backend.h"

typedef struct WorkingState WorkingState;

/* Takes `state` over. `backend` must be locked. */
WorkingState *working_state_open(
    State *state, Backend *backend, Journal *journal, const Io *io, Arena *arena);
/* What was read from the store before, and its text: where that is still there, it is not decoded
 * once more. Nobody writes to it. */
void working_state_know(WorkingState *working, const State *read, Str text);
/* Room for as many instances of this block as are about to come. */
void working_state_reserve(WorkingState *working, ResourceAddr block, size_t count);
/* A change could not be recorded (the disk is full, the lock is lost), so none may begin any more.
 * One error says so; the functions below return false from then on without another. */
bool working_state_has_failed(const WorkingState *working);
/* Before anything is changed. False: the lock was lost. */
MUST_USE bool working_state_may_change(WorkingState *working, Diags *diags);
/* Before a call with outside effect, and with the question above. False: not durable, do not call.
 * The first one saves what a run before left behind. */
MUST_USE bool working_state_intend(WorkingState *working,
                                   const JournalIntent *intent,
                                   uint64_t *sequence,
                                   Diags *diags);
/* Within a call whose intent has that sequence (0: there was none): before one of the objects
 * behind the instance is changed, and after. False: not recorded; nothing more may be begun. */
MUST_USE bool working_state_part_begin(WorkingState *working,
                                       uint64_t sequence,
                                       const StatePart *part,
                                       Diags *diags);
MUST_USE bool working_state_part_end(WorkingState *working,
                                     uint64_t sequence,
                                     const StatePart *part,
                                     Diags *diags);
/* After it: what the slot holds now (NULL object: nothing). sequence 0: no intent was needed. The
 * list of what the object depends on may be long and is not copied: it lives as long as the state.
 */
MUST_USE bool working_state_record(WorkingState *working,
                                   uint64_t sequence,
                                   const JournalOutcome *outcome,
                                   Diags *diags);
/* The call failed and changed nothing. */
MUST_USE bool working_state_settle(WorkingState *working, uint64_t sequence, Diags *diags);
/* 8 hex digits that no deposed object of this instance has. */
Str working_state_new_deposed_key(WorkingState *working, ResourceAddr address, Arena *arena);
/* current → deposed under a key (before a create_before_destroy creation), and back if it failed.
 */
MUST_USE bool working_state_depose(WorkingState *working,
                                   ResourceAddr address,
                                   Str key,
                                   Diags *diags);
MUST_USE bool working_state_restore(WorkingState *working,
                                    ResourceAddr address,
                                    Str key,
                                    Diags *diags);
/* Copies out, for evaluation by other threads. NULL when there is none. */
const StateObject *working_state_object(WorkingState *working,
                                        ResourceAddr address,
                                        Str deposed,
                                        Arena *arena);
/* Chosen when the working state is opened, if the state had none. */
Str working_state_lineage(const WorkingState *working);
/* Differs between any two objects of one address: the state's serial, or the number behind that of
 * a creation in doubt. Holds as long as one run makes at most one object at an address between two
 * checkpoints. */
uint64_t working_state_generation(WorkingState *working, ResourceAddr address);
/* Root outputs and check results, at the end. */
void working_state_set_output(WorkingState *working, Str name, StateOutput output);
void working_state_remove_output(WorkingState *working, Str name);
/* JSON, as a state file has them; empty: none. */
void working_state_set_checks(WorkingState *working, Str check_results);
/* The run has failed, and this is what it was to make objects of: its like stays in the state, if
 * only without instances. */
void working_state_declare(WorkingState *working, const StateResource *like);
/* Writes the state file if it differs from what was last written, then folds the journal. */
MUST_USE bool working_state_checkpoint(WorkingState *working, Diags *diags);
/* The store has it as it is now, whatever became of the journal. */
bool working_state_is_saved(WorkingState *working);
/* The journal has every outcome that the store does not have. */
bool working_state_is_in_journal(WorkingState *working);
/* The state itself, when no other thread uses it any more. */
State *working_state_close(WorkingState *working);
