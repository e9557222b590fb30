/* outcome_file: responses written for a dead run reach the pending calls of the state; a file
 * without its last line proves nothing about calls that it does not name. */
#include "crypt_case.h"
#include "outcome_file.h"
#include "state_case.h"

#include <errno.h>
#include <unistd.h>

typedef struct FileCase {
    CryptCase c;
    const Cipher *cipher; /* NULL: plain */
    char directory[64];
    Str base;
    State *state;
    size_t waits;
} FileCase;

static FileCase file_case_open(bool is_sealed) {
    FileCase test = {.c = crypt_case_open()};
    Arena *arena = test.c.arena;
    snprintf(test.directory, sizeof test.directory, "outcomes.XXXXXX");
    assert_non_null(mkdtemp(test.directory));
    test.base = disk_join(str_from_cstr(test.directory), STR("made/s.journal"), arena);
    test.state = state_new(arena);
    if (is_sealed)
        test.cipher = crypt_case_cipher(
            &test.c, (KeySource *[]){crypt_case_pbkdf2(&test.c, "k", PASSPHRASE)}, 1);
    return test;
}

static void file_case_close(FileCase *test) {
    Str made = disk_directory_of(test->base);
    DiskStat stat;
    assert_int_equal(disk_real.stat(NULL, made, &stat), 0);
    assert_int_equal(stat.mode & 0777, 0700);
    assert_int_equal(disk_real.remove(NULL, made), 0);
    assert_int_equal(rmdir(test->directory), 0);
    crypt_case_close(&test->c);
}

static KeeperSink begin(FileCase *test, const char *run) {
    Arena *arena = test->c.arena;
    Str settings, problem;
    KeeperSink sink = outcome_file_sink(&disk_real, arena);
    assert_true(outcome_file_settings(test->base, str_from_cstr(run), test->cipher, &settings,
                                      &problem, arena));
    assert_true(sink.begin(sink.self, settings, &problem, arena));
    return sink;
}

static void add_pending(FileCase *test, const char *address, const char *label) {
    StatePending *pending = arena_new(test->c.arena, StatePending);
    pending->action = PENDING_CREATE;
    pending->marker = str_from_cstr(label);
    state_add_instance(test->state, state_case_address(address, test->c.arena))->pending = pending;
}

/* Returns the kind and the bytes of the response; "none". */
static Str response_at(const FileCase *test, const char *address) {
    static const char *const names[] = {"unsent", "failed", "done"};
    ResourceAddr at = state_case_address(address, test->c.arena);
    const StateResponse *response = state_find_instance(test->state, at)->pending->response;
    if (!response)
        return STR("none");
    return str_format(test->c.arena, "%s %.*s", names[response->kind], STR_ARG(response->bytes));
}

static void note_wait(void *payload) {
    ((FileCase *)payload)->waits++;
}

static OutcomeFiles read_files(FileCase *test, const CancelToken *cancel, bool is_read) {
    OutcomeFiles files = {
        .io = &test->c.io,
        .cipher = test->cipher,
        .base = test->base,
        .cancel = cancel,
        .waiting = note_wait,
        .payload = test,
    };
    bool ok = outcome_files_read(&files, test->state, test->c.arena, &test->c.diags);
    assert_int_equal(ok, is_read);
    assert_int_equal(test->c.diags.error_count, !is_read);
    return files;
}

static Str content(FileCase *test, const char *run) {
    Str path = str_format(test->c.arena, "%.*s.outcomes-%s", STR_ARG(test->base), run);
    DiskStat stat;
    Str text;
    assert_int_equal(disk_real.stat(NULL, path, &stat), 0);
    assert_int_equal(stat.mode & 0777, 0600);
    assert_int_equal(disk_real.read_file(NULL, path, &text, test->c.arena), 0);
    return text;
}

static void check_responses(bool is_sealed) {
    FileCase test = file_case_open(is_sealed);
    KeeperSink sink = begin(&test, "r1");
    sink.answer(sink.self, STR("r1.1"), KEEPER_ANSWER_DONE, STR("object"));
    sink.answer(sink.self, STR("r1.2"), KEEPER_ANSWER_FAILED, STR("refused"));
    sink.answer(sink.self, STR("r1.3"), KEEPER_ANSWER_LOST, STR_EMPTY);
    sink.answer(sink.self, STR("x"), KEEPER_ANSWER_DONE, STR("short"));
    sink.end(sink.self, false);
    assert_int_equal(str_find(content(&test, "r1"), STR("label"), 0) == SIZE_MAX, is_sealed);
    add_pending(&test, "t.done", "r1.1");
    add_pending(&test, "t.failed", "r1.2");
    add_pending(&test, "t.lost", "r1.3");
    add_pending(&test, "t.unsent", "r1.4");
    add_pending(&test, "t.other", "r2.1"); /* of another run */
    add_pending(&test, "t.unlabelled", "");
    add_pending(&test, "t.whole", "r1");
    add_pending(&test, "t.short", "x");
    OutcomeFiles files = read_files(&test, NULL, true);
    check_str(response_at(&test, "t.done"), "done object");
    check_str(response_at(&test, "t.failed"), "failed refused");
    check_str(response_at(&test, "t.lost"), "none");
    check_str(response_at(&test, "t.unsent"), "unsent ");
    check_str(response_at(&test, "t.other"), "none");
    check_str(response_at(&test, "t.unlabelled"), "none");
    check_str(response_at(&test, "t.whole"), "none");
    check_str(response_at(&test, "t.short"), "done short");
    outcome_files_remove(&files);
    file_case_close(&test);
}

