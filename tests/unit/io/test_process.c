/* Processes: output, status, input, environment, directory, deadline, cancellation. */
#include "unit.h"

#include "io.h"
#include "thread.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

static int shell(const char *script, ProcessRequest request, ProcessResult *out, Arena *arena) {
    const char *const argv[] = {"sh", "-c", script, NULL};
    request.argv = argv;
    return process_real.run(process_real.self, &request, out, arena);
}

static void output_and_status(void **) {
    static const struct {
        const char *script;
        int status;
        const char *out, *err;
    } cases[] = {
        {"echo hi; echo oops >&2; exit 3", 3, "hi\n", "oops\n"},
        {"true", 0, "", ""},
        {"kill -9 $$", 137, "", ""},
        {"cat", 0, "", ""},
        {"echo a; exec >&- 2>&-; exit 4", 4, "a\n", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ProcessResult result;
        assert_int_equal(shell(cases[i].script, (ProcessRequest){0}, &result, arena), 0);
        assert_int_equal(result.exit_status, cases[i].status);
        assert_false(result.timed_out);
        check_str(result.out, cases[i].out);
        check_str(result.err, cases[i].err);
    }
}

static void failed_starts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ProcessResult result;
    const char *const argv[] = {"no-such-program-anywhere", NULL};
    ProcessRequest request = {.argv = argv};
    assert_int_equal(process_real.run(NULL, &request, &result, arena), -ENOENT);
    request = (ProcessRequest){.directory = STR("/proc/nonexistent")};
    assert_int_equal(shell("true", request, &result, arena), -ENOENT);
}

static void input_directory_environment(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ProcessResult result;
    StrVec variables = {0};
    setenv("LOAM_TEST_OLD", "before", 1);
    vec_push(arena, &variables, STR("LOAM_TEST_OLD=after"));
    vec_push(arena, &variables, STR("LOAM_TEST_NEW=n"));
    ProcessRequest request = {
        .input = STR("from us"), .directory = STR("/usr"), .environment = &variables};
    const char *script =
        "cat; echo; pwd; echo $LOAM_TEST_OLD $LOAM_TEST_NEW; env | grep -c TEST_OLD";
    assert_int_equal(shell(script, request, &result, arena), 0);
    check_str(result.out, "from us\n/usr\nafter n\n1\n");
    assert_string_equal(process_real.environment(NULL, "LOAM_TEST_OLD"), "before");
    assert_null(process_real.environment(NULL, "LOAM_TEST_NEW"));
    check_str(process_variable(&process_real, "LOAM_TEST_OLD"), "before");
    check_str(process_variable(&process_real, "LOAM_TEST_NEW"), "");
    check_str(process_variable(NULL, "LOAM_TEST_OLD"), "");
}

/* Variables of the caller alone; one that is added is there. */
static void withheld(void **) {
    static const char *const prefixes[] = {"LOAM_TEST_", "TF_VAR_", NULL};
    SCOPED(ArenaRef) arena = arena_open("test");
    ProcessResult result;
    StrVec variables = {0};
    setenv("LOAM_TEST_SECRET", "s3cret", 1);
    setenv("TF_VAR_password", "s3cret", 1);
    setenv("OTHER_TF_VAR_x", "stays", 1);
    ProcessRequest request = {.withheld = prefixes};
    const char *script =
        "env | grep -c s3cret; echo \"$OTHER_TF_VAR_x $LOAM_TEST_ADDED ${PATH:+path}\"";
    assert_int_equal(shell(script, request, &result, arena), 0);
    check_str(result.out, "0\nstays  path\n");
    vec_push(arena, &variables, STR("LOAM_TEST_ADDED=added"));
    request.environment = &variables;
    assert_int_equal(shell(script, request, &result, arena), 0);
    check_str(result.out, "0\nstays added path\n");
}

static void much_both_ways(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ProcessResult result;
    size_t size = 3000000;
    char *bytes = arena_alloc(arena, size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)('a' + i % 26);
    ProcessRequest request = {.input = {bytes, size}};
    assert_int_equal(shell("tee /dev/stderr", request, &result, arena), 0);
    assert_true(str_equal(result.out, request.input));
    assert_true(str_equal(result.err, request.input));
}

static void collect(void *payload, Str piece, bool is_error) {
    strbuf_add_char(payload, is_error ? '!' : '.');
    strbuf_add(payload, piece);
}

static void pieces(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ProcessResult result;
    StrBuf buf = strbuf_new(arena);
    ProcessRequest request = {.output = collect, .payload = &buf};
    assert_int_equal(shell("echo a; sleep 0.05; echo b >&2", request, &result, arena), 0);
    check_str(strbuf_str(&buf), ".a\n!b\n");
    check_str(result.out, "");
}

static void deadline(void **) {
    static const struct {
        const char *script;
        int status;
    } cases[] = {
        {"echo x; sleep 60", 143},
        {"trap '' TERM; while :; do sleep 1; done", 137},
        {"trap 'exit 7' TERM; while :; do sleep 0.01; done", 7},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ProcessResult result;
        ProcessRequest request = {.timeout_ms = 400};
        int64_t start = clock_real.monotonic_ms(NULL);
        assert_int_equal(shell(cases[i].script, request, &result, arena), 0);
        assert_true(result.timed_out);
        assert_int_equal(result.exit_status, cases[i].status);
        assert_true(clock_real.monotonic_ms(NULL) - start < 20000);
    }
}

