/* JournalStore: where the journal's lines are kept: a file (journal_file), or segments in a remote
 * store (journal_segments). It knows nothing of what the lines say.
 *
 * append, sync, replace, remove and read are called one at a time, except that lines may be
 * appended while a sync is under way. Each returns false with *problem, a sentence's end
 * ("permission denied") in `arena`. After a failed sync nobody knows what of the unsynced lines is
 * there: the journal replaces all before it goes on. */
#pragma once

#include "str.h"

typedef struct JournalStore JournalStore;

struct JournalStore {
    void *self;
    Str name;         /* for messages */
    bool is_buffered; /* what was appended and not synced dies with the process */
    /* All text, in the order in which it was appended. *found: there is one, be it empty. */
    bool (*read)(JournalStore *store, Str *out, bool *found, Str *problem, Arena *arena);
    /* Whole lines, behind all others. On failure nothing of them is there, or every append from
     * then on fails. */
    bool (*append)(JournalStore *store, Str lines, Str *problem, Arena *arena);
    /* What was appended before the call is durable when it returns. */
    bool (*sync)(JournalStore *store, Str *problem, Arena *arena);
    /* Durable when it returns; a crash leaves old or new. */
    bool (*replace)(JournalStore *store, Str text, Str *problem, Arena *arena);
    bool (*remove)(JournalStore *store, Str *problem, Arena *arena);
    /* Syncs what it buffers, if it can, and lets go of what it holds open; may be used again. */
    void (*close)(JournalStore *store);
    /* As it is stored, perhaps sealed; NULL: read does that. */
    bool (*read_stored)(JournalStore *store, Str *out, bool *found, Str *problem, Arena *arena);
};
