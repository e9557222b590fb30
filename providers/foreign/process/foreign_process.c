/* foreign_process: a thread runs the program and reads its output; callers use the RPC channel. */
#include "foreign_process.h"

#include "foreign_handshake.h"
#include "foreign_output.h"
#include "hex.h"
#include "keeper.h"
#include "random.h"
#include "thread.h"
#include "utf8.h"
#include "value.h"
#include "wire.h"

#include <fcntl.h>
#include <unistd.h>

enum {
    HANDSHAKE_MS = 60000,
    HANDSHAKE_MAX = 4096, /* bytes of the line */
    SCHEMA_MS = 120000,
    STOP_MS = 10000,
    EXIT_MS = 2000,  /* from the shutdown to the end of the program */
    CRASH_MS = 1000, /* from the lost connection to the end of the program */
    TRACE_LINES = 40,
};

#define MAGIC                                                                                      \
    "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"

struct ForeignProcess {
    Arena *arena;
    Str name;
    Str program;    /* empty: attached to a running process */
    int descriptor; /* of the program; 0: none */
    Str link;       /* to the descriptor, with the name of the program; empty: none */
    const Io *io;
    Str directory;   /* of the socket; empty: none */
    DiskFile opened; /* the same, if its path is too long for sockets */
    Str socket;
    int protocol;
    const CancelToken *cancel; /* of the run; NULL: none */
    RpcChannel *channel;
    Thread *thread;
    CancelToken *kill;
    StrVec environment;
    bool is_interrupted; /* accessed atomically */
    bool is_stuck;       /* a call was cancelled without a response; the same */
    bool is_left;        /* to the outcome keeper, which has a call in flight; the same */

    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t changed;
    char line[HANDSHAKE_MAX];
    size_t line_length;
    pid_t pid;      /* 0: not started */
    int outputs[2]; /* copies of the read ends of its output pipes; -1: none */
    bool has_line;
    bool has_ended;
    int start_error; /* negative errno */
    int exit_status;
    ForeignOutput output;
};

/* The thread of the program. */

static void foreign_process_add_line(ForeignProcess *process, Str piece) {
    if (process->has_line)
        return; /* discards later output; reading it keeps the pipe from filling up */
    size_t end = str_find_char(piece, '\n', 0);
    Str part = str_slice(piece, 0, end);
    part = str_slice(part, 0, HANDSHAKE_MAX - process->line_length);
    memcpy(process->line + process->line_length, part.ptr, part.len);
    process->line_length += part.len;
    process->has_line = end != SIZE_MAX || process->line_length == HANDSHAKE_MAX;
    pthread_cond_broadcast(&process->changed);
}

static void foreign_process_receive_output(void *payload, Str piece, bool is_error) {
    ForeignProcess *process = payload;
    LOCKED(&process->lock);
    if (is_error)
        foreign_output_add(&process->output, piece);
    else
        foreign_process_add_line(process, piece);
}

/* The copies let the outcome keeper read the output if loam is killed. */
static void set_started(void *payload, pid_t pid, const int outputs[2]) {
    ForeignProcess *process = payload;
    LOCKED(&process->lock);
    process->pid = pid;
    for (size_t i = 0; i < ARRAY_COUNT(process->outputs); i++)
        process->outputs[i] = fcntl(outputs[i], F_DUPFD_CLOEXEC, 0);
}

/* Environment variables that a provider must not receive: secrets of loam, and settings of features
 * of the plugin protocol that loam does not support. */
static const char *const withheld[] = {"LOAM_ENCRYPTION", "TF_ENCRYPTION", "PLUGIN_CLIENT_CERT",
                                       "PLUGIN_MULTIPLEX_GRPC", NULL};

