/* Implements the thread: poll, then one step of each stream.
 *
 * The lock guards the list of streams, and the fields of a stream that the worker and the callers
 * use. */
#include "ssh_worker.h"

#include "log.h"
#include "thread.h"
#include "vec.h"

#include <errno.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEEPALIVE_MS    15000
#define KEEPALIVES_MAX  3
#define CONNECT_TICK_MS 100 /* maximum delay in noticing a signal or the deadline */

typedef struct Listener {
    struct Listener *next;
    int fd;
    const char *host;
    uint16_t port;
} Listener;

struct SshWorker {
    Arena *arena; /* holds the worker itself; guarded by the lock */
    ssh_session session;
    ssh_event event;
    Thread *thread;
    int notify_fd;
    int64_t keepalive_ms;
    struct ssh_counter_struct socket_count, packet_count; /* updated by libssh */
    int64_t received_ms; /* monotonic time of the last data from the server */
    int keepalives;      /* sent since then */

    pthread_mutex_t lock; /* of the fields below and of the shared part of each stream */
    SshStream *streams;
    Listener *listeners;
    bool is_closing;
    bool is_broken;
    Str error; /* why the session is broken */
};

void ssh_worker_notify(SshWorker *worker) {
    uint64_t one = 1;
    ssize_t ignored = write(worker->notify_fd, &one, sizeof one);
    (void)ignored;
}

/* Removes the streams that the worker must free from the list. The caller holds the lock. */
static SshStream *detach_finished(SshWorker *worker) {
    SshStream *finished = NULL;
    for (SshStream **at = &worker->streams; *at;) {
        SshStream *stream = *at;
        if (!stream->is_abandoned ||
            (stream->kind == SSH_STREAM_FORWARD && stream->state != SSH_STREAM_ENDED)) {
            at = &stream->next;
            continue;
        }
        *at = stream->next;
        stream->next = finished;
        finished = stream;
    }
    return finished;
}

static void free_streams(SshStream *stream) {
    while (stream) {
        SshStream *next = stream->next;
        ssh_stream_free(stream);
        stream = next;
    }
}

static void mark_broken(SshWorker *worker, Str error) {
    LOCKED(&worker->lock);
    worker->is_broken = true;
    worker->error = str_clone(error, worker->arena);
    for (SshStream *stream = worker->streams; stream; stream = stream->next) {
        bool is_known = stream->exit_status >= 0 || stream->exit_signal.len > 0;
        if (stream->state != SSH_STREAM_ENDED) {
            bool is_over = stream->state == SSH_STREAM_RUNNING && is_known;
            stream->status = is_over ? SSH_DONE : SSH_LOST;
            stream->error = str_clone(error, stream->arena);
        }
        stream->state = SSH_STREAM_ENDED;
        if (stream->fd >= 0)
            (void)shutdown(stream->fd, SHUT_RDWR);
        pthread_cond_broadcast(&stream->changed);
    }
}

/* Runs one step of each stream; returns true if data was moved. Only this thread removes streams,
 * and new streams are added in front, so it may walk the list without the lock. */
static bool step_streams(SshWorker *worker) {
    pthread_mutex_lock(&worker->lock);
    SshStream *finished = detach_finished(worker);
    SshStream *first = worker->streams;
    pthread_mutex_unlock(&worker->lock);
    free_streams(finished);
    bool moved = false;
    for (SshStream *stream = first; stream; stream = stream->next)
        moved = ssh_stream_step(stream) || moved;
    return moved;
}

static void accept_connections(SshWorker *worker, const Listener *listener) {
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SshStream *stream = ssh_stream_new(worker->session, &worker->lock, SSH_STREAM_FORWARD);
    stream->fd = fd;
    stream->host = listener->host;
    stream->port = listener->port;
    stream->is_abandoned = true;
    LOCKED(&worker->lock);
    stream->next = worker->streams;
    worker->streams = stream;
}

typedef VEC(struct pollfd) PollFds;

/* Collects the descriptors to poll: session, notify_fd, listeners, then forwards. */
static void collect_fds(SshWorker *worker, PollFds *fds, Arena *arena) {
    vec_clear(fds);
    int flags = ssh_get_poll_flags(worker->session);
    short events = (short)(POLLIN | (flags & SSH_WRITE_PENDING ? POLLOUT : 0));
    vec_push(arena, fds, (struct pollfd){.fd = ssh_get_fd(worker->session), .events = events});
    vec_push(arena, fds, (struct pollfd){.fd = worker->notify_fd, .events = POLLIN});
    LOCKED(&worker->lock);
    for (Listener *listener = worker->listeners; listener; listener = listener->next)
        vec_push(arena, fds, (struct pollfd){.fd = listener->fd, .events = POLLIN});
    for (SshStream *stream = worker->streams; stream; stream = stream->next) {
        stream->revents = 0;
        short wanted = ssh_stream_events(stream);
        vec_push(arena, fds, (struct pollfd){.fd = wanted ? stream->fd : -1, .events = wanted});
    }
}

