/* Starting, calling and ending a provider, with a program and a connection in memory. */
#include "arena_case.h"

#include "foreign_process.h"
#include "wire.h"

#include <errno.h>

typedef struct World {
    Io io;
    const char *line;         /* printed at the start; NULL: none */
    const char *error;        /* printed to standard error at the start */
    int start_error;          /* of `run` */
    bool ends_at_once;        /* after printing */
    bool is_hung;             /* does not end after the shutdown */
    bool refuses;             /* refuses connections */
    RpcResponse response;     /* of each call */
    CancelToken *ended;       /* raised by the shutdown */
    CancelToken *interrupted; /* of each call; NULL: none */
    bool is_killed;
    char calls[1000];
    StrVec environment;
    const char *directory;
    const char *socket; /* wanted in open_channel */
    bool ends_group;
    bool makes_socket; /* creates a file in the directory of the socket */
} World;

static World world;

static int run_program(void *self, const ProcessRequest *request, ProcessResult *out, Arena *into) {
    (void)self, (void)into;
    vec_each(request->environment, entry) {
        vec_push(arena, &world.environment, str_clone(*entry, arena));
    }
    world.ends_group = request->ends_group;
    vec_each(&world.environment, found) {
        const Disk *disk = world.io.disk;
        static const Str name = STR_CONST("PLUGIN_UNIX_SOCKET_DIR=");
        if (world.makes_socket && str_starts_with(*found, name))
            assert_int_equal(
                disk->write_file(disk->self,
                                 disk_join(str_after(*found, name.len), STR("plugin1"), arena),
                                 STR(""), 0600),
                0);
    }
    if (world.start_error)
        return world.start_error;
    if (world.error)
        request->output(request->payload, str_from_cstr(world.error), true);
    if (world.line)
        request->output(request->payload, str_from_cstr(world.line), false);
    while (!world.ends_at_once && cancel_level(request->cancel) == CANCEL_NONE &&
           (world.is_hung || cancel_level(world.ended) == CANCEL_NONE))
        cancel_wait(request->cancel, 5);
    world.is_killed = cancel_level(request->cancel) != CANCEL_NONE;
    out->exit_status = 1;
    return 0;
}

static const char *variable(void *, const char *name) {
    return strcmp(name, "TMPDIR") == 0 ? world.directory : NULL;
}

static bool open_channel(void *self, Str path, RpcChannel **out, Str *problem, Arena *into) {
    (void)self, (void)into;
    check_str(path, world.socket);
    *problem = STR("the server does not respond");
    *out = (RpcChannel *)&world;
    return !world.refuses;
}

static void note(const char *method) {
    strncat(world.calls, method, sizeof world.calls - strlen(world.calls) - 2);
    strncat(world.calls, "\n", sizeof world.calls - strlen(world.calls) - 1);
}

static void call(void *self, RpcChannel *channel, const RpcRequest *request, RpcResponse *response,
                 Arena *into) {
    (void)self, (void)channel, (void)into;
    note(request->method);
    if (request->cancel && cancel_level(request->cancel) >= CANCEL_STOP)
        request->on_stop(request->stop_payload);
    *response = world.response;
    if (strcmp(request->method, "/plugin.GRPCController/Shutdown") == 0)
        cancel_raise(world.ended, CANCEL_STOP);
}

static void watch(void *self, RpcChannel *channel, const RpcWatch *watched) {
    (void)self, (void)channel;
    note(watched->method);
    StrBuf bytes = strbuf_new(arena);
    wire_put_varint(&bytes, 1, 1);
    wire_put_bytes(&bytes, 2, STR("printed\n"));
    watched->on_message(watched->payload, strbuf_str(&bytes));
}

static void close_channel(void *self, RpcChannel *channel) {
    (void)self, (void)channel;
    note("close");
}

static const Process fake_process = {.run = run_program, .environment = variable};
static const Rpc fake_rpc = {NULL, open_channel, call, watch, close_channel};

static int open_world(void **state) {
    (void)open_arena(state);
    world = (World){.line = "1|6|unix|/tmp/p|grpc|\nmore\n", .ended = cancel_open()};
    world.io = io_real();
    world.io.process = &fake_process;
    world.io.rpc = &fake_rpc;
    world.directory = ".";
    world.socket = "/tmp/p";
    return 0;
}

static int close_world(void **state) {
    cancel_close(world.ended);
    return close_arena(state);
}

