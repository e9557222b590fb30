/* Connects with waits of at most TICK_MS. getaddrinfo has no deadline, so it runs in a thread of
 * its own, which is abandoned at the deadline. */
#include "ssh_socket.h"

#include "log.h"
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK_MS 50 /* maximum delay in noticing a signal or the deadline */

SshDeadline ssh_socket_deadline(SshTimeout timeout) {
    return (SshDeadline){
        .end_ms = timeout.timeout_ms > 0 ? log_monotonic_ms() + timeout.timeout_ms : INT64_MAX,
        .cancel = timeout.cancel,
        .cancel_at = timeout.cancel_at == CANCEL_NONE ? CANCEL_STOP : timeout.cancel_at,
        .touch = timeout.touch,
        .touch_self = timeout.touch_self,
    };
}

SshStatus ssh_socket_check(const SshDeadline *deadline) {
    if (cancel_level(deadline->cancel) >= deadline->cancel_at)
        return SSH_CANCELLED;
    return log_monotonic_ms() >= deadline->end_ms ? SSH_TIMED_OUT : SSH_DONE;
}

bool ssh_socket_wait(int fd, short events) {
    struct pollfd wanted = {.fd = fd, .events = events};
    /* sshd keeps Nagle's algorithm for commands, so each delayed acknowledgement would cost 40 ms.
     * The kernel resets this option, so it is set before each wait. */
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    return poll(&wanted, 1, TICK_MS) > 0;
}

/* Waits up to TICK_MS. Returns 0 if the connection is established, -1 if it is still in progress,
 * else an errno. */
static int finish_connect(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    if (!ssh_socket_wait(fd, POLLOUT))
        return -1;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return errno;
    return error;
}

/* These options work while a command prints nothing, too. */
void ssh_socket_set_options(int fd) {
    static const struct {
        int level, name, value;
    } options[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},   {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 15}, {IPPROTO_TCP, TCP_KEEPINTVL, 5},
        {IPPROTO_TCP, TCP_KEEPCNT, 6},   {IPPROTO_TCP, TCP_USER_TIMEOUT, 45000},
    };
    for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
        (void)setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                         sizeof options[i].value);
    }
}

static SshStatus connect_address(const struct addrinfo *address, const SshDeadline *deadline,
                                 int *out, SshProblem *problem) {
    int kind = address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK;
    int fd = socket(address->ai_family, kind, address->ai_protocol);
    int error = fd < 0 ? errno : 0;
    if (error == 0 && connect(fd, address->ai_addr, address->ai_addrlen) != 0)
        error = errno;
    if (error == EINPROGRESS)
        error = -1;
    SshStatus waiting = SSH_DONE;
    while (error == -1 && waiting == SSH_DONE) {
        error = finish_connect(fd);
        waiting = ssh_socket_check(deadline);
    }
    if (error == 0) {
        ssh_socket_set_options(fd);
        *out = fd;
        return SSH_DONE;
    }
    if (fd >= 0)
        close(fd);
    if (waiting == SSH_CANCELLED)
        return waiting;
    problem->text = str_from_cstr(error == -1 ? "no response" : strerror(error));
    return error == ECONNREFUSED || error == ECONNRESET ? SSH_REFUSED : SSH_NO_RESPONSE;
}

typedef struct Lookup {
    Arena *arena; /* holds the lookup itself */
    const char *host;
    const char *service;
    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t ended; /* signalled when is_done becomes true */
    struct addrinfo *found;
    int result; /* of getaddrinfo */
    int error;  /* its errno */
    bool is_done;
    bool is_abandoned; /* the thread frees the lookup */
} Lookup;

static int find_addresses(const char *host, const char *service, int flags, struct addrinfo **out) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags};
    return getaddrinfo(host, service, &hints, out);
}

static void lookup_close(Lookup *lookup) {
    if (lookup->found)
        freeaddrinfo(lookup->found);
    pthread_cond_destroy(&lookup->ended);
    pthread_mutex_destroy(&lookup->lock);
    arena_close(lookup->arena);
}