static void run_program(void *payload) {
    ForeignProcess *process = payload;
    SCOPED(ArenaRef) arena = arena_open("provider process");
    const char *argv[] = {str_to_cstr(process->program, arena), NULL};
    ProcessRequest request = {
        .argv = argv,
        .file = process->link.len ? str_to_cstr(process->link, arena) : NULL,
        .descriptor = process->descriptor,
        .ends_group = true,
        .environment = &process->environment,
        .withheld = withheld,
        .cancel = process->kill,
        .output = foreign_process_receive_output,
        .started = set_started,
        .payload = process,
    };
    ProcessResult result = {0};
    const Process *effect = process->io->process;
    int error = effect->run(effect->self, &request, &result, arena);
    LOCKED(&process->lock);
    foreign_output_add(&process->output, STR("\n")); /* ends an unfinished line */
    process->start_error = error;
    process->exit_status = result.exit_status;
    process->has_ended = true;
    pthread_cond_broadcast(&process->changed);
}

static int64_t foreign_process_now_ms(const ForeignProcess *process) {
    return process->io->clock->monotonic_ms(process->io->clock->self);
}

/* Waits until the condition is true, the program has ended or the time has passed. The caller holds
 * the lock. */
static void foreign_process_wait_for(ForeignProcess *process, const bool *condition,
                                     int64_t timeout_ms) {
    int64_t deadline = foreign_process_now_ms(process) + timeout_ms;
    int64_t left = timeout_ms;
    while (!*condition && !process->has_ended && left > 0) {
        thread_wait(&process->changed, &process->lock, left);
        left = deadline - foreign_process_now_ms(process);
    }
}

/* Starting. */

/* Providers format trace messages for every call, which takes half of their time. So they log only
 * if the user has enabled a log. */
static bool is_log_enabled(const Io *io) {
    static const char *const names[] = {"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_SDK",
                                        "TF_LOG_SDK_PROTO"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (process_variable(io->process, names[i]).len > 0)
            return true;
    }
    return log_enabled(LOG_DEBUG);
}

/* The longest TMPDIR whose sockets have valid paths, in bytes. */
#define PARENT_MAX ((size_t)60)

/* Returns the directory for the environment of the program. Paths of sockets are short, so a long
 * one is reached through its descriptor. */
static int find_socket_directory(ForeignProcess *process, Str parent, Str *out) {
    const Disk *disk = process->io->disk;
    *out = process->directory;
    if (parent.len <= PARENT_MAX)
        return 0;
    int error = disk->open(disk->self, process->directory, DISK_READ, 0, &process->opened);
    if (error == 0)
        *out = str_format(process->arena, "/proc/%d/fd/%d", (int)getpid(),
                          disk->descriptor(disk->self, process->opened));
    return error;
}

/* Creates a directory for the socket that only this user can access. */
static bool foreign_process_make_directory(ForeignProcess *process, Str *shown, Diags *diags) {
    const Disk *disk = process->io->disk;
    char bytes[8];
    random_fill(bytes, sizeof bytes);
    Str parent = process_variable(process->io->process, "TMPDIR");
    if (parent.len == 0)
        parent = STR("/tmp");
    Str name = hex_encode((Str){bytes, sizeof bytes}, process->arena);
    process->directory =
        str_format(process->arena, "%.*s/loam-%.*s", STR_ARG(parent), STR_ARG(name));
    int error = disk->make_directories(disk->self, process->directory, 0700);
    if (error == 0)
        error = find_socket_directory(process, parent, shown);
    if (error == 0)
        return true;
    diags_error(diags, NO_RANGE, "Provider not started",
                "The directory \"%.*s\" for its socket cannot be made: %s.",
                STR_ARG(process->directory), strerror(-error));
    process->directory = STR_EMPTY;
    return false;
}

/* The memory of providers grows with each call, and Go's collector reads all of it each time that
 * it has doubled, which takes a third of their CPU time. So it may grow to five times its size
 * first; see foreign_client, which bounds it. */
#define COLLECTOR "GOGC"

