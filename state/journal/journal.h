/* Journal: records begun calls and their outcomes, so that no crash loses an object.
 *
 * Written under the state's lock, to the store that the backend provides (a file beside the state
 * file: `<state>.journal`). Append-only, one record per line:
 *
 *    <crc32c hex> <JSON>\n
 *
 * - start: lineage and serial of the state that the run began from, program, time; digest of the
 * saved plan that the run applies, if any.
 * - intent: sequence, address, deposed key, action, generation, marker (named "identity"), private
 * data, planned object. Durable before the provider's call.
 * - outcome: sequence of its intent (0: none), the new object (or none) in state form. Durable
 * before any dependent operation begins. An update in several steps appends the object of each step
 * with the sequence 0 first; a crash leaves the last one.
 * - end: sequence. The call failed and left the old object unchanged. Sequence 0, after a fold: the
 * apply of the saved plan has changed the object at this address.
 * - part-begin: sequence of its intent, key and action of one part of the instance, marker.
 * Durable before the part is changed.
 * - part-end: sequence, key, private data. The part is changed.
 * - depose, restore: address, key. The current object became the deposed one, or the reverse.
 * - fold: a checkpoint. The state file of this serial and digest holds all earlier records.
 *
 * A run that applied a saved plan, created a and died while it created b leaves:
 *
 *    1001ea17 {"kind":"start","record":1,"lineage":"329520e7-…","serial":0,"program":"loam",…,
 *              "plan":"sha256:2b5877c1…"}
 *    ead1be76 {"kind":"outcome","record":2,"sequence":0,"address":"terraform_data.a",
 *              "provider":"provider[\"terraform.io/builtin/terraform\"]",
 *              "object":{"schema_version":0,"attributes":{"id":"1d4fe42e-…",…}}}
 *    ed937c20 {"kind":"intent","record":3,"sequence":1,"address":"local_file.b","action":"create",
 *              "generation":0,"identity":"b.txt","schema_version":0,"planned":{"content":"x",…},
 *              "dependencies":["terraform_data.a"],…}
 *
 * a has no intent: its provider makes nothing outside the state. The next run asks the provider
 * of b whether the object with the marker "b.txt" exists. Lines of text, because a person must be
 * able to read them after a crash; a checksum in each, because a disk may lose a part of its last
 * writes.
 *
 * Until the apply of a saved plan is complete, each fold leaves at least `start` and `fold`, so
 * that the same plan can be applied again.
 *
 * Records are numbered from 1. A crash may leave a last line without line end, which is dropped.
 * Any other unreadable, missing or repeated line is damage: an error that names the line
 * (journal_text.h). Appends from all threads are ordered. Syncs are grouped: many waiting intents
 * share one fsync. A journal is never dropped unread. Thread-safe. */
#pragma once

#include "io.h"
#include "journal_store.h"
#include "state.h"

typedef struct Journal Journal;

typedef struct JournalIntent {
    ResourceAddr address;
    ProviderConfigAddr provider_config;
    Str deposed;
    PendingAction action;
    uint64_t generation;
    Str marker;
    Str private_data; /* of the plan; what `recover` gets */
    Str planned;      /* JSON, unknowns as null */
    Str sensitive;    /* its sensitive paths, as in StateObject; empty: none */
    uint64_t schema_version;
    bool is_provisioned; /* provisioners are part of the creation */
    const Str *dependencies;
    size_t dependency_count;
    bool is_batched; /* journal_intent does not sync; the call waits for journal_commit */
} JournalIntent;

/* Content of the object slot (current or deposed) after the call; `object` NULL: empty. */
typedef struct JournalOutcome {
    ResourceAddr address;
    ProviderConfigAddr provider_config; /* provider empty: keep the one in the state */
    Str deposed;
    const StateObject *object;
} JournalOutcome;

/* Opens the journal for appending, after journal_replay has read it. Writes nothing before the
 * first intent or outcome. `store` must live as long. */
MUST_USE bool journal_open(JournalStore *store, const Clock *clock, const State *state,
                           Journal **out, Arena *arena, Diags *diags);
