/* A journal that a crash or a fault of the disk damaged: the readable records count, the damaged
 * journal is kept, and the error says where. */
#include "journal_left.h"

#include <errno.h>

static void torn_end(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left whole = left_new(arena);
    left_start(&whole, "l", 5);
    left_outcome(&whole, 1, "t.a", "a");
    size_t two = whole.text.len;
    left_outcome(&whole, 2, "t.b", "b");
    for (size_t length = two; length < whole.text.len; length++) {
        Left left = left_new(arena);
        strbuf_add(&left.text, str_slice(strbuf_str(&whole.text), 0, length));
        left_replay_well(&left);
        check_str(left_slot(&left, "t.a"), "a");
        check_str(left_slot(&left, "t.b"), length == whole.text.len - 1 ? "b" : "nothing");
    }
}

/* Damages line `at` (from 0) of `lines`. */
typedef void (*Damage)(StrVec *lines, size_t at, Arena *arena);

static void flip(StrVec *lines, size_t at, Arena *arena) {
    char *line = (char *)str_to_cstr(lines->items[at], arena);
    line[lines->items[at].len / 2] ^= 1;
    lines->items[at].ptr = line;
}

static void insert(StrVec *lines, size_t at, Str line, Arena *arena) {
    vec_push(arena, lines, line);
    for (size_t i = lines->count - 1; i > at; i--)
        lines->items[i] = lines->items[i - 1];
    lines->items[at] = line;
}

static void remove_line(StrVec *lines, size_t at, Arena *) {
    for (size_t i = at + 1; i < lines->count; i++)
        lines->items[i - 1] = lines->items[i];
    lines->count--;
}

static void double_line(StrVec *lines, size_t at, Arena *arena) {
    insert(lines, at, lines->items[at], arena);
}

static void add_garbage_line(StrVec *lines, size_t at, Arena *arena) {
    insert(lines, at, STR("12345678 {\"kind\":\"outcome\"}"), arena);
}

static void add_empty_line(StrVec *lines, size_t at, Arena *arena) {
    insert(lines, at, STR_EMPTY, arena);
}

static void truncate_line(StrVec *lines, size_t at, Arena *) {
    lines->items[at].len /= 2;
}

static void add_return(StrVec *lines, size_t at, Arena *arena) {
    lines->items[at] = str_concat(lines->items[at], STR("\r"), arena);
}

static void add_zeros(StrVec *lines, size_t at, Arena *arena) {
    char *line = (char *)str_to_cstr(lines->items[at], arena);
    memset(line + lines->items[at].len / 2, 0, lines->items[at].len - lines->items[at].len / 2);
    lines->items[at].ptr = line;
}

static void swap_with_next(StrVec *lines, size_t at, Arena *) {
    Str first = lines->items[at];
    lines->items[at] = lines->items[at + 1];
    lines->items[at + 1] = first;
}

static const struct {
    const char *name;
    Damage damage;
    int readable;    /* change in the number of readable records */
    size_t last;     /* damage in the last so many lines cannot be detected */
    int line_offset; /* from the damaged line to the reported one */
    bool has_more;   /* damaged lines: numbers that follow do not fit */
} damages[] = {
    {"flipped byte", flip, -1, 0, 0, false},
    {"removed line", remove_line, -1, 1, 0, false},
    {"doubled line", double_line, 0, 0, 1, false},
    {"garbage line", add_garbage_line, 0, 0, 0, true},
    {"empty line", add_empty_line, 0, 0, 0, true},
    {"truncated line", truncate_line, -1, 0, 0, false},
    {"CRLF", add_return, -1, 0, 0, false},
    {"zeros", add_zeros, -1, 0, 0, false},
    {"swapped lines", swap_with_next, 0, 1, 0, true},
};

