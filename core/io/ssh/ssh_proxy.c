/* Runs proxy commands by process.h. The thread of a proxy and its owner share the record: the last
 * of the two frees it. */
#include "ssh_proxy.h"

#include "process.h"
#include "thread.h"
#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TAIL_MAX     ((size_t)4096)
#define GRACE_MS     2000 /* from the closed connection to SIGTERM */
#define END_MS       300  /* how long an explanation waits for the end of the program */
#define NOT_RUNNABLE 126  /* status of a shell that cannot start a program; 127: it finds none */
#define NOT_FOUND    127

struct SshProxy {
    Arena *arena; /* holds the proxy itself */
    const char *command;
    int far_end; /* of the program; -1: closed. Only the thread uses it */
    CancelToken *closing;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t ended;
    char tail[TAIL_MAX]; /* of standard error */
    size_t tail_len;
    int error; /* of the start */
    int exit_status;
    bool has_ended;
    bool is_closed;
};

/* The closed proxies whose programs still run. */
static pthread_mutex_t ending_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ending_changed = PTHREAD_COND_INITIALIZER;
static size_t ending_count;

static void ssh_proxy_free(SshProxy *proxy) {
    cancel_close(proxy->closing);
    pthread_cond_destroy(&proxy->ended);
    pthread_mutex_destroy(&proxy->lock);
    arena_close(proxy->arena);
}

static void close_far_end(SshProxy *proxy) {
    if (proxy->far_end >= 0)
        close(proxy->far_end);
    proxy->far_end = -1;
}

/* The program has a copy of its end. Its exit must close the connection, so loam keeps none. */
static void proxy_started(void *payload, pid_t pid, const int outputs[2]) {
    (void)pid, (void)outputs;
    close_far_end(payload);
}

static void proxy_keep_error(void *payload, Str piece, bool is_error) {
    SshProxy *proxy = payload;
    (void)is_error; /* standard output is the connection */
    if (piece.len > TAIL_MAX)
        piece = str_after(piece, piece.len - TAIL_MAX);
    LOCKED(&proxy->lock);
    size_t kept = proxy->tail_len;
    if (kept + piece.len > TAIL_MAX)
        kept = TAIL_MAX - piece.len;
    memmove(proxy->tail, proxy->tail + (proxy->tail_len - kept), kept);
    memcpy(proxy->tail + kept, piece.ptr, piece.len);
    proxy->tail_len = kept + piece.len;
}

static void ssh_proxy_run(void *payload) {
    SshProxy *proxy = payload;
    const char *const argv[] = {"/bin/sh", "-c", proxy->command, NULL};
    ProcessRequest request = {
        .argv = argv,
        .connection = proxy->far_end,
        .withheld = process_secrets,
        .ends_group = true,
        .cancel = proxy->closing,
        .grace_ms = GRACE_MS,
        .output = proxy_keep_error,
        .started = proxy_started,
        .payload = proxy,
    };
    ProcessResult result = {0};
    SCOPED(ArenaRef) arena = arena_open("ssh proxy run");
    int error = process_real.run(process_real.self, &request, &result, arena);
    close_far_end(proxy);
    pthread_mutex_lock(&proxy->lock);
    proxy->error = error;
    proxy->exit_status = result.exit_status;
    proxy->has_ended = true;
    bool is_closed = proxy->is_closed;
    pthread_cond_broadcast(&proxy->ended);
    pthread_mutex_unlock(&proxy->lock);
    if (!is_closed)
        return;
    ssh_proxy_free(proxy);
    LOCKED(&ending_lock);
    ending_count--;
    pthread_cond_broadcast(&ending_changed);
}

SshProxy *ssh_proxy_open(Str command, int *fd, SshProblem *problem, Arena *arena) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        problem->text = str_clone(str_from_cstr(strerror(errno)), arena);
        return NULL;
    }
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    Arena *own = arena_open("ssh proxy");
    SshProxy *proxy = arena_new(own, SshProxy);
    *proxy = (SshProxy){
        .arena = own,
        .command = str_to_cstr(str_concat(STR("exec "), command, own), own),
        .far_end = ends[1],
        .closing = cancel_open(),
    };
    CHECK(pthread_mutex_init(&proxy->lock, NULL) == 0);
    CHECK(pthread_cond_init(&proxy->ended, NULL) == 0);
    Thread *thread = thread_start(THREAD_SSH_PROXY, ssh_proxy_run, proxy);
    if (thread) {
        thread_abandon(thread);
        *fd = ends[0];
        return proxy;
    }
    problem->text = STR("this computer has no more threads");
    close(ends[0]);
    close_far_end(proxy);
    ssh_proxy_free(proxy);
    return NULL;
}

SshStatus ssh_proxy_explain(SshProxy *proxy, SshProblem *problem, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    LOCKED(&proxy->lock);
    if (!proxy->has_ended)
        thread_wait(&proxy->ended, &proxy->lock, END_MS);
    if (proxy->error) {
        problem->text = str_format(arena, "the proxy command cannot be started: %s",
                                   process_error(proxy->error));
        return SSH_PROXY_REFUSED;
    }
    if (proxy->has_ended)
        strbuf_add_format(&text, "the proxy command ended with status %d", proxy->exit_status);
    else
        strbuf_add_cstr(&text, "the proxy command still runs");
    if (!proxy->has_ended && problem->text.len > 0)
        strbuf_add_format(&text, " (%.*s)", STR_ARG(problem->text));
    Str tail = str_trim(utf8_one_line((Str){proxy->tail, proxy->tail_len}, arena));
    if (tail.len > 0)
        strbuf_add_format(&text, "; the end of its error output: %.*s", STR_ARG(tail));
    problem->text = strbuf_str(&text);
    bool is_started = !proxy->has_ended ||
                      (proxy->exit_status != NOT_RUNNABLE && proxy->exit_status != NOT_FOUND);
    return is_started ? SSH_PROXY_FAILED : SSH_PROXY_REFUSED;
}

void ssh_proxy_close(SshProxy *proxy) {
    if (!proxy)
        return;
    pthread_mutex_lock(&ending_lock);
    ending_count++;
    pthread_mutex_unlock(&ending_lock);
    /* The thread may free the proxy as soon as the lock is open, so the token is raised before. */
    pthread_mutex_lock(&proxy->lock);
    bool has_ended = proxy->has_ended;
    proxy->is_closed = true;
    cancel_raise(proxy->closing, CANCEL_STOP);
    pthread_mutex_unlock(&proxy->lock);
    if (!has_ended)
        return;
    ssh_proxy_free(proxy);
    LOCKED(&ending_lock);
    ending_count--;
    pthread_cond_broadcast(&ending_changed);
}

void ssh_proxy_settle(void) {
    LOCKED(&ending_lock);
    while (ending_count > 0)
        pthread_cond_wait(&ending_changed, &ending_lock);
}
