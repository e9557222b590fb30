/* Runs each program in a separate process group, so that a deadline ends its children too. */
#include "process.h"

#include "log.h"
#include "process_secrets.h"
#include "trace_parent.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_MS           3000 /* between SIGTERM and SIGKILL */
#define TICK_MS            100  /* how soon a second signal is noticed during the grace time */
#define PROCESS_PIECE_SIZE ((size_t)65536)

/* An open descriptor; 0 or less: none. */
typedef struct ProcessFd {
    int number;
} ProcessFd;

static void process_fd_release(ProcessFd *fd) {
    if (fd->number > 0)
        close(fd->number);
    *fd = (ProcessFd){0};
}
SCOPED_TYPE(ProcessFd, process_fd_release);

typedef struct SpawnSetup {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
} SpawnSetup;

static void spawn_setup_release(SpawnSetup *setup) {
    posix_spawn_file_actions_destroy(&setup->actions);
    posix_spawnattr_destroy(&setup->attributes);
}
SCOPED_TYPE(SpawnSetup, spawn_setup_release);

typedef enum RunPhase { RUN_FREELY, RUN_MAY_END, RUN_ASKED_TO_END, RUN_KILLED } RunPhase;

typedef struct Run {
    const ProcessRequest *request;
    ProcessResult *result;
    Arena *scratch;
    char *piece;
    StrBuf texts[2]; /* standard output, standard error */
    ProcessFd pipes[2];
    ProcessFd exited; /* a pidfd, readable after the program has ended */
    pid_t pid;
    RunPhase phase;
    int64_t deadline_ms; /* of this phase; INT64_MAX: none */
} Run;

static void run_release(Run *run) {
    process_fd_release(&run->pipes[0]);
    process_fd_release(&run->pipes[1]);
    process_fd_release(&run->exited);
}
SCOPED_TYPE(Run, run_release);

/* Puts the whole input into memory, so that no pipe must be fed and SIGPIPE cannot occur. */
static int open_input(Str input, ProcessFd *out) {
    SCOPED(ProcessFd)
    file = {input.len ? memfd_create("input", MFD_CLOEXEC)
                      : open("/dev/null", O_RDONLY | O_CLOEXEC)};
    if (file.number < 0)
        return -errno;
    while (input.len) {
        ssize_t wrote = write(file.number, input.ptr, input.len);
        if (wrote < 0 && errno != EINTR)
            return -errno;
        if (wrote > 0)
            input = str_after(input, (size_t)wrote);
    }
    lseek(file.number, 0, SEEK_SET);
    *out = file;
    file = (ProcessFd){0};
    return 0;
}

static int open_pipe(ProcessFd *reader, ProcessFd *writer) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -errno;
    *reader = (ProcessFd){ends[0]};
    *writer = (ProcessFd){ends[1]};
    return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : -errno;
}

static Str variable_name(Str assignment) {
    return str_slice(assignment, 0, str_find_char(assignment, '=', 0));
}

static bool is_overridden(const StrVec *additions, Str name) {
    vec_each(additions, addition) {
        if (str_equal(variable_name(*addition), name))
            return true;
    }
    return false;
}

static bool is_withheld(const char *const *prefixes, Str name) {
    for (; prefixes && *prefixes; prefixes++) {
        if (str_starts_with(name, str_from_cstr(*prefixes)))
            return true;
    }
    return false;
}

static char **process_environment_of(const ProcessRequest *request, Arena *arena) {
    static const StrVec none = {0};
    const StrVec *additions = request->environment ? request->environment : &none;
    Str parent = is_overridden(additions, STR("TRACEPARENT")) ? STR_EMPTY : trace_parent();
    if (additions->count == 0 && !request->withheld && parent.len == 0)
        return environ;
    VEC(char *) all = {0};
    for (char **entry = environ; *entry; entry++) {
        Str name = variable_name(str_from_cstr(*entry));
        bool is_parent = parent.len > 0 && str_equal(name, STR("TRACEPARENT"));
        if (!is_withheld(request->withheld, name) && !is_overridden(additions, name) && !is_parent)
            vec_push(arena, &all, *entry);
    }
    if (parent.len > 0)
        vec_push(arena, &all,
                 (char *)str_to_cstr(str_concat(STR("TRACEPARENT="), parent, arena), arena));
    vec_each(additions, addition)
        vec_push(arena, &all, (char *)str_to_cstr(*addition, arena));
    vec_push(arena, &all, NULL);
    return all.items;
}

/* Unblocks all signals and resets SIGPIPE, which loam ignores; exec resets handlers itself. */
static void set_signals(posix_spawnattr_t *attributes) {
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &defaults);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                             POSIX_SPAWN_SETSIGDEF);
}

