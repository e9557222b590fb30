/* Connects with waits of at most TICK_MS. The name lookup has no deadline. */
#include "ssh_socket.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK_MS 50 /* maximum delay in noticing a signal or the deadline */

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

SshDeadline ssh_socket_deadline(SshTimeout timeout) {
    return (SshDeadline){
        .end_ms = timeout.timeout_ms > 0 ? monotonic_ms() + timeout.timeout_ms : INT64_MAX,
        .cancel = timeout.cancel,
        .cancel_at = timeout.cancel_at == CANCEL_NONE ? CANCEL_STOP : timeout.cancel_at,
    };
}

SshStatus ssh_socket_check(const SshDeadline *deadline) {
    if (cancel_level(deadline->cancel) >= deadline->cancel_at)
        return SSH_CANCELLED;
    return monotonic_ms() >= deadline->end_ms ? SSH_TIMED_OUT : SSH_DONE;
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

static SshStatus status_of_errno(int error) {
    return error == ECONNREFUSED || error == ECONNRESET ? SSH_REFUSED : SSH_NO_RESPONSE;
}

/* Detects an unreachable machine within 45 seconds, also while a command prints nothing. */
static void set_options(int fd) {
    static const struct {
        int level, name, value;
    } options[] = {
        {IPPROTO_TCP, TCP_NODELAY,      1    },
        {SOL_SOCKET,  SO_KEEPALIVE,     1    },
        {IPPROTO_TCP, TCP_KEEPIDLE,     15   },
        {IPPROTO_TCP, TCP_KEEPINTVL,    5    },
        {IPPROTO_TCP, TCP_KEEPCNT,      6    },
        {IPPROTO_TCP, TCP_USER_TIMEOUT, 45000},
    };
    for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
        (void)setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                         sizeof options[i].value);
    }
}

static SshStatus connect_address(const struct addrinfo *address,
                                 const SshDeadline *deadline,
                                 int *out,
                                 SshProblem *problem) {
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
        set_options(fd);
        *out = fd;
        return SSH_DONE;
    }
    if (fd >= 0)
        close(fd);
    if (waiting == SSH_CANCELLED)
        return waiting;
    problem->text = str_from_cstr(error == -1 ? "no response" : strerror(error));
    return error == -1 ? SSH_NO_RESPONSE : status_of_errno(error);
}

SshStatus ssh_socket_connect(Str host,
                             uint16_t port,
                             const SshDeadline *deadline,
                             int *out,
                             SshProblem *problem,
                             Arena *arena) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const char *service = str_to_cstr(str_format(arena, "%u", port), arena);
    int error = getaddrinfo(str_to_cstr(host, arena), service, &hints, &found);
    if (error) {
        problem->text = str_from_cstr(gai_strerror(error));
        return SSH_UNKNOWN_NAME;
    }
    SshStatus status = SSH_NO_RESPONSE;
    for (const struct addrinfo *at = found; at; at = at->ai_next) {
        status = connect_address(at, deadline, out, problem);
        if (status == SSH_DONE || ssh_socket_check(deadline) != SSH_DONE)
            break;
    }
    problem->text = str_clone(problem->text, arena);
    freeaddrinfo(found);
    return status;
}
