/* The local backend on the real disk: lock, incomplete files, backup. */
#include "unit.h"

#include "backends.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Case {
    Arena *arena;
    Str directory;
    Io io;
    Clock clock;
    int64_t now_ms;
    StrVec waits;
    Backend *backend;
    Diags diags;
} Case;

static int64_t fake_now(void *self) {
    return ((Case *)self)->now_ms;
}

static bool fake_sleep(void *self, int64_t ms, const CancelToken *cancel) {
    Case *it = self;
    it->now_ms += ms;
    Str wait = str_format(it->arena, "%lld", (long long)ms);
    vec_push(it->arena, &it->waits, wait);
    return cancel_level(cancel) != CANCEL_NONE;
}

static Str in(const Case *it, const char *name) {
    return disk_join(it->directory, str_from_cstr(name), it->arena);
}

static Value config_of(Case *it) {
    const Type *type = schema_implied_type(&local_backend.schema);
    Value *items = arena_new_array(it->arena, Value, 2);
    for (size_t i = 0; i < 2; i++) {
        bool is_path = str_equal(type->names[i], STR("path"));
        items[i] = value_from_str(in(it, is_path ? "s.tfstate" : "spaces"));
    }
    return value_object_of(type, items);
}

static Backend *open_backend(Case *it, const char *workspace) {
    Backend *backend = NULL;
    assert_true(local_backend.open(&it->io, config_of(it), str_from_cstr(workspace), &backend,
                                   it->arena, &it->diags));
    return backend;
}

static int set_up(void **state) {
    Arena *arena = arena_open("test");
    Case *it = arena_new(arena, Case);
    char *directory = (char *)str_to_cstr(STR("/tmp/loam-test-local-XXXXXX"), arena);
    if (!mkdtemp(directory))
        return -1;
    it->arena = arena;
    it->directory = str_from_cstr(directory);
    it->clock = (Clock){it, fake_now, fake_now, fake_sleep};
    it->io = (Io){.disk = &disk_real, .clock = &it->clock, .process = &process_real};
    it->diags = diags_new(arena);
    it->backend = open_backend(it, "default");
    *state = it;
    return 0;
}

static int tear_down(void **state) {
    Case *it = *state;
    it->backend->close(it->backend);
    assert_int_equal(disk_remove_tree(&disk_real, it->directory), 0);
    arena_close(it->arena);
    return 0;
}

static bool lock(Case *it, Backend *backend, int64_t timeout_ms, const CancelToken *cancel) {
    LockInfo info = state_lock_new(&it->io, LOCK_APPLY, backend->path, it->arena);
    return backend->lock(backend, &info, timeout_ms, cancel, &it->diags);
}

static void lay(Case *it, const char *name, const char *text) {
    assert_int_equal(disk_real.write_file(NULL, in(it, name), str_from_cstr(text), 0644), 0);
}

static Str file(Case *it, const char *name) {
    Str bytes;
    int error = disk_real.read_file(NULL, in(it, name), &bytes, it->arena);
    return error == -ENOENT ? STR("absent") : bytes;
}

static Str read_state(Case *it) {
    Str text = STR("unread");
    assert_true(it->backend->read(it->backend, &text, it->arena, &it->diags));
    return text;
}

static void write_state(Case *it, const char *text) {
    assert_true(it->backend->write(it->backend, str_from_cstr(text), &it->diags));
}

static void locking(void **state) {
    Case *it = *state;
    assert_true(lock(it, it->backend, 0, NULL));
    assert_true(str_starts_with(file(it, ".s.tfstate.lock.info"), STR("{\"ID\":\"")));
    check_str(file(it, "s.tfstate"), "");
    Backend *other = open_backend(it, "default");
    assert_false(lock(it, other, 0, NULL));
    check_str(it->diags.items[0].summary, "Error acquiring the state lock");
    assert_true(str_find(it->diags.items[0].detail, STR("OperationTypeApply"), 0) != SIZE_MAX);
    assert_true(it->backend->unlock(it->backend, &it->diags));
    check_str(file(it, ".s.tfstate.lock.info"), "absent");
    check_str(file(it, "s.tfstate"), "absent");
    assert_true(lock(it, other, 0, NULL));
    other->close(other);
}

