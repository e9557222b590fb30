/* local-exec: starts the command, and reports its result. */
#include "provisioner_run.h"

#include "thread.h"

#include <signal.h>
#include <unistd.h>

typedef struct LocalCase {
    const char *config;
    const char *out;
    const char *err;
    const char *said; /* NULL: success */
} LocalCase;

static const LocalCase cases[] = {
    {"{\"command\":\"echo hi; echo no >&2\"}",
     "Executing: [\"/bin/sh\" \"-c\" \"echo hi; echo no >&2\"]\nhi\n", "no\n", NULL},
    {"{\"command\":\"echo hi\",\"quiet\":true}", "hi\n", "", NULL},
    {"{\"command\":\"$0 $1\",\"interpreter\":[\"/bin/sh\",\"-c\",\"echo "
     "\\\"$0\\\"\"],\"quiet\":true}",
     "$0 $1\n", "", NULL},
    {"{\"command\":\"pwd\",\"working_dir\":\"/usr\",\"quiet\":true}", "/usr\n", "", NULL},
    {"{\"command\":\"echo $LOAM_A$LOAM_B.\",\"environment\":{\"LOAM_A\":\"x y\",\"LOAM_B\":null},"
     "\"quiet\":true}",
     "x y.\n", "", NULL},
    {"{\"command\":\"echo why; exit 3\",\"quiet\":true}", "why\n", "",
     "ended with status 3. Its last output: why"},
    {"{\"command\":\"kill -9 $$\",\"quiet\":true}", "", "", "status 137. It wrote no output."},
    {"{\"command\":\"x\",\"interpreter\":[\"/no/such\"],\"quiet\":true}", "", "",
     "\"/no/such\" could not be started"},
    {"{\"command\":\"x\",\"working_dir\":\"/no/such\",\"quiet\":true}", "", "",
     "could not be started in \"/no/such\""},
};

static void runs(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ProvisionerRun *run = run_open();
        bool ok = run_do(run, &local_exec_provisioner, cases[i].config);
        if (!cases[i].said)
            run_must(run, ok);
        else
            run_check_said(run, cases[i].said);
        check_heard(run, cases[i].out);
        check_str(strbuf_str(&run->heard[1]), cases[i].err);
        run_close(run);
    }
}

/* Cancels as Ctrl-C does, once the command has begun. */
static void hear_and_stop(void *payload, Str piece, bool is_error) {
    ProvisionerRun *run = payload;
    run_hear(run, piece, is_error);
    if (str_find(piece, STR("begun"), 0) != SIZE_MAX)
        cancel_raise(run->cancel, CANCEL_STOP);
}

static void ends_with_all_it_started(void **) {
    ProvisionerRun *run = run_open();
    ProvisionCall call = {
        .call = {.io = &run->io, .cancel = run->cancel, .arena = run->arena},
        .connection = run->connection,
        .payload = run,
        .output = hear_and_stop,
    };
    run->diags = diags_new(run->arena);
    const char *json = "{\"command\":\"sleep 60 & echo $! begun; wait\",\"quiet\":true}";
    assert_false(local_exec_provisioner.run(
        &call, run_value(run, &local_exec_provisioner.schema, json), &run->diags));
    run_check_said(run, "interrupted");
    int child = (int)strtol(str_to_cstr(strbuf_str(&run->heard[0]), run->arena), NULL, 10);
    assert_true(child > 1);
    bool is_there = true;
    for (int i = 0; i < 100 && is_there; i++) { /* until init has reaped it */
        is_there = kill(child, 0) == 0;
        usleep(is_there ? 20000 : 0);
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", child);
    Str stat = STR_EMPTY;
    if (is_there)
        (void)disk_real.read_file(NULL, str_from_cstr(path), &stat, run->arena);
    assert_true(!is_there || str_find(stat, STR(") Z "), 0) != SIZE_MAX);
    run_close(run);
}

UNIT_MAIN(test_local_exec_provisioner) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs),
        cmocka_unit_test(ends_with_all_it_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