static const ForeignProgram program = {.name = STR_CONST("x/p"), .program = STR_CONST("/bin/p")};

static ForeignProcess *start(void) {
    Diags diags = diags_new(arena);
    ForeignProcess *process = foreign_process_start(&program, &world.io, &diags);
    if (!process)
        fail_msg("%.*s", STR_ARG(diags.items[0].detail));
    return process;
}

static Str failed_start(void) {
    Diags diags = diags_new(arena);
    assert_null(foreign_process_start(&program, &world.io, &diags));
    assert_int_equal(diags.error_count, 1);
    check_str(diags.items[0].summary, "Provider not started");
    return diags.items[0].detail;
}

static bool has_variable(const char *text) {
    vec_each(&world.environment, entry) {
        if (str_starts_with(*entry, str_from_cstr(text)))
            return true;
    }
    return false;
}

static void starts_and_ends(void **) {
    ForeignProcess *process = start();
    assert_int_equal(foreign_process_protocol(process), 6);
    foreign_process_end(process);
    check_str(str_from_cstr(world.calls),
              "/plugin.GRPCStdio/StreamStdio\n/plugin.GRPCController/Shutdown\nclose\n");
    assert_false(world.is_killed);
    assert_true(has_variable("TF_PLUGIN_MAGIC_COOKIE=d602"));
    assert_true(has_variable("PLUGIN_PROTOCOL_VERSIONS=5,6"));
    assert_true(has_variable("PLUGIN_UNIX_SOCKET_DIR=./loam-"));
    assert_true(has_variable("TF_LOG_SDK=off"));
    /* The directory of the socket was removed. */
    vec_each(&world.environment, entry) {
        DiskStat stat;
        if (str_starts_with(*entry, STR("PLUGIN_UNIX_SOCKET_DIR=")))
            assert_int_equal(world.io.disk->stat(world.io.disk->self, str_after(*entry, 23), &stat),
                             -ENOENT);
    }
}

/* Its children are killed with it. */
static void ends_its_group(void **) {
    foreign_process_end(start());
    assert_true(world.ends_group);
}

/* The program chooses the path of its socket: loam removes no file outside of its own directory. */
static void keeps_other_files(void **) {
    char place[] = "/tmp/loam-test-XXXXXX";
    const Disk *disk = world.io.disk;
    assert_non_null(mkdtemp(place));
    Str precious = disk_join(str_from_cstr(place), STR("precious"), arena);
    assert_int_equal(disk->write_file(disk->self, precious, STR("x"), 0600), 0);
    world.socket = str_to_cstr(precious, arena);
    world.line = str_to_cstr(str_format(arena, "1|6|unix|%s|grpc|\n", world.socket), arena);
    foreign_process_end(start());
    assert_true(disk_exists(disk, precious));
    assert_int_equal(disk_remove_tree(disk, str_from_cstr(place)), 0);
}

/* Paths of sockets have at most 107 bytes. */
static void long_directory(void **) {
    char place[] = "/tmp/loam-test-XXXXXX";
    const Disk *disk = world.io.disk;
    DiskEntries entries = {0};
    assert_non_null(mkdtemp(place));
    Str deep = str_format(arena, "%s/%0100d", place, 1);
    assert_int_equal(disk->make_directories(disk->self, deep, 0700), 0);
    world.directory = str_to_cstr(deep, arena);
    world.makes_socket = true;
    ForeignProcess *process = start();
    assert_true(has_variable("PLUGIN_UNIX_SOCKET_DIR=/proc/"));
    assert_int_equal(disk->list(disk->self, deep, &entries, arena), 0);
    assert_int_equal(entries.count, 1);
    Str made = disk_join(disk_join(deep, entries.items[0].name, arena), STR("plugin1"), arena);
    assert_true(disk_exists(disk, made));
    foreign_process_end(process);
    assert_int_equal(disk->remove(disk->self, deep), 0);
    assert_int_equal(disk->remove(disk->self, str_from_cstr(place)), 0);
}

static void is_killed_if_it_hangs(void **) {
    world.is_hung = true;
    foreign_process_end(start());
    assert_true(world.is_killed);
}