static void damage_one(const Left *whole, size_t which, size_t at, Arena *arena) {
    Left left = left_new(arena);
    StrVec lines = {0};
    JournalLine line = {0};
    while (journal_record_next_line(strbuf_str(&whole->text), &line))
        vec_push(arena, &lines, line.text);
    size_t count = lines.count;
    if (at + damages[which].last >= count)
        return;
    damages[which].damage(&lines, at, arena);
    vec_each(&lines, text) {
        strbuf_add(&left.text, *text);
        strbuf_add_char(&left.text, '\n');
    }
    bool found;
    Str damaged = strbuf_str(&left.text), aside;
    Str wanted = str_format(arena, "Line %zu of \"s.journal\" is damaged: it",
                            at + 1 + (size_t)damages[which].line_offset);
    if (left_replay(&left, &found))
        fail_msg("%s at line %zu: not found", damages[which].name, at + 1);
    check_str(left.diags.items[0].summary, "Damaged journal");
    Str detail = left.diags.items[0].detail;
    if (str_starts_with(detail, wanted) ||
        (damages[which].damage == remove_line || damages[which].damage == swap_with_next))
        assert_int_equal(left.diags.error_count, 1);
    else
        fail_msg("%s at line %zu: %.*s", damages[which].name, at + 1, STR_ARG(detail));
    bool has_more = str_find(detail, STR(" more lines)"), 0) != SIZE_MAX;
    assert_int_equal(has_more, damages[which].has_more);
    /* The damaged journal is kept aside; the next run continues with the readable records. */
    assert_int_equal(left.disk.read_file(left.disk.self, STR("s.journal.damaged"), &aside, arena),
                     0);
    check_str_equal(aside, damaged);
    Str repaired;
    assert_int_equal(left.disk.read_file(left.disk.self, STR("s.journal"), &repaired, arena), 0);
    JournalText text;
    journal_text_read(repaired, &text, arena);
    assert_int_equal(text.damage_count, 0);
    assert_int_equal(text.records.count, (int)count + damages[which].readable);
    if (damages[which].readable == 0)
        check_str_equal(repaired, strbuf_str(&whole->text));
    State *state = state_new(arena);
    assert_true(journal_replay(journal_file_new(&left.disk, STR("s.journal"), arena), NULL, state,
                               &found, arena, &left.diags));
}

static void every_record_with_every_damage(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left whole = left_new(arena);
    left_start(&whole, "l", 5);
    left_intent(&whole, 1, "t.a", PENDING_CREATE);
    left_outcome(&whole, 1, "t.a", "a");
    left_move(&whole, RECORD_DEPOSE, "t.b", "b");
    left_move(&whole, RECORD_RESTORE, "t.b", "b");
    left_intent(&whole, 2, "t.c", PENDING_UPDATE);
    left_part(&whole, RECORD_PART_BEGIN, 2, "part");
    left_part(&whole, RECORD_PART_END, 2, "part");
    left_add(&whole, (JournalRecord){.kind = RECORD_END, .sequence = 2});
    left_add(&whole, (JournalRecord){.kind = RECORD_FOLD, .serial = 6, .digest = STR("00")});
    for (size_t which = 0; which < ARRAY_COUNT(damages); which++) {
        for (size_t at = 0; at < whole.record_count; at++)
            damage_one(&whole, which, at, arena);
    }
}