static void foreign_process_set_environment(ForeignProcess *process, Str directory) {
    if (process_variable(process->io->process, COLLECTOR).len == 0)
        vec_push(process->arena, &process->environment, STR(COLLECTOR "=400"));
    vec_push(process->arena, &process->environment, STR(MAGIC));
    vec_push(process->arena, &process->environment, STR("PLUGIN_PROTOCOL_VERSIONS=5,6"));
    vec_push(process->arena, &process->environment,
             str_format(process->arena, "PLUGIN_UNIX_SOCKET_DIR=%.*s", STR_ARG(directory)));
    if (!is_log_enabled(process->io))
        vec_push(process->arena, &process->environment, STR("TF_LOG_SDK=off"));
}

static Str reason_of_failed_start(const ForeignProcess *process, Arena *arena) {
    Str text = foreign_output_text(&process->output);
    if (process->start_error)
        return str_format(arena, "The program \"%.*s\" cannot be started: %s.",
                          STR_ARG(process->program), process_error(process->start_error));
    if (process->has_ended)
        return str_format(arena, "The program \"%.*s\" ended with status %d.%s%.*s",
                          STR_ARG(process->program), process->exit_status,
                          text.len ? " It wrote: " : "", STR_ARG(utf8_indented(text, arena)));
    return str_format(arena, "The program \"%.*s\" did not say within a minute where it listens.",
                      STR_ARG(process->program));
}

static bool foreign_process_report_start(const ForeignProcess *process, Str reason, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Provider not started",
                      "The provider %.*s cannot be used. %.*s", STR_ARG(process->name),
                      STR_ARG(reason));
}

static bool shake_hands(ForeignProcess *process, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("handshake");
    ForeignHandshake handshake;
    Str problem = STR_EMPTY;
    pthread_mutex_lock(&process->lock);
    foreign_process_wait_for(process, &process->has_line, HANDSHAKE_MS);
    if (!process->has_line)
        problem = reason_of_failed_start(process, scratch);
    Str line = str_clone((Str){process->line, process->line_length}, process->arena);
    pthread_mutex_unlock(&process->lock);
    if (problem.len || !foreign_handshake_parse(line, &handshake, &problem, scratch))
        return foreign_process_report_start(process, problem, diags);
    process->protocol = handshake.protocol;
    process->socket = handshake.socket;
    return true;
}

static void log_stdio(void *payload, Str message) {
    enum { CHANNEL = 1, DATA = 2 };
    const ForeignProcess *process = payload;
    WireReader reader = wire_reader_new(message);
    WireField field;
    while (wire_next(&reader, &field)) {
        if (field.number == DATA)
            log_debug("provider output", log_text("provider", process->name),
                      log_text("message", str_trim(field.bytes)));
    }
}

static bool foreign_process_connect(ForeignProcess *process, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("provider connection");
    const Rpc *rpc = process->io->rpc;
    Str problem = STR_EMPTY;
    if (!rpc->open(rpc->self, process->socket, &process->channel, &problem, scratch))
        return foreign_process_report_start(
            process, str_format(scratch, "loam cannot talk to it: %.*s.", STR_ARG(problem)), diags);
    /* Reads the provider's standard output: if no client does, a provider that prints blocks. */
    RpcWatch stdio = {
        .method = "/plugin.GRPCStdio/StreamStdio", .on_message = log_stdio, .payload = process};
    if (process->program.len)
        rpc->watch(rpc->self, process->channel, &stdio);
    return true;
}

/* The program starts from its descriptor. The kernel takes the name of the process from the path,
 * so the path ends with the name of the program. */
static bool foreign_process_make_link(ForeignProcess *process, Diags *diags) {
    const Disk *disk = process->io->disk;
    if (process->descriptor == 0)
        return true;
    Str target = str_format(process->arena, "/proc/self/fd/%d", process->descriptor);
    process->link = disk_join(process->directory, disk_name_of(process->program), process->arena);
    int error = disk->link(disk->self, target, process->link);
    if (error == 0)
        return true;
    diags_error(diags, NO_RANGE, "Provider not started", "The link \"%.*s\" cannot be made: %s.",
                STR_ARG(process->link), strerror(-error));
    process->link = STR_EMPTY;
    return false;
}

