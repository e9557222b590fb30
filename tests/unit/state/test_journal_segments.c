/* A journal in numbered objects: its content after each call, and after requests that fail with or
 * without an effect. */
#include "unit.h"

#include "journal_segments.h"
#include "thread.h"

typedef struct Shelf {
    Arena *arena;
    Segments segments;
    int fails;        /* number of the next requests that fail */
    bool fails_after; /* after they had their effect */
    bool keeps_last;
} Shelf;

static bool is_failing(Shelf *shelf, Str *problem) {
    if (shelf->fails == 0)
        return false;
    shelf->fails--;
    *problem = STR("it fails");
    return true;
}

static bool shelf_list(void *self, Segments *out, Str *problem, Arena *arena) {
    Shelf *shelf = self;
    if (is_failing(shelf, problem))
        return false;
    for (size_t i = shelf->segments.count; i-- > 0;)
        vec_push(arena, out, shelf->segments.items[i]);
    return true;
}

static bool shelf_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    Shelf *shelf = self;
    (void)arena;
    bool fails = is_failing(shelf, problem);
    vec_each(&shelf->segments, segment) {
        assert_true(segment->number < number);
    }
    if (!fails || shelf->fails_after) {
        Segment segment = {number, str_clone(text, shelf->arena)};
        vec_push(shelf->arena, &shelf->segments, segment);
    }
    return !fails;
}

static bool shelf_drop(void *self, uint64_t below, Str *problem, Arena *) {
    Shelf *shelf = self;
    if (is_failing(shelf, problem))
        return false;
    size_t kept = 0;
    vec_each(&shelf->segments, segment) {
        if (segment->number >= below)
            shelf->segments.items[kept++] = *segment;
    }
    shelf->segments.count = kept;
    return true;
}

static JournalStore *open_shelf(Shelf *shelf) {
    SegmentStore segments = {shelf,     STR("shelf"), shelf_list,
                             shelf_put, shelf_drop,   shelf->keeps_last};
    return journal_segments_new(&segments, shelf->arena);
}

/* The content that the next run reads. */
static Str content(Shelf *shelf) {
    JournalStore *store = open_shelf(shelf);
    Str text, problem;
    bool found;
    assert_true(store->read(store, &text, &found, &problem, shelf->arena));
    return found ? text : STR("absent");
}

static void append(JournalStore *store, const char *text, Arena *arena) {
    Str problem;
    assert_true(store->append(store, str_from_cstr(text), &problem, arena));
}

static void a_sync_is_a_segment(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Shelf shelf = {.arena = arena};
    JournalStore *store = open_shelf(&shelf);
    Str problem;
    check_str(content(&shelf), "absent");
    append(store, "a\n", arena);
    append(store, "b\n", arena);
    check_str(content(&shelf), "absent");
    assert_true(store->sync(store, &problem, arena));
    assert_true(store->sync(store, &problem, arena));
    assert_int_equal(shelf.segments.count, 1);
    append(store, "c\n", arena);
    store->close(store); /* close syncs the waiting lines */
    check_str(content(&shelf), "a\nb\nc\n");
    store = open_shelf(&shelf);
    append(store, "d\n", arena);
    assert_true(store->sync(store, &problem, arena));
    check_str(content(&shelf), "a\nb\nc\nd\n");
    store->close(store);
}

static void replacing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Shelf shelf = {.arena = arena};
    JournalStore *store = open_shelf(&shelf);
    Str problem;
    append(store, "a\n", arena);
    assert_true(store->sync(store, &problem, arena));
    append(store, "b\n", arena);
    assert_true(store->replace(store, STR("c\n"), &problem, arena));
    check_str(content(&shelf), "c\n");
    assert_int_equal(shelf.segments.count, 1);
    append(store, "d\n", arena);
    assert_true(store->sync(store, &problem, arena));
    check_str(content(&shelf), "c\nd\n");
    assert_true(store->remove(store, &problem, arena));
    check_str(content(&shelf), "absent");
    assert_int_equal(shelf.segments.count, 0);
    append(store, "e\n", arena);
    assert_true(store->sync(store, &problem, arena));
    check_str(content(&shelf), "e\n");
    store->close(store);
}