static void responses(void **) {
    check_responses(false);
    check_responses(true);
}

/* The keeper was killed while it wrote: only whole lines count, and nothing is known to be unsent.
 */
static void torn(void **) {
    FileCase test = file_case_open(false);
    Arena *arena = test.c.arena;
    KeeperSink sink = begin(&test, "r1");
    sink.answer(sink.self, STR("r1.1"), KEEPER_ANSWER_DONE, STR("object"));
    sink.end(sink.self, false);
    Str whole = content(&test, "r1");
    Str path = str_concat(test.base, STR(".outcomes-r1"), arena);
    size_t line = str_find_char(whole, '\n', 0) + 1;
    for (size_t length = 0; length < whole.len; length++) {
        test.state = state_new(arena);
        add_pending(&test, "t.done", "r1.1");
        add_pending(&test, "t.unsent", "r1.2");
        assert_int_equal(disk_real.write_file(NULL, path, str_slice(whole, 0, length), 0600), 0);
        (void)read_files(&test, NULL, true);
        check_str(response_at(&test, "t.done"), length >= line ? "done object" : "none");
        check_str(response_at(&test, "t.unsent"), "none");
    }
    assert_int_equal(disk_real.remove(NULL, path), 0);
    file_case_close(&test);
}

/* A run that recorded its outcomes leaves nothing. A keeper at work is waited for. */
static void at_work(void **) {
    FileCase test = file_case_open(false);
    CancelToken *cancel = cancel_open();
    KeeperSink sink = begin(&test, "r1");
    cancel_raise(cancel, CANCEL_STOP);
    (void)read_files(&test, cancel, false);
    assert_int_equal(test.waits, 1);
    check_str(test.c.diags.items[0].summary, "Calls of an earlier run have not ended");
    sink.end(sink.self, true);
    test.c.diags = diags_new(test.c.arena);
    assert_int_equal(read_files(&test, cancel, true).found.count, 0);
    cancel_close(cancel);
    file_case_close(&test);
}

static size_t locks;

static int busy_twice(void *self, DiskFile file, pid_t *holder) {
    return locks++ < 2 ? -EAGAIN : disk_real.lock(self, file, holder);
}

/* The wait is announced once, and ends with the keeper. */
static void waited_for(void **) {
    FileCase test = file_case_open(false);
    Disk disk = disk_real;
    Io io = test.c.io;
    KeeperSink sink = begin(&test, "r1");
    sink.answer(sink.self, STR("r1.1"), KEEPER_ANSWER_DONE, STR("object"));
    sink.end(sink.self, false);
    add_pending(&test, "t.done", "r1.1");
    disk.lock = busy_twice;
    test.c.io.disk = &disk;
    OutcomeFiles files = read_files(&test, NULL, true);
    test.c.io = io;
    assert_int_equal(test.waits, 1);
    check_str(response_at(&test, "t.done"), "done object");
    outcome_files_remove(&files);
    assert_int_equal(files.found.count, 0);
    file_case_close(&test);
}

/* No directory, no files. */
static void nothing(void **) {
    FileCase test = file_case_open(false);
    assert_int_equal(read_files(&test, NULL, true).found.count, 0);
    KeeperSink sink = begin(&test, "r1");
    sink.end(sink.self, true);
    assert_int_equal(read_files(&test, NULL, true).found.count, 0);
    file_case_close(&test);
}

/* Without a key, no settings. */
static void no_key(void **) {
    CryptCase c = crypt_case_open();
    Str settings, problem = STR_EMPTY;
    KeySourceConfig config = {
        .type = &key_provider_external,
        .name = STR("k"),
        .metadata_key = STR("k"),
        .config = crypt_case_command(&c, "command", STR("exit 1")),
    };
    KeySource *source = keyring_add(c.keyring, &config);
    const Cipher *cipher = crypt_case_cipher(&c, (KeySource *[]){source}, 1);
    assert_false(outcome_file_settings(STR("b"), STR("r1"), cipher, &settings, &problem, c.arena));
    assert_true(problem.len > 0);
    assert_true(outcome_file_settings(STR("b"), STR("r1"), NULL, &settings, &problem, c.arena));
    check_str(settings, "{\"path\":\"b.outcomes-r1\",\"header\":\"\",\"key\":\"\"}");
    crypt_case_close(&c);
}

UNIT_MAIN(test_outcome_file) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses),  cmocka_unit_test(torn),   cmocka_unit_test(at_work),
        cmocka_unit_test(waited_for), cmocka_unit_test(no_key), cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