static bool start_program(ForeignProcess *process, Diags *diags) {
    Str directory;
    if (!foreign_process_make_directory(process, &directory, diags) ||
        !foreign_process_make_link(process, diags))
        return false;
    foreign_process_set_environment(process, directory);
    process->kill = cancel_open();
    process->thread = thread_start(THREAD_PROVIDER, run_program, process);
    if (!process->thread)
        return foreign_process_report_start(process, STR("The system has no more threads."), diags);
    return shake_hands(process, diags);
}

ForeignProcess *foreign_process_start(const ForeignProgram *program, const Io *io, Diags *diags) {
    Arena *arena = arena_open("provider process");
    ForeignProcess *process = arena_new(arena, ForeignProcess);
    int64_t began_ms = log_clock_ms();
    process->arena = arena;
    process->name = str_clone(program->name, arena);
    process->program = str_clone(program->program, arena);
    process->descriptor = program->descriptor;
    process->io = io;
    process->socket = str_clone(program->socket, arena);
    process->protocol = program->protocol;
    process->cancel = program->cancel;
    process->output.name = process->name;
    process->outputs[0] = process->outputs[1] = -1;
    pthread_mutex_init(&process->lock, NULL);
    pthread_cond_init(&process->changed, NULL);
    bool is_started = process->program.len == 0 || start_program(process, diags);
    if (is_started && foreign_process_connect(process, diags)) {
        log_debug("provider started", log_text("provider", process->name),
                  log_number("protocol", process->protocol), log_took(began_ms));
        return process;
    }
    foreign_process_end(process);
    return NULL;
}

int foreign_process_protocol(const ForeignProcess *process) {
    return process->protocol;
}