static int process_spawn(Run *run, const int standard[3], int secret) {
    const ProcessRequest *request = run->request;
    SCOPED(SpawnSetup) setup = {0};
    posix_spawn_file_actions_init(&setup.actions);
    posix_spawnattr_init(&setup.attributes);
    set_signals(&setup.attributes);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_adddup2(&setup.actions, standard[i], i);
    if (run->request->secret.len)
        posix_spawn_file_actions_adddup2(&setup.actions, secret, PROCESS_SECRET_FD);
    /* Of equal numbers, this only makes the program inherit the descriptor. */
    if (request->descriptor > 0)
        posix_spawn_file_actions_adddup2(&setup.actions, request->descriptor, request->descriptor);
    if (request->directory.len) {
        const char *directory = str_to_cstr(request->directory, run->scratch);
        posix_spawn_file_actions_addchdir_np(&setup.actions, directory);
    }
    const char *file = request->file ? request->file : request->argv[0];
    return -posix_spawnp(&run->pid, file, &setup.actions, &setup.attributes,
                         (char *const *)request->argv,
                         process_environment_of(request, run->scratch));
}

static void end_group(Run *run, int signal) {
    kill(-run->pid, signal);
}

/* Opens a pidfd. Without it no deadline is possible, so the program is killed. */
static int watch_exit(Run *run) {
    /* The function pidfd_open needs glibc 2.36. */
    run->exited = (ProcessFd){(int)syscall(SYS_pidfd_open, run->pid, 0)};
    if (run->exited.number >= 0)
        return 0;
    int error = -errno;
    end_group(run, SIGKILL);
    while (waitpid(run->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    return error;
}

static int process_start(Run *run) {
    SCOPED(ProcessFd) input = {0};
    SCOPED(ProcessFd) out = {0};
    SCOPED(ProcessFd) err = {0};
    SCOPED(ProcessFd) secret = {0};
    int connection = run->request->connection;
    int error = connection ? 0 : open_input(run->request->input, &input);
    if (!error)
        error = open_input(run->request->secret, &secret);
    if (!error && !connection)
        error = open_pipe(&run->pipes[0], &out);
    if (!error)
        error = open_pipe(&run->pipes[1], &err);
    const int own[3] = {input.number, out.number, err.number};
    const int given[3] = {connection, connection, err.number};
    if (!error)
        error = process_spawn(run, connection ? given : own, secret.number);
    if (!error)
        error = watch_exit(run);
    if (!error && run->request->started)
        run->request->started(run->request->payload, run->pid,
                              (const int[2]){run->pipes[0].number, run->pipes[1].number});
    return error;
}

static void process_deliver(Run *run, int which, Str piece) {
    if (run->request->output) {
        run->request->output(run->request->payload, piece, which == 1);
    } else {
        strbuf_add(&run->texts[which], piece);
    }
}

/* Reads one piece of available output; closes the pipe at its end. */
static void process_read_piece(Run *run, int which) {
    ssize_t got = read(run->pipes[which].number, run->piece, PROCESS_PIECE_SIZE);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got > 0) {
        process_deliver(run, which, (Str){run->piece, (size_t)got});
    } else {
        process_fd_release(&run->pipes[which]);
    }
}

/* Enforces deadline and cancellation. */
static void enforce(Run *run) {
    CancelLevel level = cancel_level(run->request->cancel);
    bool late = log_monotonic_ms() >= run->deadline_ms;
    bool may_end = level == CANCEL_STOP && run->request->grace_ms > 0;
    if (run->phase == RUN_FREELY && !late && may_end) {
        run->phase = RUN_MAY_END;
        run->deadline_ms = log_monotonic_ms() + run->request->grace_ms;
    } else if ((run->phase == RUN_FREELY && (late || level != CANCEL_NONE)) ||
               (run->phase == RUN_MAY_END && (late || level == CANCEL_NOW))) {
        run->result->timed_out = late && level == CANCEL_NONE;
        end_group(run, SIGTERM);
        run->phase = RUN_ASKED_TO_END;
        run->deadline_ms = run->request->ends_itself ? INT64_MAX : log_monotonic_ms() + GRACE_MS;
    } else if (run->phase == RUN_ASKED_TO_END && (late || level == CANCEL_NOW)) {
        end_group(run, SIGKILL);
        run->phase = RUN_KILLED;
        run->deadline_ms = INT64_MAX;
    }
}

static int poll_timeout(const Run *run) {
    if (run->deadline_ms == INT64_MAX)
        return -1;
    int64_t left = run->deadline_ms - log_monotonic_ms();
    if (left < 0)
        left = 0;
    if (run->phase != RUN_FREELY && left > TICK_MS)
        left = TICK_MS;
    return left < INT_MAX ? (int)left : INT_MAX;
}

static int fd_or_none(ProcessFd fd) {
    return fd.number > 0 ? fd.number : -1;
}

/* Waits for the end of the program, not of the pipes: a child left behind may keep them open. */
static void process_watch(Run *run) {
    for (bool ended = false; !ended;) {
        bool listens = run->request->cancel && run->phase == RUN_FREELY;
        int cancelled = listens ? cancel_fd(run->request->cancel) : -1;
        struct pollfd wanted[] = {
            {fd_or_none(run->pipes[0]), POLLIN, 0},
            {fd_or_none(run->pipes[1]), POLLIN, 0},
            {run->exited.number, POLLIN, 0},
            {cancelled, POLLIN, 0},
        };
        int ready = poll(wanted, ARRAY_COUNT(wanted), poll_timeout(run));
        CHECK(ready >= 0 || errno == EINTR);
        ended = ready > 0 && wanted[2].revents;
        if (ready > 0 && wanted[0].revents)
            process_read_piece(run, 0);
        if (ready > 0 && wanted[1].revents)
            process_read_piece(run, 1);
        if (!ended)
            enforce(run);
    }
}

/* Reads output that is still in the pipes; a piece is as large as a pipe. Reads no more, because a
 * child left behind may write for ever. */
static void process_drain(Run *run) {
    for (int which = 0; which < 2; which++) {
        if (run->pipes[which].number > 0)
            process_read_piece(run, which);
    }
}

static int reap(const Run *run) {
    int status = 0;
    while (waitpid(run->pid, &status, 0) < 0)
        CHECK(errno == EINTR);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run_process(const ProcessRequest *request, ProcessResult *out, Arena *arena) {
    if (cancel_level(request->cancel) != CANCEL_NONE)
        return -ECANCELED;
    SCOPED(ArenaRef) scratch = arena_open("process");
    ProcessResult result = {0};
    SCOPED(Run) run = {.request = request, .result = &result, .scratch = scratch};
    run.piece = arena_alloc(scratch, PROCESS_PIECE_SIZE);
    run.texts[0] = strbuf_new(scratch);
    run.texts[1] = strbuf_new(scratch);
    run.deadline_ms =
        request->timeout_ms > 0 ? log_monotonic_ms() + request->timeout_ms : INT64_MAX;
    int error = process_start(&run);
    if (error)
        return error;
    process_watch(&run);
    if (run.phase != RUN_FREELY || request->ends_group)
        end_group(&run, SIGKILL); /* children left behind */
    process_drain(&run);
    result.exit_status = reap(&run);
    result.out = str_clone(strbuf_str(&run.texts[0]), arena);
    result.err = str_clone(strbuf_str(&run.texts[1]), arena);
    *out = result;
    return 0;
}

static int real_run(void *, const ProcessRequest *request, ProcessResult *out, Arena *arena) {
    int64_t began_ms = log_clock_ms();
    *out = (ProcessResult){0};
    int error = process_may_start() ? run_process(request, out, arena) : -PROCESS_FORBIDDEN;
    log_debug("process", log_cstr("program", request->argv[0]),
              log_text("directory", request->directory),
              log_number("input_bytes", (int64_t)request->input.len),
              log_number("timeout_ms", request->timeout_ms), log_number("error", error),
              log_number("exit", out->exit_status), log_number("timed_out", out->timed_out),
              log_took(began_ms));
    return error;
}

static const char *real_environment(void *, const char *name) {
    return getenv(name);
}

const char *const process_secrets[] = {SECRETS_OF_LOAM, NULL};

const Process process_real = {
    .run = real_run,
    .environment = real_environment,
};

bool process_may_start(void) {
    const char *set = getenv("LOAM_START_PROGRAMS");
    return !set || !set[0] || strcmp(set, "all") == 0;
}

void process_enforce(void) {
    static struct sock_filter rows[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execveat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    static const struct sock_fprog filter = {ARRAY_COUNT(rows), rows};
    if (process_may_start())
        return;
    bool ok = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
              prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
    log_debug("starts of programs rejected", log_number("by_kernel", ok));
}

const char *process_error(int error) {
    return error == -PROCESS_FORBIDDEN ? "the environment variable LOAM_START_PROGRAMS does not "
                                         "permit the start of programs"
                                       : strerror(-error);
}

Str process_variable(const Process *process, const char *name) {
    return str_from_cstr(process ? process->environment(process->self, name) : NULL);
}