static void waiting(void **state) {
    Case *it = *state;
    assert_true(lock(it, it->backend, 0, NULL));
    Backend *other = open_backend(it, "default");
    assert_false(lock(it, other, 10000, NULL));
    check_str(str_join(it->waits.items, it->waits.count, STR(" "), it->arena),
              "250 500 1000 2000 2000 2000 2000 250");
    CancelToken *token = cancel_open();
    cancel_raise(token, CANCEL_STOP);
    it->waits.count = 0;
    assert_false(lock(it, other, 40000, token));
    assert_int_equal(it->waits.count, 1);
    cancel_close(token);
}

/* The process is gone, and the kernel's lock with it. */
static void a_dead_holder(void **state) {
    Case *it = *state;
    lay(it, ".s.tfstate.lock.info", "{\"ID\":\"dead\"}");
    assert_true(lock(it, it->backend, 0, NULL));
    assert_true(str_find(file(it, ".s.tfstate.lock.info"), STR("dead"), 0) == SIZE_MAX);
}

/* Incomplete temporary files of a killed process, and the empty state file that its lock created.
 */
static void leftovers_of_a_killed_process(void **state) {
    Case *it = *state;
    Str halves[] = {
        disk_temporary_of(in(it, "s.tfstate.next"), it->arena),
        disk_temporary_of(in(it, "s.tfstate.backup"), it->arena),
        disk_temporary_of(in(it, "s.tfstate.backup.next"), it->arena),
        disk_temporary_of(in(it, "s.tfstate.journal"), it->arena),
        in(it, "s.tfstate.backup.next"),
    };
    lay(it, "s.tfstate", "");
    lay(it, ".s.tfstate.lock.info", "{\"ID\":\"dead\"}");
    for (size_t i = 0; i < ARRAY_COUNT(halves); i++)
        assert_int_equal(disk_real.write_file(NULL, halves[i], STR("half"), 0600), 0);
    assert_true(lock(it, it->backend, 0, NULL));
    for (size_t i = 0; i < ARRAY_COUNT(halves); i++)
        assert_false(disk_exists(&disk_real, halves[i]));
    assert_true(it->backend->unlock(it->backend, &it->diags));
    assert_false(disk_exists(&disk_real, in(it, "s.tfstate")));
}

/* The lock excludes tools that lock with fcntl. */
static void a_classic_lock(void **state) {
    Case *it = *state;
    assert_true(lock(it, it->backend, 0, NULL));
    int fd = open(str_to_cstr(in(it, "s.tfstate"), it->arena), O_RDWR | O_CLOEXEC);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    assert_int_equal(fcntl(fd, F_SETLK, &whole), -1);
    assert_true(it->backend->unlock(it->backend, &it->diags));
    close(fd);
}

static void writing(void **state) {
    Case *it = *state;
    lay(it, "s.tfstate", "{\"serial\":1}");
    assert_true(lock(it, it->backend, 0, NULL));
    struct stat before;
    struct stat after;
    const char *path = str_to_cstr(in(it, "s.tfstate"), it->arena);
    assert_int_equal(stat(path, &before), 0);
    write_state(it, "{\"serial\":1}");
    check_str(file(it, "s.tfstate.backup"), "absent");
    write_state(it, "{\"serial\":2,\"longer\":true}");
    write_state(it, "{\"serial\":3}");
    check_str(file(it, "s.tfstate"), "{\"serial\":3}");
    check_str(file(it, "s.tfstate.next"), "absent");
    check_str(file(it, "s.tfstate.backup"), "{\"serial\":1}");
    /* Written in place: other tools hold their lock on this file. */
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(after.st_mode & 07777, 0600);
    assert_true(it->backend->unlock(it->backend, &it->diags));
    check_str(file(it, "s.tfstate"), "{\"serial\":3}");
}

