/* JournalStore: stores the journal's lines in a file (journal_file) or in segments of a remote
 * store (journal_segments). It does not interpret the lines.
 *
 * append, sync, replace, remove and read are called one at a time, except that lines may be
 * appended during a sync. On failure, each returns false with *problem, the end of a sentence
 * ("permission denied"), in `arena`. After a failed sync the state of unsynced lines is unknown:
 * the journal calls replace or remove before the next append. */
#pragma once

#include "io.h"

typedef struct JournalStore JournalStore;

struct JournalStore {
    void *self;
    Str name;            /* for messages; the path of a journal in a file */
    const char *setting; /* a variable that moves the journal, or NULL */
    bool is_buffered;    /* lines that are appended but not synced are lost with the process */
    /* Returns all text, in the order of the appends. *found: a journal exists, perhaps empty. */
    bool (*read)(JournalStore *store, Str *out, bool *found, Str *problem, Arena *arena);
    /* Appends whole lines. On failure either none of them is stored, or every later append
     * fails. */
    bool (*append)(JournalStore *store, Str lines, Str *problem, Arena *arena);
    /* Lines appended before the call are durable when it returns. */
    bool (*sync)(JournalStore *store, Str *problem, Arena *arena);
    /* The text is durable when it returns; a crash leaves the old or the new text. */
    bool (*replace)(JournalStore *store, Str text, Str *problem, Arena *arena);
    bool (*remove)(JournalStore *store, Str *problem, Arena *arena);
    /* Syncs buffered lines if possible and releases resources; the store may be used again. */
    void (*close)(JournalStore *store);
    /* Returns the bytes as stored, perhaps encrypted; NULL: the same as `read`. */
    bool (*read_stored)(JournalStore *store, Str *out, bool *found, Str *problem, Arena *arena);
};

/* Returns a store in a file of mode 0600, which is created with the first line (journal_file.c). */
JournalStore *journal_file_new(const Disk *disk, Str path, Arena *arena);