/* Sets the lineage and serial for `start`, if they were chosen after journal_open. */
void journal_set_base(Journal *journal, const State *state);
/* Names the saved plan that the run applies, for `start`; empty: none. */
void journal_set_plan(Journal *journal, Str digest);
/* Call when its apply is complete: the next fold does not keep it. */
void journal_complete_plan(Journal *journal);
/* Returns whether the journal has records of a saved plan whose apply is not complete. */
bool journal_has_plan(const Journal *journal);
/* The intent is durable when it returns, unless it is batched. */
MUST_USE bool journal_intent(Journal *journal, const JournalIntent *intent, uint64_t *sequence,
                             Diags *diags);
/* Makes a batched intent durable. One sync covers all intents that were appended before it. */
MUST_USE bool journal_commit(Journal *journal, uint64_t sequence, Diags *diags);
/* Records the beginning of parts of the call whose intent has that sequence, or their end
 * (has_ended). Beginnings are durable when it returns, with one sync. Ends are appended, and
 * durable if the store is buffered. */
MUST_USE bool journal_parts(Journal *journal, uint64_t sequence, const StateParts *parts,
                            Diags *diags);
/* Appends the outcome; it is durable after the next sync. `sequence` 0: there was no intent. */
MUST_USE bool journal_outcome(Journal *journal, uint64_t sequence, const JournalOutcome *outcome,
                              Diags *diags);
/* Makes outcomes durable if the store is buffered, so that killing the process does not lose
 * them. */
MUST_USE bool journal_flush(Journal *journal, Diags *diags);
MUST_USE bool journal_end(Journal *journal, uint64_t sequence, Diags *diags);
/* Like journal_outcome, in one record: no crash leaves the object both current and deposed. */
MUST_USE bool journal_depose(Journal *journal, ResourceAddr address, Str key,
                             const StateObject *object, Diags *diags);
MUST_USE bool journal_restore(Journal *journal, ResourceAddr address, Str key, Diags *diags);
/* Appends `fold`, before the write of a state file that holds all records so far. No outcome may be
 * appended between encoding `text` from `state` and this call. */
void journal_announce(Journal *journal, const State *state, Str text);
/* Call instead of journal_announce if calls had outside effects, or journal_has_plan, but
 * `written`, the stored state, has the content of `state` already. The following journal_fold
 * leaves a mark: `start` and `fold` alone. Plans that were made before do not know it, so they are
 * stale although the serial is the same. The next checkpoint removes the mark. */
void journal_mark(Journal *journal, const State *state, const State *written);
/* Call once the state file with all records so far (or the announced one) is durable. Removes the
 * journal, except for a mark if it has a plan. If calls are in flight or in doubt, rewrites it with
 * their intents and the records appended since the announcement. */
MUST_USE bool journal_fold(Journal *journal, const State *written, Diags *diags);
/* Returns whether records of an earlier run are not yet in a checkpoint. */
bool journal_has_leftover(const Journal *journal);
/* Waits for a sync; returns whether every outcome is durable in the store, so that none is lost if
 * the state is not saved. */
bool journal_is_whole(Journal *journal);
/* Returns the number of syncs, for the benchmark. */
uint64_t journal_sync_count(const Journal *journal);
void journal_close(Journal *journal);

/* Reads the journal of an earlier run into `state`. Outcomes become objects; intents without an
 * outcome become StateInstance.pending, with their begun parts. A mark becomes State.mark, the plan
 * of the last `start` State.begun_plan. *found: the journal has records of an interrupted run.
 *
 * Returns false, with an error, if the journal cannot be trusted. If it is damaged and `aside` is
 * not NULL (only under the state's lock), the stored bytes are copied to that disk: to
 * `<name>.damaged`, or for a remote journal to journal.damaged in the working directory. The
 * readable records then replace the journal, so that the next run can use them.
 *
 * A journal with another lineage is rejected. If another program has raised the state's serial, the
 * state's objects win over outcomes, address by address; intents are kept. */
MUST_USE bool journal_replay(JournalStore *store, const Disk *aside, State *state, bool *found,
                             Arena *arena, Diags *diags);
