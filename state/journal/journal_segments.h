/* journal_segments: a JournalStore over a remote store that keeps whole objects (keys, rows) and
 * cannot append to one.
 *
 * Each sync writes what was appended since the last one as one segment; segments are numbered, and
 * their texts in order are the journal. A text that replaces all before it begins with an empty
 * line; what is older is dropped afterwards, and counts no more even if dropping fails. */
#pragma once

#include "journal_store.h"
#include "vec.h"

typedef struct Segment {
    uint64_t number;
    Str text;
} Segment;

typedef VEC(Segment) Segments;

/* As in JournalStore: false with *problem. `put` is never called by two threads at once. */
typedef struct SegmentStore {
    void *self;
    Str name; /* for messages */
    /* All that there are, in any order. One of which a crash has left only parts has no text: its
     * number is taken, and what is there of it is to be dropped. */
    bool (*list)(void *self, Segments *out, Str *problem, Arena *arena);
    /* Durable when it returns. No number is used twice; a request whose answer was lost may be sent
     * again. Must fail once the lock was lost. */
    bool (*put)(void *self, uint64_t number, Str text, Str *problem, Arena *arena);
    /* Removes all with numbers below this one: the lowest first, or all at one stroke. */
    bool (*drop)(void *self, uint64_t below, Str *problem, Arena *arena);
} SegmentStore;

JournalStore *journal_segments_new(const SegmentStore *segments, Arena *arena);
