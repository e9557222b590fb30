/* A journal in a file: its lines after each call, and after failed calls. */
#include "unit.h"

#include "faulty_disk.h"
#include "journal_store.h"

typedef struct Case {
    Arena *arena;
    FaultyDisk *faulty;
    Disk disk;
    JournalStore *store;
    Str problem;
} Case;

static const Str path = STR_CONST("dir/s.journal");

static Case case_new(Arena *arena) {
    Case it = {.arena = arena, .faulty = faulty_disk_new(arena)};
    it.disk = faulty_disk_as_disk(it.faulty);
    return it;
}

static void open_store(Case *it) {
    it->store = journal_file_new(&it->disk, path, it->arena);
}

static bool append(Case *it, const char *text) {
    return it->store->append(it->store, str_from_cstr(text), &it->problem, it->arena);
}

/* "absent", or the content. */
static Str content(Case *it) {
    Str text;
    bool found;
    assert_true(it->store->read(it->store, &text, &found, &it->problem, it->arena));
    return found ? text : STR("absent");
}

static void in_order(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case it = case_new(arena);
    open_store(&it);
    check_str(content(&it), "absent");
    assert_true(append(&it, "a\n"));
    assert_true(append(&it, "b\n"));
    assert_true(it.store->sync(it.store, &it.problem, arena));
    it.store->close(it.store);
    open_store(&it);
    assert_true(append(&it, "c\n"));
    check_str(content(&it), "a\nb\nc\n");
    assert_true(it.store->replace(it.store, STR("d\n"), &it.problem, arena));
    assert_true(append(&it, "e\n"));
    check_str(content(&it), "d\ne\n");
    assert_true(it.store->remove(it.store, &it.problem, arena));
    check_str(content(&it), "absent");
    assert_true(it.store->remove(it.store, &it.problem, arena));
    assert_true(append(&it, "f\n"));
    check_str(content(&it), "f\n");
    it.store->close(it.store);
}

/* The first sync also syncs the directory; otherwise a power loss would lose the file. */
static void the_directory_is_synced(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case it = case_new(arena);
    open_store(&it);
    assert_true(append(&it, "a\n"));
    assert_true(it.store->sync(it.store, &it.problem, arena));
    assert_true(append(&it, "b\n"));
    faulty_disk_arm(it.faulty, FAULT_LOSE, 0, 1);
    assert_false(append(&it, "c\n"));
    faulty_disk_restart(it.faulty);
    open_store(&it);
    check_str(content(&it), "a\n");
    it.store->close(it.store);
}

/* A partly written line is removed; the error is reported. */
static void half_a_line(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case it = case_new(arena);
    open_store(&it);
    assert_true(append(&it, "first\n"));
    faulty_disk_arm(it.faulty, FAULT_ERROR, 0, 1);
    assert_false(append(&it, "second\n"));
    assert_true(it.problem.len > 0);
    check_str(content(&it), "first\n");
    assert_true(append(&it, "third\n"));
    check_str(content(&it), "first\nthird\n");
    it.store->close(it.store);
}

UNIT_MAIN(test_journal_file) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(the_directory_is_synced),
        cmocka_unit_test(half_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
