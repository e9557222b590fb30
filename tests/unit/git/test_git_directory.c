#include "git_case.h"

static void a_directory_of_a_killed_process_is_removed(void **) {
    GitCase c;
    GitDirectory living;
    GitDirectory next;
    Str problem;
    git_case_start(&c);
    assert_true(git_directory_open(&c.io, &living, &problem, c.arena));
    /* As a process leaves them that is killed: the kernel releases its lock. */
    Str parent = git_case_path(&c, "loam/git");
    Str dead = disk_join(parent, STR("dead"), c.arena);
    Str dead_lock = disk_join(parent, STR("dead.lock"), c.arena);
    Str file = disk_join(dead, STR("identity"), c.arena);
    assert_int_equal(disk_real.make_directories(NULL, dead, 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, file, STR("key"), 0600), 0);
    assert_int_equal(disk_real.write_file(NULL, dead_lock, STR_EMPTY, 0600), 0);
    Str bare = disk_join(parent, STR("without_lock/objects"), c.arena);
    assert_int_equal(disk_real.make_directories(NULL, bare, 0700), 0);
    assert_true(git_directory_open(&c.io, &next, &problem, c.arena));
    assert_false(disk_exists(&disk_real, dead));
    assert_false(disk_exists(&disk_real, disk_directory_of(bare)));
    assert_false(disk_exists(&disk_real, dead_lock));
    assert_true(disk_exists(&disk_real, living.path));
    git_directory_close(&next);
    git_directory_close(&living);
    git_directory_close(&living);
    DiskEntries entries = {0};
    assert_int_equal(disk_real.list(NULL, parent, &entries, c.arena), 0);
    assert_int_equal(entries.count, 0);
    git_case_end(&c);
}

static const char *no_variable(void *self, const char *name) {
    (void)self, (void)name;
    return NULL;
}

static void a_place_is_required(void **) {
    Process process = {.environment = no_variable};
    Io io = {.disk = &disk_real, .process = &process};
    Arena *arena = arena_open("test");
    GitDirectory directory;
    Str problem;
    assert_false(git_directory_open(&io, &directory, &problem, arena));
    check_str(problem, "Neither XDG_CACHE_HOME nor HOME is set, so there is no place for a clone.");
    git_directory_close(&directory);
    arena_close(arena);
}

UNIT_MAIN(test_git_directory) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_of_a_killed_process_is_removed),
        cmocka_unit_test(a_place_is_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