/* Streams and listeners that were added since collect_fds are in front of the lists, so the
 * entries are assigned by descriptor. */
static void assign_events(SshWorker *worker, const PollFds *fds) {
    const Listener *ready[16];
    size_t ready_count = 0;
    pthread_mutex_lock(&worker->lock);
    for (size_t i = 2; i < fds->count; i++) {
        const struct pollfd *entry = &fds->items[i];
        if (entry->revents == 0 || entry->fd < 0)
            continue;
        for (Listener *listener = worker->listeners; listener; listener = listener->next) {
            if (listener->fd == entry->fd && ready_count < ARRAY_COUNT(ready))
                ready[ready_count++] = listener;
        }
        for (SshStream *stream = worker->streams; stream; stream = stream->next) {
            if (stream->fd == entry->fd)
                stream->revents = entry->revents;
        }
    }
    pthread_mutex_unlock(&worker->lock);
    for (size_t i = 0; i < ready_count; i++)
        accept_connections(worker, ready[i]);
}

/* Sends a keepalive if it is due. Returns the milliseconds until the next one, or -1 if the server
 * did not respond to KEEPALIVES_MAX of them. */
static int keep_alive(SshWorker *worker) {
    int64_t due_ms = worker->received_ms + worker->keepalive_ms * (worker->keepalives + 1);
    int64_t left_ms = due_ms - log_monotonic_ms();
    if (left_ms > 0)
        return (int)left_ms;
    if (worker->keepalives >= KEEPALIVES_MAX)
        return -1;
    worker->keepalives++;
    /* The first call only collects the reply to the keepalive before, if there was one. */
    (void)ssh_send_keepalive(worker->session);
    (void)ssh_send_keepalive(worker->session);
    return (int)worker->keepalive_ms;
}