/* Another program replaces or removes the locked file: the write fails, and that file stays. */
static void a_file_that_was_replaced(void **state) {
    static const char *const others[] = {NULL, "", "{\"serial\":9}"};
    Case *it = *state;
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        size_t before = it->diags.error_count;
        assert_true(lock(it, it->backend, 0, NULL));
        assert_int_equal(disk_real.remove(NULL, in(it, "s.tfstate")), 0);
        if (others[i])
            lay(it, "s.tfstate", others[i]);
        assert_false(it->backend->write(it->backend, STR("{\"serial\":1}"), &it->diags));
        assert_int_equal(it->diags.error_count, before + 1);
        assert_true(it->backend->unlock(it->backend, &it->diags));
        check_str(file(it, "s.tfstate"), others[i] ? others[i] : "absent");
        check_str(file(it, "s.tfstate.next"), "absent");
    }
}

static void writing_without_lock(void **state) {
    Case *it = *state;
    write_state(it, "{\"serial\":1}");
    check_str(read_state(it), "{\"serial\":1}");
    check_str(file(it, "s.tfstate.backup"), "absent");
}

#define STATE(lineage, serial) "{\"lineage\":\"" lineage "\",\"serial\":" serial "}"

static void a_copy_left_behind(void **state) {
    static const struct {
        const char *file;
        const char *copy;
        bool copy_counts;
    } cases[] = {
        {"", STATE("l", "2"), true},
        {"{\"lineage\":", STATE("l", "2"), true},
        {"\x01\x02", STATE("l", "2"), true},
        {STATE("l", "1"), STATE("l", "2"), true},
        {"{\"lineage\":\"l\",\"serial\":2,\"half\":1}", STATE("l", "2"), true},
        {STATE("l", "3"), STATE("l", "2"), false},
        {STATE("m", "1"), STATE("l", "2"), false},
        {STATE("l", "1"), "{\"lineage\":\"l", false},
    };
    Case *it = *state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *wanted = cases[i].copy_counts ? cases[i].copy : cases[i].file;
        lay(it, "s.tfstate", cases[i].file);
        lay(it, "s.tfstate.next", cases[i].copy);
        check_str(read_state(it), wanted);
        check_str(file(it, "s.tfstate"), cases[i].file);
        assert_true(lock(it, it->backend, 0, NULL));
        check_str(read_state(it), wanted);
        check_str(file(it, "s.tfstate"), wanted);
        check_str(file(it, "s.tfstate.next"), "absent");
        assert_true(it->backend->unlock(it->backend, &it->diags));
    }
}

static void workspaces(void **state) {
    Case *it = *state;
    Backend *other = open_backend(it, "blue");
    check_str_equal(other->path, in(it, "spaces/blue/terraform.tfstate"));
    check_str_equal(other->journal->name, in(it, "spaces/blue/terraform.tfstate.journal"));
    assert_true(lock(it, other, 0, NULL));
    assert_true(other->write(other, STR("{}"), &it->diags));
    check_str(file(it, "spaces/blue/terraform.tfstate"), "{}");
    other->close(other);
    Backend *plain = NULL;
    assert_true(local_backend.open(&it->io, value_null(&TYPE_DYNAMIC), STR("default"), &plain,
                                   it->arena, &it->diags));
    check_str(plain->path, "terraform.tfstate");
}

static Str listed(Case *it) {
    StrVec names = {0};
    assert_true(local_backend.list(&it->io, config_of(it), &names, it->arena, &it->diags));
    return str_join(names.items, names.count, STR(" "), it->arena);
}

