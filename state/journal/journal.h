/* Journal: what was begun and what came of it, so that no crash loses an object.
 *
 * Under the state's lock, in the store that its backend gives (a file beside the state file:
 * `<state>.journal`), append-only, one record per line,
 *
 *     <crc32c hex> <JSON>\n
 *
 *   start            lineage and serial of the state that the run began from, program, time
 *   intent           sequence, address, deposed key, action, generation, identity, private, planned
 *                    object: durable before the provider's call
 *   outcome          sequence of its intent, the new object (or none) in state form: durable
 *                    before anything that depends on it begins
 *   end              sequence: the call failed and left the old object as it was
 *   part-begin       sequence of its intent, key and action of one of the objects behind the
 * instance, identity: durable before that object is changed part-end         sequence, key,
 * private: that object is changed depose, restore  address, key: the current object became the
 * deposed one, and back fold             a checkpoint: the state file of this serial and digest
 * holds all before it
 *
 * Records are numbered from 1. A last line without line end is what a crash leaves, and is dropped;
 * any other line that cannot be read, is missing or stands there twice is damage, an error that
 * names the line (journal_text.h). Appends from all threads are ordered; syncs are grouped: many
 * intents that wait share one fsync. Never dropped unread. Guards itself. */
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
    Str identity;
    Str private_data; /* of the plan; what `recover` gets */
    Str planned;      /* JSON, unknowns as null */
    Str sensitive;    /* its sensitive paths, as in StateObject; empty: none */
    uint64_t schema_version;
    bool is_provisioned; /* what provisioners do is part of the creation */
    const Str *dependencies;
    size_t dependency_count;
} JournalIntent;

/* What the object slot (current, or the deposed one) holds after the call; NULL: nothing. */
typedef struct JournalOutcome {
    ResourceAddr address;
    ProviderConfigAddr provider_config; /* provider empty: keep the one in the state */
    Str deposed;
    const StateObject *object;
} JournalOutcome;

/* Opens for appending (after journal_replay has read it). Nothing is written before the first
 * intent or outcome. `store` must live as long. */
MUST_USE bool journal_open(JournalStore *store,
                           const Clock *clock,
                           const State *state,
                           Journal **out,
                           Arena *arena,
                           Diags *diags);
/* The lineage and serial that `start` will name, when they were chosen after journal_open. */
void journal_set_base(Journal *journal, const State *state);
/* Durable when it returns. */
MUST_USE bool journal_intent(Journal *journal,
                             const JournalIntent *intent,
                             uint64_t *sequence,
                             Diags *diags);
/* A part of a call whose intent has that sequence. The beginning is durable when it returns; the
 * end is appended, and durable where the store keeps in memory what is not synced. */
MUST_USE bool journal_part_begin(Journal *journal,
                                 uint64_t sequence,
                                 const StatePart *part,
                                 Diags *diags);
MUST_USE bool journal_part_end(Journal *journal,
                               uint64_t sequence,
                               const StatePart *part,
                               Diags *diags);
/* Appended; durable with the next sync that anybody waits for. `sequence` 0: there was no intent.
 */
MUST_USE bool journal_outcome(Journal *journal,
                              uint64_t sequence,
                              const JournalOutcome *outcome,
                              Diags *diags);
/* After an outcome that a killed process must not take along: durable when it returns, if the store
 * keeps in memory what is not synced. */
MUST_USE bool journal_flush(Journal *journal, Diags *diags);
MUST_USE bool journal_end(Journal *journal, uint64_t sequence, Diags *diags);
/* As journal_outcome: one record, so that no crash leaves the object in both places. */
MUST_USE bool journal_depose(
    Journal *journal, ResourceAddr address, Str key, const StateObject *object, Diags *diags);
MUST_USE bool journal_restore(Journal *journal, ResourceAddr address, Str key, Diags *diags);
/* Before a state file is written that holds everything so far (nobody appends an outcome between
 * encoding it and this): appends `fold`. `text` is the file to come, `state` what it encodes. */
void journal_announce(Journal *journal, const State *state, Str text);
/* After the state file that holds everything so far (or that was announced) is durable: the journal
 * is removed, or, with calls still in flight or in doubt, rewritten with their intents and with
 * what was appended since the announcement. */
MUST_USE bool journal_fold(Journal *journal, const State *written, Diags *diags);
/* A run before left something that no checkpoint has folded yet. */
bool journal_has_leftover(const Journal *journal);
/* Every outcome is in the store, and durable: what is not in the state is not lost. */
bool journal_is_whole(Journal *journal);
/* Syncs made, for the bench. */
uint64_t journal_sync_count(const Journal *journal);
void journal_close(Journal *journal);

/* Reads what a run before left and puts it into `state`: outcomes as objects, intents without one
 * as StateInstance.pending, with the parts that they had begun. False only if the file cannot be
 * trusted (a diagnostic says what to do). If it is damaged and `aside` is not NULL (only under the
 * state's lock), a copy as it is stored goes to `<name>.damaged` there and the readable records
 * replace it, so that the next run goes on with them. *found: there was something. Outcomes of a
 * journal whose lineage differs are refused; where the state's serial moved on by other hands,
 * outcomes give way address by address (the state's object wins) and intents are kept. */
MUST_USE bool journal_replay(
    JournalStore *store, const Disk *aside, State *state, bool *found, Arena *arena, Diags *diags);