uint64_t foreign_process_memory(const ForeignProcess *process) {
    SCOPED(ArenaRef) scratch = arena_open("provider memory");
    const Disk *disk = process->io->disk;
    pthread_mutex_t *lock = (pthread_mutex_t *)&process->lock;
    pthread_mutex_lock(lock);
    pid_t pid = process->has_ended ? 0 : process->pid;
    pthread_mutex_unlock(lock);
    /* proc(5): size and resident, in pages */
    Str path = str_format(scratch, "/proc/%d/statm", (int)pid);
    Str text;
    uint64_t pages;
    if (pid == 0 || disk->read_file(disk->self, path, &text, scratch) != 0)
        return 0;
    Str resident = str_slice(text, str_find_char(text, ' ', 0) + 1, text.len);
    if (!str_to_uint64(str_slice(resident, 0, str_find_char(resident, ' ', 0)), &pages))
        return 0;
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Calls. */

static int64_t foreign_process_timeout_of(ProtocolMethod method) {
    switch (method) {
    case PROTOCOL_GET_SCHEMA:
    case PROTOCOL_GET_IDENTITY_SCHEMAS:
    case PROTOCOL_GET_FUNCTIONS:
    case PROTOCOL_VALIDATE_PROVIDER:
    case PROTOCOL_VALIDATE_RESOURCE:
    case PROTOCOL_VALIDATE_DATA:
    case PROTOCOL_VALIDATE_EPHEMERAL:
    case PROTOCOL_VALIDATE_ACTION:
    case PROTOCOL_VALIDATE_LIST: return SCHEMA_MS;
    case PROTOCOL_STOP: return STOP_MS;
    case PROTOCOL_CONFIGURE:
    case PROTOCOL_UPGRADE_RESOURCE:
    case PROTOCOL_UPGRADE_IDENTITY:
    case PROTOCOL_READ_RESOURCE:
    case PROTOCOL_PLAN_RESOURCE:
    case PROTOCOL_APPLY_RESOURCE:
    case PROTOCOL_IMPORT_RESOURCE:
    case PROTOCOL_MOVE_RESOURCE:
    case PROTOCOL_READ_DATA:
    case PROTOCOL_OPEN_EPHEMERAL:
    case PROTOCOL_RENEW_EPHEMERAL:
    case PROTOCOL_CLOSE_EPHEMERAL:
    case PROTOCOL_PLAN_ACTION:
    case PROTOCOL_INVOKE_ACTION:
    case PROTOCOL_LIST:
    case PROTOCOL_GENERATE_CONFIG:
    case PROTOCOL_CALL_FUNCTION: return 0; /* no limit: the provider has its own */
    }
    return 0;
}

/* Returns the first lines of the text. */
static Str first_lines(Str text, size_t count) {
    size_t end = 0;
    for (; count > 0 && end < text.len; count--) {
        size_t line = str_find_char(text, '\n', end);
        end = line == SIZE_MAX ? text.len : line + 1;
    }
    return str_trim(str_slice(text, 0, end));
}

static void foreign_process_report_lost(ForeignProcess *process, const char *method, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("provider crash");
    pthread_mutex_lock(&process->lock);
    if (process->thread) {
        bool never = false;
        foreign_process_wait_for(process, &never, CRASH_MS);
    }
    Str text = str_clone(foreign_output_text(&process->output), scratch);
    pthread_mutex_unlock(&process->lock);
    text = log_scrub_known(first_lines(text, TRACE_LINES), scratch);
    diags_error(diags, NO_RANGE, "Plugin did not respond",
                "The provider %.*s encountered an error, and failed to respond to the %s call.%s"
                "%.*s",
                STR_ARG(process->name), method, text.len ? " It wrote: " : "",
                STR_ARG(utf8_indented(text, scratch)));
}

static void report_status(ForeignProcess *process, const char *method, const RpcResponse *response,
                          Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("provider error");
    size_t before = diags->count;
    if (response->status == RPC_UNAVAILABLE) {
        foreign_process_report_lost(process, method, diags);
    } else if (response->status == RPC_CANCELLED) {
        diags_error(diags, NO_RANGE, "Request cancelled", "The %s request was cancelled.", method);
    } else {
        Value problem = value_string(response->problem, scratch);
        diags_error(diags, NO_RANGE, "Plugin error",
                    "The provider %.*s returned an unexpected error from %s: %.*s.",
                    STR_ARG(process->name), method, STR_ARG(value_text(problem)));
    }
    diags_set_subject(diags, before, DIAG_RELATION); /* the configuration is not the cause */
}

/* The call that an interrupt reaches. */
typedef struct Interrupted {
    ForeignProcess *process;
    const CancelToken *cancel;
} Interrupted;

/* Requests once that the provider ends the calls in flight. A second Stop could end the provider.
 */
static void interrupt(void *payload) {
    const Interrupted *interrupted = payload;
    ForeignProcess *process = interrupted->process;
    if (__atomic_exchange_n(&process->is_interrupted, true, __ATOMIC_SEQ_CST))
        return;
    SCOPED(ArenaRef) scratch = arena_open("provider stop");
    Diags ignored = diags_new(scratch);
    Str response;
    ForeignRequest stop = {.method = PROTOCOL_STOP, .cancel = interrupted->cancel};
    (void)foreign_process_call(process, &stop, &response, NULL, scratch, &ignored);
}

static void call_by_keeper(ForeignProcess *process, Str label, const RpcRequest *request,
                           RpcResponse *response, Arena *arena) {
    pthread_mutex_lock(&process->lock);
    KeeperServer server = {
        .socket = process->socket,
        .pid = process->has_ended ? 0 : process->pid,
        .outputs = {process->outputs[0], process->outputs[1]},
    };
    pthread_mutex_unlock(&process->lock);
    if (keeper_call(process->io->keeper, &server, label, request, response, arena))
        __atomic_store_n(&process->is_left, true, __ATOMIC_SEQ_CST);
}

ForeignOutcome foreign_process_call(ForeignProcess *process, const ForeignRequest *request,
                                    Str *out, bool *is_lost, Arena *arena, Diags *diags) {
    const Rpc *rpc = process->io->rpc;
    Interrupted interrupted = {process, request->cancel};
    RpcRequest sent = {
        .method = protocol_method_path(request->method, process->protocol, arena),
        .message = request->message,
        .timeout_ms = foreign_process_timeout_of(request->method),
        .cancel = request->cancel ? request->cancel : process->cancel,
        .on_stop = request->cancel ? interrupt : NULL,
        .stop_payload = &interrupted,
        .on_message = request->on_message,
        .payload = request->payload,
    };
    RpcResponse response;
    log_trace("provider method", log_text("provider", process->name),
              log_cstr("method", protocol_method_fields(request->method)->name));
    if (process->io->keeper && request->label.len > 0)
        call_by_keeper(process, request->label, &sent, &response, arena);
    else
        rpc->call(rpc->self, process->channel, &sent, &response, arena);
    if (is_lost)
        *is_lost = response.is_lost;
    if (response.status == RPC_CANCELLED)
        __atomic_store_n(&process->is_stuck, true, __ATOMIC_SEQ_CST);
    *out = response.message;
    if (response.status == RPC_OK)
        return FOREIGN_DONE;
    if (response.status == RPC_UNIMPLEMENTED)
        return FOREIGN_UNIMPLEMENTED;
    report_status(process, protocol_method_fields(request->method)->name, &response, diags);
    return FOREIGN_FAILED;
}

/* Ending. */

static void shut_down(ForeignProcess *process) {
    SCOPED(ArenaRef) scratch = arena_open("provider shutdown");
    const Rpc *rpc = process->io->rpc;
    RpcRequest request = {.method = "/plugin.GRPCController/Shutdown", .timeout_ms = STOP_MS};
    RpcResponse response; /* the provider may end before it responds */
    rpc->call(rpc->self, process->channel, &request, &response, scratch);
}

static void foreign_process_end_program(ForeignProcess *process, bool is_stuck) {
    bool never = false;
    pthread_mutex_lock(&process->lock);
    if (process->channel && !is_stuck)
        foreign_process_wait_for(process, &never, EXIT_MS);
    bool has_ended = process->has_ended;
    pthread_mutex_unlock(&process->lock);
    if (!has_ended)
        cancel_raise(process->kill, CANCEL_NOW);
    thread_join(process->thread);
}

/* Removes the directory, and no other file: the program chose the path of its socket. */
static void foreign_process_remove_socket(const ForeignProcess *process) {
    const Disk *disk = process->io->disk;
    if (process->directory.len)
        (void)disk_remove_tree(disk, process->directory);
    disk->close(disk->self, process->opened);
}

void foreign_process_end(ForeignProcess *process) {
    const Rpc *rpc = process->io->rpc;
    if (__atomic_load_n(&process->is_left, __ATOMIC_SEQ_CST)) {
        thread_abandon(process->thread); /* loam ends soon; the keeper ends the program */
        return;
    }
    bool is_stuck = __atomic_load_n(&process->is_stuck, __ATOMIC_SEQ_CST);
    if (process->channel && process->thread && !is_stuck)
        shut_down(process);
    if (process->thread)
        foreign_process_end_program(process, is_stuck);
    if (process->channel)
        rpc->close(rpc->self, process->channel);
    if (process->kill)
        cancel_close(process->kill);
    foreign_process_remove_socket(process);
    for (size_t i = 0; i < ARRAY_COUNT(process->outputs); i++) {
        if (process->outputs[i] >= 0)
            close(process->outputs[i]);
    }
    pthread_cond_destroy(&process->changed);
    pthread_mutex_destroy(&process->lock);
    arena_close(process->arena);
}