static void worker_wait_for_events(SshWorker *worker, PollFds *fds, int timeout_ms, Arena *arena) {
    collect_fds(worker, fds, arena);
    /* sshd keeps Nagle's algorithm for commands, so each delayed acknowledgement would cost 40 ms.
     * The kernel resets this option, so it is set before each wait. */
    int on = 1;
    (void)setsockopt(fds->items[0].fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    if (poll(fds->items, fds->count, timeout_ms) <= 0)
        return;
    if (fds->items[0].revents & (POLLIN | POLLHUP | POLLERR)) {
        worker->received_ms = log_monotonic_ms();
        worker->keepalives = 0;
    }
    if (fds->items[1].revents) {
        uint64_t count;
        ssize_t ignored = read(worker->notify_fd, &count, sizeof count);
        (void)ignored;
    }
    assign_events(worker, fds);
}

static bool is_closing(SshWorker *worker) {
    LOCKED(&worker->lock);
    return worker->is_closing;
}

static void worker_run(void *payload) {
    SshWorker *worker = payload;
    SCOPED(ArenaRef) arena = arena_open("ssh poll");
    PollFds fds = {0};
    worker->received_ms = log_monotonic_ms();
    while (!is_closing(worker)) {
        /* Each call of libssh may read packets for any stream. If it did, another step follows
         * without a wait, because poll would not report these packets. */
        uint64_t packets = worker->packet_count.in_packets;
        bool moved = step_streams(worker);
        int timeout_ms = keep_alive(worker);
        moved = moved || worker->packet_count.in_packets != packets;
        if (timeout_ms < 0) {
            mark_broken(worker, STR("the server does not answer keepalives"));
            return;
        }
        worker_wait_for_events(worker, &fds, moved ? 0 : timeout_ms, arena);
        if (ssh_event_dopoll(worker->event, 0) != SSH_ERROR &&
            ssh_stream_session_works(worker->session))
            continue;
        /* Moves the data that arrived before the end to the callers. */
        while (step_streams(worker))
            continue;
        SCOPED(ArenaRef) scratch = arena_open("ssh error");
        mark_broken(worker, ssh_stream_session_error(worker->session, scratch));
        return;
    }
}

SshWorker *ssh_worker_start(ssh_session session, int64_t keepalive_ms) {
    Arena *arena = arena_open("ssh worker");
    SshWorker *worker = arena_new(arena, SshWorker);
    *worker = (SshWorker){
        .arena = arena,
        .session = session,
        .event = ssh_event_new(),
        .notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
        .keepalive_ms = keepalive_ms > 0 ? keepalive_ms : KEEPALIVE_MS,
    };
    CHECK(pthread_mutex_init(&worker->lock, NULL) == 0);
    CHECK(worker->event && worker->notify_fd >= 0);
    ssh_set_counters(session, &worker->socket_count, &worker->packet_count);
    CHECK(ssh_event_add_session(worker->event, session) == SSH_OK);
    worker->thread = thread_start(THREAD_SSH_SESSION, worker_run, worker);
    if (worker->thread)
        return worker;
    ssh_set_counters(session, NULL, NULL);
    (void)ssh_event_remove_session(worker->event, session);
    ssh_event_free(worker->event);
    close(worker->notify_fd);
    pthread_mutex_destroy(&worker->lock);
    arena_close(arena);
    return NULL;
}

void ssh_worker_close(SshWorker *worker) {
    pthread_mutex_lock(&worker->lock);
    worker->is_closing = true;
    pthread_mutex_unlock(&worker->lock);
    ssh_worker_notify(worker);
    thread_join(worker->thread);
    free_streams(worker->streams);
    for (Listener *listener = worker->listeners; listener; listener = listener->next)
        close(listener->fd);
    (void)ssh_event_remove_session(worker->event, worker->session);
    ssh_event_free(worker->event);
    ssh_stream_session_close(worker->session, ssh_get_fd(worker->session));
    close(worker->notify_fd);
    pthread_mutex_destroy(&worker->lock);
    arena_close(worker->arena);
}

bool ssh_worker_is_alive(SshWorker *worker) {
    LOCKED(&worker->lock);
    return !worker->is_broken;
}

/* Adds a new stream to the list. */
static void worker_submit(SshWorker *worker, SshStream *stream) {
    pthread_mutex_lock(&worker->lock);
    if (worker->is_broken) {
        stream->state = SSH_STREAM_ENDED;
        stream->status = SSH_LOST;
        stream->error = str_clone(worker->error, stream->arena);
    }
    stream->next = worker->streams;
    worker->streams = stream;
    pthread_mutex_unlock(&worker->lock);
    ssh_worker_notify(worker);
}

SshStream *ssh_worker_exec(SshWorker *worker, Str command) {
    SshStream *stream = ssh_stream_new(worker->session, &worker->lock, SSH_STREAM_EXEC);
    stream->command = str_to_cstr(command, stream->arena);
    worker_submit(worker, stream);
    return stream;
}

void ssh_worker_abandon(SshWorker *worker, SshStream *stream) {
    pthread_mutex_lock(&worker->lock);
    stream->is_abandoned = true;
    pthread_mutex_unlock(&worker->lock);
    ssh_worker_notify(worker);
}

SshStatus ssh_worker_listen(SshWorker *worker, Str host, uint16_t port, uint16_t *out_port,
                            SshProblem *problem, Arena *arena) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        problem->text = str_clone(str_from_cstr(strerror(errno)), arena);
        if (fd >= 0)
            close(fd);
        return SSH_NO_RESPONSE;
    }
    pthread_mutex_lock(&worker->lock);
    Listener *listener = arena_new(worker->arena, Listener);
    *listener = (Listener){.next = worker->listeners,
                           .fd = fd,
                           .host = str_to_cstr(host, worker->arena),
                           .port = port};
    worker->listeners = listener;
    pthread_mutex_unlock(&worker->lock);
    ssh_worker_notify(worker);
    *out_port = ntohs(address.sin_port);
    return SSH_DONE;
}

SshStatus ssh_worker_connect(SshWorker *worker, const SshTarget *target,
                             const SshDeadline *deadline, int *out, SshProblem *problem,
                             Arena *arena) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        problem->text = str_clone(str_from_cstr(strerror(errno)), arena);
        return SSH_NO_RESPONSE;
    }
    SshStream *stream = ssh_stream_new(worker->session, &worker->lock, SSH_STREAM_FORWARD);
    stream->fd = ends[1];
    stream->host = str_to_cstr(target->host, stream->arena);
    stream->port = target->port;
    worker_submit(worker, stream);
    SshStatus status = SSH_DONE;
    pthread_mutex_lock(stream->lock);
    while (status == SSH_DONE && stream->state < SSH_STREAM_RUNNING) {
        thread_wait(&stream->changed, stream->lock, CONNECT_TICK_MS);
        status = ssh_socket_check(deadline);
    }
    if (stream->state == SSH_STREAM_ENDED && stream->status != SSH_DONE) {
        status = stream->status;
        problem->text = str_clone(stream->error, arena);
    }
    pthread_mutex_unlock(stream->lock);
    if (status == SSH_DONE)
        *out = ends[0];
    else
        close(ends[0]);
    if (status != SSH_DONE)
        ssh_stream_end(stream, status, STR_EMPTY);
    ssh_worker_abandon(worker, stream);
    return status;
}