/* The process ends, but a child keeps its pipes open: the child is not waited for. */
static void left_behind_child(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ProcessResult result;
    int64_t start = clock_real.monotonic_ms(NULL);
    const char *script = "sleep 30 & echo $!";
    assert_int_equal(shell(script, (ProcessRequest){0}, &result, arena), 0);
    assert_true(clock_real.monotonic_ms(NULL) - start < 20000);
    int64_t child;
    assert_true(str_to_int64(str_trim(result.out), &child));
    kill((pid_t)child, SIGKILL);
}

static void raise_soon(void *payload) {
    cancel_wait(NULL, 400);
    cancel_raise(payload, CANCEL_STOP);
    cancel_wait(NULL, 100);
    cancel_raise(payload, CANCEL_NOW);
}

static void cancelled(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ProcessResult result;
    CancelToken *token = cancel_open();
    ProcessRequest request = {.cancel = token};
    int64_t start = clock_real.monotonic_ms(NULL);
    Thread *thread = thread_start(THREAD_ATTEMPT, raise_soon, token);
    const char *script = "trap '' TERM; while :; do sleep 1; done";
    assert_int_equal(shell(script, request, &result, arena), 0);
    assert_false(result.timed_out);
    assert_int_equal(result.exit_status, 137);
    assert_true(clock_real.monotonic_ms(NULL) - start < 3300); /* sooner than the grace period */
    thread_join(thread);
    assert_int_equal(shell("true", request, &result, arena), -ECANCELED);
    cancel_close(token);
}

static void raise_at_start(void *payload, pid_t pid, const int outputs[2]) {
    (void)pid;
    assert_int_equal(outputs[0], 0);
    cancel_raise(payload, CANCEL_STOP);
}

/* A program whose input and output are a connection gets time to end by itself. */
static void connection_and_grace(void **) {
    static const struct {
        const char *script;
        int exit_status;
    } cases[] = {
        {"trap 'exit 9' TERM; read -r line; echo \"got $line\"; exit 4", 4},
        {"trap 'exit 9' TERM; while :; do sleep 0.01; done", 9},
        {"trap '' TERM; while :; do sleep 0.01; done", 137},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int ends[2];
        char answer[16] = {0};
        ProcessResult result;
        CancelToken *token = cancel_open();
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        ProcessRequest request = {
            .connection = ends[1],
            .cancel = token,
            .grace_ms = i == 0 ? 60000 : 50,
            .started = raise_at_start,
            .payload = token,
        };
        assert_int_equal(write(ends[0], "words\n", 6), 6);
        assert_int_equal(shell(cases[i].script, request, &result, arena), 0);
        assert_int_equal(result.exit_status, cases[i].exit_status);
        close(ends[1]);
        /* The connection is reset if the program read nothing. */
        ssize_t got = read(ends[0], answer, sizeof answer - 1);
        assert_true(got > 0 || i > 0);
        assert_string_equal(answer, i == 0 ? "got words\n" : "");
        close(ends[0]);
        cancel_close(token);
    }
}

/* Counts all descriptors of this process, or only those that a child would inherit. */
static int64_t count_fds(bool inherited_only) {
    DIR *dir = opendir("/proc/self/fd");
    const struct dirent *entry;
    int64_t count = 0;
    while ((entry = readdir(dir))) {
        int64_t fd;
        if (!str_to_int64(str_from_cstr(entry->d_name), &fd) || fd == dirfd(dir))
            continue;
        if (!inherited_only || fcntl((int)fd, F_GETFD) == 0)
            count++;
    }
    closedir(dir);
    return count;
}

static void leaks_no_descriptors(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ProcessResult result;
    int64_t ours = count_fds(false);
    int64_t inherited = count_fds(true);
    for (int i = 0; i < 5; i++) {
        int64_t theirs;
        assert_int_equal(shell("ls /proc/self/fd | wc -l", (ProcessRequest){0}, &result, arena), 0);
        assert_true(str_to_int64(str_trim(result.out), &theirs));
        assert_int_equal(theirs, inherited + 1); /* and the directory being read */
        const char *const argv[] = {"no-such-program-anywhere", NULL};
        ProcessRequest request = {.argv = argv, .input = STR("x")};
        assert_int_equal(process_real.run(NULL, &request, &result, arena), -ENOENT);
    }
    assert_int_equal(count_fds(false), ours);
}

static void real_io(void **) {
    Io io = io_real();
    assert_ptr_equal(io.process, &process_real);
    assert_ptr_equal(io.disk, &disk_real);
    assert_ptr_equal(io.clock, &clock_real);
}

UNIT_MAIN(test_process) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_status),
        cmocka_unit_test(failed_starts),
        cmocka_unit_test(input_directory_environment),
        cmocka_unit_test(withheld),
        cmocka_unit_test(much_both_ways),
        cmocka_unit_test(pieces),
        cmocka_unit_test(deadline),
        cmocka_unit_test(left_behind_child),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(connection_and_grace),
        cmocka_unit_test(leaks_no_descriptors),
        cmocka_unit_test(real_io),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
