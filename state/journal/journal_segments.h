/* journal_segments: a JournalStore over a remote store that keeps whole objects (keys, rows) and
 * cannot append to one.
 *
 * Each sync writes the lines appended since the last sync as one numbered segment. The texts of all
 * segments, in order, are the journal. A text that replaces the journal begins with an empty line.
 * Older segments are dropped afterwards, and are ignored even if dropping fails. A journal that was
 * removed has no segment, or only one that is such an empty line. */
#pragma once

#include "journal_store.h"
#include "vec.h"

typedef struct Segment {
    uint64_t number;
    Str text;
} Segment;

typedef VEC(Segment) Segments;

/* On failure, calls return false with *problem, as in JournalStore. `put` is never called by two
 * threads at once. */
typedef struct SegmentStore {
    void *self;
    Str name; /* for messages */
    /* Lists all segments, in any order. A segment that a crash left incomplete has no text: its
     * number is used, and its remains must be dropped. */
    bool (*list)(void *self, Segments *out, Str *problem, Arena *arena);
    /* The segment is durable when it returns. No number is used twice, but a request whose reply
     * was lost may be repeated. Must fail once the lock is lost. */
    bool (*put)(void *self, uint64_t number, Str text, Str *problem, Arena *arena);
    /* Removes all segments with numbers below this one: the lowest first, or all atomically. */
    bool (*drop)(void *self, uint64_t below, Str *problem, Arena *arena);
    /* A request may reach the store after its run has ended. If `put` does not reject it then, it
     * creates a segment that was dropped, and a late `drop` deletes one of another run. So a
     * removed journal leaves its last segment, which is empty: no number is used again, and readers
     * ignore all lower ones. */
    bool keeps_last;
} SegmentStore;

JournalStore *journal_segments_new(const SegmentStore *segments, Arena *arena);