static void lookup_run(void *payload) {
    Lookup *lookup = payload;
    struct addrinfo *found = NULL;
    int result = find_addresses(lookup->host, lookup->service, 0, &found);
    int error = errno;
    pthread_mutex_lock(&lookup->lock);
    lookup->found = result == 0 ? found : NULL;
    lookup->result = result;
    lookup->error = error;
    lookup->is_done = true;
    bool is_abandoned = lookup->is_abandoned;
    pthread_cond_signal(&lookup->ended);
    pthread_mutex_unlock(&lookup->lock);
    if (is_abandoned)
        lookup_close(lookup);
}

/* Returns NULL if the system has no more threads. */
static Lookup *lookup_start(const char *host, const char *service) {
    Arena *arena = arena_open("ssh lookup");
    Lookup *lookup = arena_new(arena, Lookup);
    lookup->arena = arena;
    lookup->host = str_to_cstr(str_from_cstr(host), arena);
    lookup->service = str_to_cstr(str_from_cstr(service), arena);
    CHECK(pthread_mutex_init(&lookup->lock, NULL) == 0);
    CHECK(pthread_cond_init(&lookup->ended, NULL) == 0);
    Thread *thread = thread_start(THREAD_ATTEMPT, lookup_run, lookup);
    if (!thread) {
        lookup_close(lookup);
        return NULL;
    }
    thread_abandon(thread);
    return lookup;
}

/* Returns SSH_DONE if the lookup has ended. Otherwise its thread owns it. */
static SshStatus lookup_wait(Lookup *lookup, const SshDeadline *deadline) {
    SshStatus status = SSH_DONE;
    LOCKED(&lookup->lock);
    while (!lookup->is_done && status == SSH_DONE) {
        thread_wait(&lookup->ended, &lookup->lock, TICK_MS);
        status = ssh_socket_check(deadline);
    }
    if (lookup->is_done)
        status = SSH_DONE;
    lookup->is_abandoned = !lookup->is_done;
    return status;
}

/* Sets *out to the addresses of the name; the caller frees them. */
static SshStatus socket_look_up(const char *host, const char *service, const SshDeadline *deadline,
                                struct addrinfo **out, SshProblem *problem) {
    if (find_addresses(host, service, AI_NUMERICHOST, out) == 0)
        return SSH_DONE;
    Lookup *lookup = lookup_start(host, service);
    if (!lookup) {
        problem->text = STR("this computer has no more threads");
        return SSH_NO_RESPONSE;
    }
    SshStatus status = lookup_wait(lookup, deadline);
    if (status == SSH_CANCELLED)
        return status;
    if (status != SSH_DONE) {
        problem->text = STR("the lookup of the name takes too long");
        return SSH_NO_RESPONSE;
    }
    if (lookup->result) {
        problem->text = str_from_cstr(lookup->result == EAI_SYSTEM ? strerror(lookup->error)
                                                                   : gai_strerror(lookup->result));
        status = SSH_UNKNOWN_NAME;
    }
    *out = lookup->found;
    lookup->found = NULL;
    lookup_close(lookup);
    return status;
}

SshStatus ssh_socket_connect(Str host, uint16_t port, const SshDeadline *deadline, int *out,
                             SshProblem *problem, Arena *arena) {
    struct addrinfo *found = NULL;
    const char *service = str_to_cstr(str_format(arena, "%u", port), arena);
    SshStatus status = socket_look_up(str_to_cstr(host, arena), service, deadline, &found, problem);
    if (status != SSH_DONE)
        return status;
    status = SSH_NO_RESPONSE;
    for (const struct addrinfo *at = found; at; at = at->ai_next) {
        status = connect_address(at, deadline, out, problem);
        if (status == SSH_DONE || ssh_socket_check(deadline) != SSH_DONE)
            break;
    }
    problem->text = str_clone(problem->text, arena);
    freeaddrinfo(found);
    return status;
}
