/* A journal in a file: its lines after each call, and after failed calls. */
#include "unit.h"

#include "faulty_disk.h"
#include "journal_store.h"

#include <errno.h>
#include <unistd.h>

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

static int fail_to_append(void *, DiskFile, Str) {
    return -ENOSPC;
}

static int fail_to_truncate(void *, DiskFile, uint64_t) {
    return -EIO;
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

/* A file whose size is not known could not be cut after half a line. */
static void an_unknown_size(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case it = case_new(arena);
    open_store(&it);
    assert_true(append(&it, "first\n"));
    it.store->close(it.store);
    faulty_disk_arm(it.faulty, FAULT_ERROR, 1, 1); /* after the open */
    assert_false(append(&it, "second\n"));
    faulty_disk_arm(it.faulty, FAULT_ERROR, 2, 1); /* after open and size */
    assert_false(append(&it, "third\n"));
    check_str(content(&it), "first\n");
    it.store->close(it.store);
}

/* Half a line that could not be cut: nothing follows it until the journal is replaced or removed.
 */
static void a_line_that_stays(void **) {
    for (int removes = 0; removes < 2; removes++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Case it = case_new(arena);
        Disk disk = it.disk;
        open_store(&it);
        assert_true(append(&it, "first\n"));
        it.disk.append = fail_to_append;
        it.disk.truncate = fail_to_truncate;
        assert_false(append(&it, "second\n"));
        it.disk.append = disk.append;
        it.disk.truncate = disk.truncate;
        it.problem = STR_EMPTY;
        assert_false(append(&it, "third\n"));
        check_str(it.problem, "No space left on device");
        check_str(content(&it), "first\n");
        assert_true(removes ? it.store->remove(it.store, &it.problem, arena)
                            : it.store->replace(it.store, STR("new\n"), &it.problem, arena));
        assert_true(append(&it, "third\n"));
        check_str(content(&it), removes ? "third\n" : "new\nthird\n");
        it.store->close(it.store);
    }
}

/* A removed journal begins again: the first sync of the new file syncs the directory too. A failed
 * removal is an error. */
static void after_a_removal(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case it = case_new(arena);
    open_store(&it);
    assert_true(append(&it, "a\n"));
    assert_true(it.store->sync(it.store, &it.problem, arena));
    for (uint64_t i = 0; i < 2; i++) {
        faulty_disk_arm(it.faulty, FAULT_ERROR, i, 1);
        assert_false(it.store->remove(it.store, &it.problem, arena));
        check_str(it.problem, "Input/output error");
    }
    assert_true(it.store->remove(it.store, &it.problem, arena));
    assert_true(append(&it, "b\n"));
    assert_true(it.store->sync(it.store, &it.problem, arena));
    faulty_disk_arm(it.faulty, FAULT_LOSE, 0, 1);
    assert_false(append(&it, "c\n"));
    faulty_disk_restart(it.faulty);
    open_store(&it);
    check_str(content(&it), "b\n");
    it.store->close(it.store);
}

/* A replacement is durable, also the name; each failed sync is an error and is repeated. */
static void syncs(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case it = case_new(arena);
    open_store(&it);
    assert_true(append(&it, "a\n"));
    for (uint64_t i = 0; i < 2; i++) {
        faulty_disk_arm(it.faulty, FAULT_ERROR, i, 1);
        assert_false(it.store->sync(it.store, &it.problem, arena));
    }
    faulty_disk_arm(it.faulty, FAULT_NONE, 0, 1);
    assert_true(it.store->sync(it.store, &it.problem, arena));
    assert_int_equal(faulty_disk_operations(it.faulty), 2);
    assert_true(it.store->sync(it.store, &it.problem, arena));
    assert_int_equal(faulty_disk_operations(it.faulty), 3);
    assert_true(it.store->replace(it.store, STR("b\n"), &it.problem, arena));
    assert_true(append(&it, "c\n"));
    faulty_disk_arm(it.faulty, FAULT_NONE, 0, 1);
    assert_true(it.store->sync(it.store, &it.problem, arena));
    assert_int_equal(faulty_disk_operations(it.faulty), 1);
    faulty_disk_arm(it.faulty, FAULT_ERROR, 0, 1);
    assert_false(it.store->replace(it.store, STR("d\n"), &it.problem, arena));
    check_str(it.problem, "Input/output error");
    check_str(content(&it), "b\nc\n");
    it.store->close(it.store);
}

/* Directories are made for this user only. A directory at the path of the journal is an error. */
static void directories(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char directory[] = "journal.XXXXXX";
    assert_non_null(mkdtemp(directory));
    Str base = str_from_cstr(directory), made = disk_join(base, STR("made"), arena);
    Case it = {.arena = arena};
    Str text;
    bool found = true;
    DiskStat stat;
    for (int appends = 0; appends < 2; appends++) {
        it.store = journal_file_new(&disk_real, disk_join(made, STR("j"), arena), arena);
        check_str(content(&it), "absent");
        if (appends)
            assert_true(append(&it, "a\n"));
        else
            assert_true(it.store->replace(it.store, STR("a\n"), &it.problem, arena));
        check_str(content(&it), "a\n");
        assert_int_equal(disk_real.stat(NULL, made, &stat), 0);
        assert_int_equal(stat.mode & 0777, 0700);
        assert_int_equal(disk_real.stat(NULL, it.store->name, &stat), 0);
        assert_int_equal(stat.mode & 0777, 0600);
        it.store->close(it.store);
        assert_true(it.store->remove(it.store, &it.problem, arena));
        it.store = journal_file_new(&disk_real, made, arena);
        assert_false(it.store->read(it.store, &text, &found, &it.problem, arena));
        check_str(it.problem, "it is not a file");
        assert_int_equal(disk_real.remove(NULL, made), 0);
    }
    assert_int_equal(rmdir(directory), 0);
}

UNIT_MAIN(test_journal_file) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(the_directory_is_synced),
        cmocka_unit_test(half_a_line),
        cmocka_unit_test(an_unknown_size),
        cmocka_unit_test(a_line_that_stays),
        cmocka_unit_test(after_a_removal),
        cmocka_unit_test(syncs),
        cmocka_unit_test(directories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