/* Requests 1 and 2 of a replacement fail, with and without an effect. */
static void requests_that_fail(void **) {
    for (int i = 0; i < 2; i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Shelf shelf = {.arena = arena, .fails_after = i == 1};
        JournalStore *store = open_shelf(&shelf);
        Str problem = STR_EMPTY;
        append(store, "a\n", arena);
        assert_true(store->sync(store, &problem, arena));
        append(store, "b\n", arena);
        shelf.fails = 1;
        assert_false(store->sync(store, &problem, arena));
        check_str(problem, "it fails");
        check_str(content(&shelf), i == 1 ? "a\nb\n" : "a\n");
        shelf.fails = 1;
        assert_false(store->replace(store, STR("c\n"), &problem, arena));
        assert_true(store->replace(store, STR("d\n"), &problem, arena));
        check_str(content(&shelf), "d\n");
        store->close(store);
    }
}

/* Segments whose removal failed are ignored. */
static void a_drop_that_fails(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Shelf shelf = {.arena = arena};
    JournalStore *store = open_shelf(&shelf);
    Str problem;
    append(store, "a\n", arena);
    assert_true(store->sync(store, &problem, arena));
    assert_true(store->replace(store, STR("c\n"), &problem, arena));
    Segment late = {1, STR("late\n")};
    vec_push(arena, &shelf.segments, late);
    check_str(content(&shelf), "c\n");
    assert_true(store->remove(store, &problem, arena));
    check_str(content(&shelf), "absent");
    store->close(store);
}

/* A copy of a request arrives after its run has removed the journal. */
static void a_late_segment(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Shelf shelf = {.arena = arena, .keeps_last = true};
    Str problem;
    for (uint64_t i = 0; i < 3; i++) {
        JournalStore *store = open_shelf(&shelf);
        append(store, "a\n", arena);
        assert_true(store->sync(store, &problem, arena));
        check_str(content(&shelf), "a\n");
        assert_true(store->remove(store, &problem, arena));
        assert_int_equal(shelf.segments.count, 1);
        check_str(shelf.segments.items[0].text, "\n");
        assert_int_equal(shelf.segments.items[0].number, 2 * i + 2); /* no number is used again */
        check_str(content(&shelf), "absent");
        Segment late = {2 * i + 1, STR("a\n")};
        vec_push(arena, &shelf.segments, late);
        check_str(content(&shelf), "");
        store->close(store);
    }
}

/* An empty segment alone is a removed journal, if the store keeps the last one. Others beside it
 * arrived late, or were left by a failed drop, and must be dropped. */