/* The error names the addresses of the readable records, at most ten. */
static void damaged_addresses(void **) {
    static const struct {
        int count;
        const char *addresses;
    } cases[] = {
        {0, "(1, about nothing)"},      {1, "(2, about t.a0)"},
        {2, "(3, about t.a0, t.a1)"},   {11, "t.a8, t.a9 and 1 more)"},
        {12, "t.a8, t.a9 and 2 more)"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Left left = left_new(arena);
        bool found;
        left_start(&left, "l", 5);
        for (int k = 0; k < cases[i].count; k++)
            left_outcome(&left, 0, str_to_cstr(str_format(arena, "t.a%d", k), arena), "x");
        strbuf_add(&left.text, STR("one\ntwo\n"));
        assert_false(left_replay(&left, &found));
        Str detail = left.diags.items[0].detail;
        if (str_find(detail, str_from_cstr(cases[i].addresses), 0) == SIZE_MAX ||
            str_find(detail, STR("its checksum (and 1 more lines)."), 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(detail));
    }
}

/* The error names the records that are missing or repeated. */
static void missing_records(void **) {
    static const struct {
        uint64_t numbers[4];
        const char *problem;
    } cases[] = {
        {{1, 3}, "Line 2 of \"s.journal\" is damaged: record 2 is missing before it."},
        {{1, 4}, "Line 2 of \"s.journal\" is damaged: records 2 to 3 are missing before it."},
        {{2}, "Line 1 of \"s.journal\" is damaged: record 1 is missing before it."},
        {{1, 2, 1}, "Line 3 of \"s.journal\" is damaged: it has record 1, which an earlier line"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Left left = left_new(arena);
        bool found;
        for (size_t k = 0; cases[i].numbers[k]; k++) {
            left.record_count = cases[i].numbers[k] - 1;
            left_start(&left, "l", 5);
        }
        assert_false(left_replay(&left, &found));
        if (!str_starts_with(left.diags.items[0].detail, str_from_cstr(cases[i].problem)))
            fail_msg("%.*s", STR_ARG(left.diags.items[0].detail));
    }
}

/* A copy of a damaged journal replaces no other; a copy of a remote one is in the working
 * directory. */
static void copies(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    static const char *const local[] = {"s.journal.damaged", "s.journal.damaged.2",
                                        "s.journal.damaged.3"};
    static const char *const remote[] = {"journal.damaged", "journal.damaged.2"};
    Str path = STR("s.journal"), damaged = STR("damaged\n"), copy;
    JournalStore *store = journal_file_new(&left.disk, path, arena);
    bool found;
    for (size_t i = 0; i < ARRAY_COUNT(local) + ARRAY_COUNT(remote); i++) {
        bool is_remote = i >= ARRAY_COUNT(local);
        Str name = str_from_cstr(is_remote ? remote[i - ARRAY_COUNT(local)] : local[i]);
        store->is_buffered = is_remote;
        assert_false(disk_exists(&left.disk, name));
        assert_int_equal(left.disk.write_file(left.disk.self, path, damaged, 0600), 0);
        assert_false(journal_replay(store, &left.disk, left.state, &found, arena, &left.diags));
        assert_int_equal(left.disk.read_file(left.disk.self, name, &copy, arena), 0);
        check_str_equal(copy, damaged);
    }
}

static bool read_problem(JournalStore *, Str *, bool *, Str *problem, Arena *) {
    *problem = STR("it fails");
    return false;
}

static int write_problem(void *, Str, Str, uint32_t) {
    return -ENOSPC;
}

static bool replace_problem(JournalStore *, Str, Str *problem, Arena *) {
    *problem = STR("it fails");
    return false;
}

/* Each step that fails is an error of its own, and changes nothing. */
static void unreadable(void **) {
    static const char *const details[] = {
        "but reading it failed: it fails.",
        "but copying the damaged journal failed: it fails.",
        "but copying the damaged journal failed: No space left on device.",
        "but replacing the damaged journal failed: it fails.",
    };
    for (size_t i = 0; i < ARRAY_COUNT(details); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Left left = left_new(arena);
        Str path = STR("s.journal");
        Disk aside = left.disk;
        JournalStore *store = journal_file_new(&left.disk, path, arena);
        bool found = true;
        assert_int_equal(left.disk.write_file(left.disk.self, path, STR("damaged\n"), 0600), 0);
        if (i == 0)
            store->read = read_problem;
        if (i == 1)
            store->read_stored = read_problem;
        if (i == 2)
            aside.write_file = write_problem;
        if (i == 3)
            store->replace = replace_problem;
        assert_false(journal_replay(store, &aside, left.state, &found, arena, &left.diags));
        assert_int_equal(left.diags.error_count, 1);
        if (str_find(left.diags.items[0].detail, str_from_cstr(details[i]), 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(left.diags.items[0].detail));
    }
}

/* Another run may be active, so the journal stays unchanged. */
static void damage_without_a_lock(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    Str path = STR("s.journal"), kept, garbage = STR("garbage\n");
    bool found;
    assert_int_equal(left.disk.write_file(left.disk.self, path, garbage, 0600), 0);
    assert_false(journal_replay(journal_file_new(&left.disk, path, arena), NULL, left.state, &found,
                                arena, &left.diags));
    assert_int_equal(left.disk.read_file(left.disk.self, path, &kept, arena), 0);
    check_str_equal(kept, garbage);
    assert_false(disk_exists(&left.disk, STR("s.journal.damaged")));
}

UNIT_MAIN(test_journal_damage) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(torn_end),
        cmocka_unit_test(every_record_with_every_damage),
        cmocka_unit_test(damaged_addresses),
        cmocka_unit_test(missing_records),
        cmocka_unit_test(copies),
        cmocka_unit_test(unreadable),
        cmocka_unit_test(damage_without_a_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
