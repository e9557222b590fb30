/* journal_segments: keeps unsynced lines in memory; the mutex guards only them. */
#include "journal_segments.h"
#include "log.h"
#include "thread.h"

#include <stdlib.h>

typedef struct JournalSegments {
    JournalStore store;
    SegmentStore segments;
    pthread_mutex_t mutex;
    Arena *waiting_arena; /* of the unsynced lines; NULL: none */
    StrBuf waiting;
    uint64_t next; /* number of the next segment; 0: unknown */
} JournalSegments;

static int segments_compare_numbers(const void *a, const void *b) {
    const Segment *left = a, *right = b;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* Returns all segments in order. */
static bool segments_load(JournalSegments *journal, Segments *out, Str *problem, Arena *arena) {
    if (!journal->segments.list(journal->segments.self, out, problem, arena))
        return false;
    if (out->count > 1)
        qsort(out->items, out->count, sizeof *out->items, segments_compare_numbers);
    uint64_t last = out->count > 0 ? vec_last(out).number : 0;
    journal->next = journal->next > last ? journal->next : last + 1;
    return true;
}

static bool segments_read(JournalStore *store, Str *out, bool *found, Str *problem, Arena *arena) {
    JournalSegments *journal = store->self;
    Segments segments = {0};
    if (!segments_load(journal, &segments, problem, arena))
        return false;
    StrBuf text = strbuf_new(arena);
    vec_each(&segments, segment) {
        bool is_base = str_starts_with(segment->text, STR("\n"));
        if (is_base)
            text = strbuf_new(arena);
        strbuf_add(&text, str_after(segment->text, is_base ? 1 : 0));
    }
    *out = strbuf_str(&text);
    /* Segments without text still count, since they must be dropped, unless there is only the one
     * that a removed journal leaves. */
    bool is_removed = journal->segments.keeps_last && segments.count == 1 &&
                      str_equal(segments.items[0].text, STR("\n"));
    *found = segments.count > 0 && !is_removed;
    return true;
}

static bool learn_next(JournalSegments *journal, Str *problem, Arena *arena) {
    Segments ignored = {0};
    return journal->next > 0 || segments_load(journal, &ignored, problem, arena);
}

static bool segments_append(JournalStore *store, Str lines, Str *, Arena *) {
    JournalSegments *journal = store->self;
    LOCKED(&journal->mutex);
    if (!journal->waiting_arena) {
        journal->waiting_arena = arena_open("journal segment");
        journal->waiting = strbuf_new(journal->waiting_arena);
    }
    strbuf_add(&journal->waiting, lines);
    return true;
}

/* Moves the unsynced lines to the caller, who owns their arena. */
static Str remove_waiting(JournalSegments *journal, Arena **arena) {
    LOCKED(&journal->mutex);
    Str text = journal->waiting_arena ? strbuf_str(&journal->waiting) : STR_EMPTY;
    *arena = journal->waiting_arena;
    journal->waiting_arena = NULL;
    return text;
}

static bool journal_segments_put(JournalSegments *journal, Str text, Str *problem, Arena *arena) {
    return learn_next(journal, problem, arena) &&
           journal->segments.put(journal->segments.self, journal->next++, text, problem, arena);
}

static bool segments_sync(JournalStore *store, Str *problem, Arena *arena) {
    JournalSegments *journal = store->self;
    SCOPED(ArenaRef) removed = NULL;
    Str text = remove_waiting(journal, &removed);
    return text.len == 0 || journal_segments_put(journal, text, problem, arena);
}

/* Removes superseded segments. A failure is only logged, since readers ignore them. */
static void drop(JournalSegments *journal, uint64_t below, Arena *arena) {
    Str problem;
    if (!journal->segments.drop(journal->segments.self, below, &problem, arena))
        log_debug("journal segments not dropped", log_text("journal", journal->store.name),
                  log_text("problem", problem));
}

static bool put_base(JournalSegments *journal, Str text, Str *problem, Arena *arena) {
    SCOPED(ArenaRef) forgotten = NULL;
    (void)remove_waiting(journal, &forgotten);
    Str base = str_concat(STR("\n"), text, arena);
    return journal_segments_put(journal, base, problem, arena);
}

static bool segments_replace(JournalStore *store, Str text, Str *problem, Arena *arena) {
    JournalSegments *journal = store->self;
    if (!put_base(journal, text, problem, arena))
        return false;
    drop(journal, journal->next - 1, arena);
    return true;
}

static bool segments_remove(JournalStore *store, Str *problem, Arena *arena) {
    JournalSegments *journal = store->self;
    if (!put_base(journal, STR_EMPTY, problem, arena))
        return false;
    drop(journal, journal->next - journal->segments.keeps_last, arena);
    return true;
}

static void segments_close(JournalStore *store) {
    SCOPED(ArenaRef) scratch = arena_open("journal segments");
    Str problem;
    if (!segments_sync(store, &problem, scratch))
        log_debug("journal segment lost", log_text("journal", store->name),
                  log_text("problem", problem));
}

JournalStore *journal_segments_new(const SegmentStore *segments, Arena *arena) {
    JournalSegments *journal = arena_new(arena, JournalSegments);
    pthread_mutex_init(&journal->mutex, NULL);
    journal->segments = *segments;
    journal->store = (JournalStore){
        .self = journal,
        .name = segments->name,
        .is_buffered = true,
        .read = segments_read,
        .append = segments_append,
        .sync = segments_sync,
        .replace = segments_replace,
        .remove = segments_remove,
        .close = segments_close,
    };
    return &journal->store;
}