static void workspaces_come_and_go(void **state) {
    Case *it = *state;
    check_str(listed(it), "");
    assert_true(local_backend.make(&it->io, config_of(it), STR("blue"), &it->diags));
    assert_true(local_backend.make(&it->io, config_of(it), STR("amber"), &it->diags));
    lay(it, "spaces/file", "no workspace");
    assert_int_equal(disk_real.make_directories(NULL, in(it, "spaces/default"), 0700), 0);
    lay(it, "spaces/default/terraform.tfstate", "not the state of the workspace \"default\"");
    check_str(listed(it), "amber blue");
    lay(it, "spaces/blue/terraform.tfstate", "{}");
    lay(it, "spaces/blue/terraform.tfstate.backup", "{}");
    lay(it,
        str_to_cstr(disk_temporary_of(STR("spaces/blue/terraform.tfstate.next"), it->arena),
                    it->arena),
        "{");
    Backend *blue = open_backend(it, "blue");
    assert_true(blue->remove(blue, &it->diags));
    check_str(listed(it), "amber");
    /* Files that loam did not create are never removed, nor is the state beside them. */
    lay(it, "spaces/amber/notes", "keep");
    lay(it, "spaces/amber/terraform.tfstate", "{}");
    Backend *amber = open_backend(it, "amber");
    assert_false(amber->remove(amber, &it->diags));
    check_str(file(it, "spaces/amber/notes"), "keep");
    check_str(file(it, "spaces/amber/terraform.tfstate"), "{}");
    assert_true(str_find(it->diags.items[0].detail, STR("\"notes\""), 0) != SIZE_MAX);
}

/* Another process either locks before the removal, or writes after it; nothing of it is lost. */
static void a_workspace_goes_under_its_lock(void **state) {
    Case *it = *state;
    Backend *remover = open_backend(it, "blue");
    Backend *other = open_backend(it, "blue");
    assert_true(lock(it, remover, 0, NULL));
    assert_true(remover->write(remover, STR("{}"), &it->diags));
    assert_false(lock(it, other, 0, NULL));
    assert_true(remover->remove(remover, &it->diags));
    check_str(listed(it), "");
    assert_true(lock(it, other, 0, NULL));
    assert_true(other->write(other, STR("{\"serial\":1}"), &it->diags));
    assert_true(remover->unlock(remover, &it->diags));
    remover->close(remover);
    check_str(file(it, "spaces/blue/terraform.tfstate"), "{\"serial\":1}");
    check_str(listed(it), "blue");
    assert_true(disk_exists(it->io.disk, in(it, "spaces/blue/.terraform.tfstate.lock.info")));
    assert_true(other->unlock(other, &it->diags));
    other->close(other);
}

static void a_removed_file_is_not_removed_again(void **state) {
    Case *it = *state;
    Backend *remover = open_backend(it, "blue");
    assert_true(lock(it, remover, 0, NULL));
    assert_int_equal(unlink(str_to_cstr(in(it, "spaces/blue/terraform.tfstate"), it->arena)), 0);
    lay(it, "spaces/blue/terraform.tfstate", "of another");
    assert_false(remover->remove(remover, &it->diags));
    check_str(it->diags.items[0].summary, "State file replaced while locked");
    check_str(file(it, "spaces/blue/terraform.tfstate"), "of another");
    remover->close(remover);
}

static void a_directory_that_cannot_be_written(void **state) {
    Case *it = *state;
    lay(it, "spaces", "a file");
    Backend *other = open_backend(it, "blue");
    assert_false(lock(it, other, 0, NULL));
    assert_false(other->write(other, STR("{}"), &it->diags));
    assert_int_equal(it->diags.error_count, 2);
    assert_false(local_backend.make(&it->io, config_of(it), STR("blue"), &it->diags));
    assert_int_equal(it->diags.error_count, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

UNIT_MAIN(test_local_backend) {
    const struct CMUnitTest tests[] = {
        TEST(locking),
        TEST(waiting),
        TEST(a_dead_holder),
        TEST(leftovers_of_a_killed_process),
        TEST(a_classic_lock),
        TEST(writing),
        TEST(writing_without_lock),
        TEST(a_file_that_was_replaced),
        TEST(workspaces),
        TEST(workspaces_come_and_go),
        TEST(a_workspace_goes_under_its_lock),
        TEST(a_removed_file_is_not_removed_again),
        TEST(a_copy_left_behind),
        TEST(a_directory_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