static void removed(void **) {
    static const struct {
        Segment segments[2];
        const char *kept, *content;
    } table[] = {
        {{{1, STR_CONST("\n")}}, "absent", ""},
        {{{1, STR_CONST("\n")}, {2, STR_CONST("\n")}}, "", ""},
        {{{1, STR_CONST("a\n")}, {2, STR_CONST("\n")}}, "", ""},
        {{{1, STR_CONST("\n")}, {2, {0}}}, "", ""},
        {{{1, {0}}}, "", ""},
        {{{1, STR_CONST("\na\n")}}, "a\n", "a\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Shelf shelf = {.arena = arena};
        for (size_t k = 0; k < 2 && table[i].segments[k].number; k++)
            vec_push(arena, &shelf.segments, table[i].segments[k]);
        check_str(content(&shelf), table[i].content);
        shelf.keeps_last = true;
        check_str(content(&shelf), table[i].kept);
    }
}

#define LINES 500

typedef struct Writer {
    JournalStore *store;
    char letter;
} Writer;

static void write_lines(void *payload) {
    const Writer *writer = payload;
    SCOPED(ArenaRef) arena = arena_open("writer");
    const char line[] = {writer->letter, '\n', 0};
    for (int i = 0; i < LINES; i++)
        append(writer->store, line, arena);
}

/* Threads append while another one syncs: each line is stored once. */
static void many_append(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Shelf shelf = {.arena = arena};
    JournalStore *store = open_shelf(&shelf);
    Writer writers[] = {{store, 'a'}, {store, 'b'}};
    Thread *threads[ARRAY_COUNT(writers)];
    Str problem;
    for (size_t i = 0; i < ARRAY_COUNT(writers); i++)
        threads[i] = thread_start(THREAD_WALK_WORKER, write_lines, &writers[i]);
    for (int i = 0; i < 20; i++)
        assert_true(store->sync(store, &problem, arena));
    for (size_t i = 0; i < ARRAY_COUNT(writers); i++)
        thread_join(threads[i]);
    store->close(store);
    Str text = content(&shelf);
    int counts[ARRAY_COUNT(writers)] = {0};
    assert_int_equal(text.len, ARRAY_COUNT(writers) * LINES * 2);
    for (size_t i = 0; i < text.len; i += 2) {
        assert_true(text.ptr[i] == 'a' || text.ptr[i] == 'b');
        counts[text.ptr[i] - 'a']++;
    }
    assert_int_equal(counts[0], LINES);
    assert_int_equal(counts[1], LINES);
}

/* The first request of a run asks for the numbers in use; without them nothing is written. */
static void numbers(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Shelf shelf = {.arena = arena};
    Segment used = {7, STR("a\n")};
    Str problem, text;
    bool found;
    vec_push(arena, &shelf.segments, used);
    JournalStore *store = open_shelf(&shelf);
    assert_true(store->is_buffered);
    append(store, "b\n", arena);
    shelf.fails = 1;
    assert_false(store->sync(store, &problem, arena));
    shelf.fails = 1;
    assert_false(store->replace(store, STR("c\n"), &problem, arena));
    shelf.fails = 1;
    assert_false(store->remove(store, &problem, arena));
    shelf.fails = 1;
    assert_false(store->read(store, &text, &found, &problem, arena));
    assert_int_equal(shelf.segments.count, 1);
    append(store, "d\n", arena);
    assert_true(store->sync(store, &problem, arena));
    assert_int_equal(vec_last(&shelf.segments).number, 8);
    check_str(content(&shelf), "a\nd\n");
    Shelf empty = {.arena = arena};
    JournalStore *fresh = open_shelf(&empty);
    append(fresh, "a\n", arena);
    assert_true(fresh->sync(fresh, &problem, arena));
    assert_int_equal(empty.segments.items[0].number, 1);
    fresh->close(fresh);
    /* A segment that was read later does not lower the next number. */
    shelf.segments.count = 1;
    assert_true(store->read(store, &text, &found, &problem, arena));
    append(store, "e\n", arena);
    assert_true(store->sync(store, &problem, arena));
    assert_int_equal(vec_last(&shelf.segments).number, 9);
    store->close(store);
}

/* The last of several texts that replace the journal counts; an incomplete segment has no text. */
static void order(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Shelf shelf = {.arena = arena};
    static const Segment segments[] = {{1, STR_CONST("a\n")},
                                       {2, STR_CONST("\nb\n")},
                                       {3, STR_CONST("c\n")},
                                       {4, STR_CONST("\nd\n")},
                                       {5, {0}},
                                       {10, STR_CONST("e\n")},
                                       {11, STR_CONST("f\n")}};
    for (size_t i = 0; i < ARRAY_COUNT(segments); i++)
        vec_push(arena, &shelf.segments, segments[i]);
    check_str(content(&shelf), "d\ne\nf\n");
}

UNIT_MAIN(test_journal_segments) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sync_is_a_segment),
        cmocka_unit_test(replacing),
        cmocka_unit_test(requests_that_fail),
        cmocka_unit_test(a_drop_that_fails),
        cmocka_unit_test(a_late_segment),
        cmocka_unit_test(removed),
        cmocka_unit_test(many_append),
        cmocka_unit_test(numbers),
        cmocka_unit_test(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