static void attached(void **) {
    Diags diags = diags_new(arena);
    ForeignProgram running = {.name = STR("x/p"), .socket = STR("/tmp/p"), .protocol = 5};
    ForeignProcess *process = foreign_process_start(&running, &world.io, &diags);
    assert_non_null(process);
    assert_int_equal(foreign_process_protocol(process), 5);
    foreign_process_end(process);
    check_str(str_from_cstr(world.calls), "close\n"); /* another program started it */
}

static void bad_starts(void **) {
    world.line = "hello\n";
    check_str(failed_start(), "The provider x/p cannot be used. It wrote \"hello\" instead of the "
                              "address it listens at.");
    world.line = NULL;
    world.ends_at_once = true;
    world.error = "This binary is a plugin.";
    check_str(failed_start(), "The provider x/p cannot be used. The program \"/bin/p\" ended with "
                              "status 1. It wrote: This binary is a plugin.");
    world.start_error = -ENOENT;
    check_str(failed_start(), "The provider x/p cannot be used. The program \"/bin/p\" cannot be "
                              "started: No such file or directory.");
    world.start_error = 0;
    world.ends_at_once = false;
    world.refuses = true;
    world.line = "1|6|unix|/tmp/p|grpc|\n";
    check_str(failed_start(), "The provider x/p cannot be used. loam cannot talk to it: the server "
                              "does not respond.");
}

static ForeignOutcome call_plan(ForeignProcess *process, bool *is_lost, Diags *diags) {
    Str response;
    ForeignRequest request = {.method = PROTOCOL_PLAN_RESOURCE, .cancel = world.interrupted};
    return foreign_process_call(process, &request, &response, is_lost, arena, diags);
}

static void outcomes(void **) {
    static const struct {
        RpcStatus status;
        bool is_lost;
        ForeignOutcome outcome;
        const char *summary;
        const char *detail;
    } cases[] = {
        {RPC_OK, false, FOREIGN_DONE, NULL, NULL},
        {RPC_UNIMPLEMENTED, false, FOREIGN_UNIMPLEMENTED, NULL, NULL},
        {RPC_UNAVAILABLE, true, FOREIGN_FAILED, "Plugin did not respond",
         "The provider x/p encountered an error, and failed to respond to the PlanResourceChange "
         "call. It wrote: panic: broken"},
        {RPC_CANCELLED, true, FOREIGN_FAILED, "Request cancelled",
         "The PlanResourceChange request was cancelled."},
        {RPC_INTERNAL, false, FOREIGN_FAILED, "Plugin error",
         "The provider x/p returned an unexpected error from PlanResourceChange: odd."},
    };
    world.error = "panic: broken\n";
    ForeignProcess *process = start();
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        bool is_lost = false;
        world.response = (RpcResponse){
            .status = cases[i].status, .is_lost = cases[i].is_lost, .problem = STR("odd")};
        assert_int_equal(call_plan(process, &is_lost, &diags), cases[i].outcome);
        assert_int_equal(is_lost, cases[i].is_lost);
        assert_int_equal(diags.error_count, cases[i].summary != NULL);
        if (!cases[i].summary)
            continue;
        check_str(diags.items[0].summary, cases[i].summary);
        check_str(diags.items[0].detail, cases[i].detail);
    }
    foreign_process_end(process);
}

/* Two interrupted calls of one process: the provider is asked to stop once. */
static void interrupts(void **) {
    Diags diags = diags_new(arena);
    ForeignProcess *process = start();
    world.interrupted = cancel_open();
    assert_int_equal(call_plan(process, NULL, &diags), FOREIGN_DONE);
    assert_null(strstr(world.calls, "StopProvider"));
    cancel_raise(world.interrupted, CANCEL_STOP);
    assert_int_equal(call_plan(process, NULL, &diags), FOREIGN_DONE);
    assert_int_equal(call_plan(process, NULL, &diags), FOREIGN_DONE);
    foreign_process_end(process);
    cancel_close(world.interrupted);
    const char *method = "/tfplugin6.Provider/StopProvider\n";
    const char *stop = strstr(world.calls, method);
    assert_non_null(stop);
    assert_null(strstr(stop + strlen(method), method));
}

UNIT_MAIN(test_foreign_process) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
    const struct CMUnitTest tests[] = {
        CASE(starts_and_ends),
        CASE(ends_its_group),
        CASE(keeps_other_files),
        CASE(long_directory),
        CASE(is_killed_if_it_hangs),
        CASE(attached),
        CASE(bad_starts),
        CASE(outcomes),
        CASE(interrupts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
