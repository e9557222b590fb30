/* Implements channels over a session with libssh in non-blocking mode.
 *
 * The lock guards the list of channels and the fields of a channel that both sides use. The worker
 * never holds it while it calls libssh. */
#include "ssh_worker.h"

#include "log.h"
#include "thread.h"
#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define OUTPUT_LIMIT   ((size_t)16 << 20)
#define PIECE_SIZE     ((size_t)32768)
#define PIPE_SIZE      ((size_t)262144)
#define KEEPALIVE_MS   15000
#define KEEPALIVES_MAX 3
#define CALLER_TICK_MS 100 /* maximum delay in noticing a signal or the deadline */

/* Bytes between the worker and a caller. The buffer is allocated on first use. */
typedef struct Pipe {
    char *bytes;
    size_t start, len;
} Pipe;

typedef enum ChannelKind { CHANNEL_EXEC, CHANNEL_FORWARD } ChannelKind;

typedef enum ChannelState {
    CHANNEL_OPENING,
    CHANNEL_REQUESTING, /* the exec request was sent */
    CHANNEL_RUNNING,
    CHANNEL_ENDED, /* `status` tells how */
} ChannelState;

typedef struct Channel {
    struct Channel *next;
    Arena *arena; /* holds the channel itself */
    SshWorker *worker;
    ChannelKind kind;
    const char *command; /* exec */
    const char *host;    /* forward */
    uint16_t port;

    /* Only the worker uses these. */
    ssh_channel handle;
    struct ssh_channel_callbacks_struct callbacks;
    bool has_data[2];
    bool is_eof_sent;
    int fd;          /* forward: the local end; -1: closed */
    bool fd_is_read; /* forward: the local end sends no more */
    bool fd_is_shut; /* forward: the machine sends no more */
    short revents;
    Pipe to_fd;

    /* Guarded by the lock. */
    pthread_cond_t changed;
    ChannelState state;
    SshStatus status;
    bool was_requested; /* the command may have run */
    bool is_abandoned;  /* the caller is gone, so the worker frees the channel */
    bool input_ended;
    Pipe input;
    Pipe output[2];
    int exit_status; /* -1: unknown */
    Str exit_signal;
    Str error;
} Channel;

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
    int wake_fd;
    int64_t keepalive_ms;
    int64_t heard_ms; /* monotonic time of the last data from the server */
    int keepalives;   /* sent since then */

    pthread_mutex_t lock; /* of the fields below and of the shared part of each channel */
    Channel *channels;
    Listener *listeners;
    bool is_closing;
    bool is_dead;
    Str error; /* why it is dead */
};

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t pipe_room(const Pipe *pipe) {
    return PIPE_SIZE - pipe->len;
}

/* Adds at most pipe_room bytes. */
static void pipe_add(Pipe *pipe, const char *bytes, size_t size, Arena *arena) {
    if (!pipe->bytes)
        pipe->bytes = arena_alloc(arena, PIPE_SIZE);
    if (pipe->start + pipe->len + size > PIPE_SIZE) {
        memmove(pipe->bytes, pipe->bytes + pipe->start, pipe->len);
        pipe->start = 0;
    }
    memcpy(pipe->bytes + pipe->start + pipe->len, bytes, size);
    pipe->len += size;
}

static void pipe_drop(Pipe *pipe, size_t size) {
    pipe->start += size;
    pipe->len -= size;
    if (pipe->len == 0)
        pipe->start = 0;
}

static void worker_wake(SshWorker *worker) {
    uint64_t one = 1;
    ssize_t ignored = write(worker->wake_fd, &one, sizeof one);
    (void)ignored;
}

static Str session_error(SshWorker *worker, Arena *arena) {
    Str text = str_from_cstr(ssh_get_error(worker->session));
    return utf8_strip_controls(str_trim(text), arena);
}

static bool session_works(SshWorker *worker) {
    return ssh_is_connected(worker->session) &&
           (ssh_get_status(worker->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) == 0;
}

/* -- callbacks of libssh, in the worker ------------------------------------------------------- */

static int on_data(ssh_session session,
                   ssh_channel handle,
                   void *data,
                   uint32_t len,
                   int is_stderr,
                   void *userdata) {
    (void)session, (void)handle, (void)data, (void)len;
    ((Channel *)userdata)->has_data[is_stderr ? 1 : 0] = true;
    return 0; /* the data stays in the channel until the worker reads it */
}

static void on_exit_status(ssh_session session, ssh_channel handle, int status, void *userdata) {
    Channel *channel = userdata;
    (void)session, (void)handle;
    pthread_mutex_lock(&channel->worker->lock);
    channel->exit_status = status;
    pthread_mutex_unlock(&channel->worker->lock);
}

static void on_exit_signal(ssh_session session,
                           ssh_channel handle,
                           const char *signal,
                           int core,
                           const char *message,
                           const char *language,
                           void *userdata) {
    Channel *channel = userdata;
    (void)session, (void)handle, (void)core, (void)message, (void)language;
    pthread_mutex_lock(&channel->worker->lock);
    channel->exit_signal = utf8_strip_controls(str_from_cstr(signal), channel->arena);
    pthread_mutex_unlock(&channel->worker->lock);
}

/* -- channels, in the worker ------------------------------------------------------------------ */

static void channel_end(Channel *channel, SshStatus status, Str error) {
    SshWorker *worker = channel->worker;
    pthread_mutex_lock(&worker->lock);
    if (channel->state != CHANNEL_ENDED) {
        channel->state = CHANNEL_ENDED;
        channel->status = status;
        channel->error = str_clone(error, channel->arena);
    }
    pthread_cond_broadcast(&channel->changed);
    pthread_mutex_unlock(&worker->lock);
}

static void channel_set_state(Channel *channel, ChannelState state) {
    pthread_mutex_lock(&channel->worker->lock);
    channel->state = state;
    channel->was_requested |= state == CHANNEL_REQUESTING && channel->kind == CHANNEL_EXEC;
    pthread_cond_broadcast(&channel->changed);
    pthread_mutex_unlock(&channel->worker->lock);
}

static bool channel_prepare(Channel *channel) {
    if (channel->handle)
        return true;
    channel->handle = ssh_channel_new(channel->worker->session);
    if (!channel->handle)
        return false;
    channel->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = channel,
        .channel_data_function = on_data,
        .channel_exit_status_function = on_exit_status,
        .channel_exit_signal_function = on_exit_signal,
    };
    ssh_callbacks_init(&channel->callbacks);
    ssh_set_channel_callbacks(channel->handle, &channel->callbacks);
    return true;
}

/* libssh has the reason of a refused channel only in the text: "… error (1) …" is
 * SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, else the server did not reach the address. */
static SshStatus refusal_status(const Channel *channel, Str error) {
    if (channel->kind == CHANNEL_EXEC)
        return SSH_BUSY;
    if (str_find(error, STR("error (1)"), 0) != SIZE_MAX)
        return SSH_FORWARD_REFUSED;
    return str_find(error, STR("refused"), 0) != SIZE_MAX ? SSH_REFUSED : SSH_NO_ANSWER;
}

/* A server that refuses a channel or a request keeps the session. */
static void channel_refused(Channel *channel) {
    SshWorker *worker = channel->worker;
    SCOPED(ArenaRef) scratch = arena_open("ssh error");
    Str error = session_error(worker, scratch);
    if (!session_works(worker)) {
        channel_end(channel, SSH_LOST, error);
        return;
    }
    pthread_mutex_lock(&worker->lock);
    channel->was_requested = false;
    pthread_mutex_unlock(&worker->lock);
    channel_end(channel, refusal_status(channel, error), error);
}

static bool channel_open(Channel *channel) {
    if (!channel_prepare(channel)) {
        channel_refused(channel);
        return true;
    }
    int result = channel->kind == CHANNEL_EXEC
                     ? ssh_channel_open_session(channel->handle)
                     : ssh_channel_open_forward(channel->handle, channel->host, channel->port,
                                                "127.0.0.1", 0);
    if (result == SSH_AGAIN)
        return false;
    if (result != SSH_OK)
        channel_refused(channel);
    else
        channel_set_state(channel,
                          channel->kind == CHANNEL_EXEC ? CHANNEL_REQUESTING : CHANNEL_RUNNING);
    return true;
}

static bool channel_request(Channel *channel) {
    int result = ssh_channel_request_exec(channel->handle, channel->command);
    if (result == SSH_AGAIN)
        return false;
    if (result != SSH_OK)
        channel_refused(channel);
    else
        channel_set_state(channel, CHANNEL_RUNNING);
    return true;
}

/* Reads one piece of a stream for the caller. */
static bool exec_read(Channel *channel, int stream) {
    SshWorker *worker = channel->worker;
    char piece[PIECE_SIZE];
    Pipe *pipe = &channel->output[stream];
    if (!channel->has_data[stream])
        return false;
    pthread_mutex_lock(&worker->lock);
    size_t room = pipe_room(pipe);
    pthread_mutex_unlock(&worker->lock);
    if (room == 0)
        return false;
    uint32_t size = (uint32_t)(room < sizeof piece ? room : sizeof piece);
    int got = ssh_channel_read_nonblocking(channel->handle, piece, size, stream);
    if (got <= 0) {
        channel->has_data[stream] = false;
        return false;
    }
    pthread_mutex_lock(&worker->lock);
    pipe_add(pipe, piece, (size_t)got, channel->arena);
    pthread_cond_broadcast(&channel->changed);
    pthread_mutex_unlock(&worker->lock);
    return true;
}

/* Sends one piece of the caller's input. */
static bool exec_write(Channel *channel) {
    SshWorker *worker = channel->worker;
    char piece[PIECE_SIZE];
    if (channel->is_eof_sent || ssh_channel_is_closed(channel->handle))
        return false;
    size_t size = ssh_channel_window_size(channel->handle);
    if (size > sizeof piece)
        size = sizeof piece;
    pthread_mutex_lock(&worker->lock);
    Pipe *pipe = &channel->input;
    bool is_end = pipe->len == 0 && channel->input_ended;
    if (size > pipe->len)
        size = pipe->len;
    if (size > 0)
        memcpy(piece, pipe->bytes + pipe->start, size);
    pthread_mutex_unlock(&worker->lock);
    if (is_end) {
        channel->is_eof_sent = true;
        (void)ssh_channel_send_eof(channel->handle);
        return true;
    }
    int sent = size > 0 ? ssh_channel_write(channel->handle, piece, (uint32_t)size) : 0;
    if (sent <= 0)
        return false;
    pthread_mutex_lock(&worker->lock);
    pipe_drop(pipe, (size_t)sent);
    pthread_cond_broadcast(&channel->changed);
    pthread_mutex_unlock(&worker->lock);
    return true;
}

/* The exit status may arrive after the end of the output. */
static void exec_check_end(Channel *channel) {
    SshWorker *worker = channel->worker;
    if (channel->has_data[0] || channel->has_data[1])
        return;
    bool is_closed = ssh_channel_is_closed(channel->handle);
    pthread_mutex_lock(&worker->lock);
    bool is_known = channel->exit_status >= 0 || channel->exit_signal.len > 0;
    pthread_mutex_unlock(&worker->lock);
    if (!is_closed && !(is_known && ssh_channel_is_eof(channel->handle)))
        return;
    if (is_known || session_works(worker))
        channel_end(channel, SSH_DONE, STR_EMPTY);
}

static bool exec_step(Channel *channel) {
    bool moved = exec_read(channel, 0);
    moved = exec_read(channel, 1) || moved;
    moved = exec_write(channel) || moved;
    if (!moved)
        exec_check_end(channel);
    return moved;
}

static bool forward_to_fd(Channel *channel) {
    char piece[PIECE_SIZE];
    bool moved = false;
    if (channel->has_data[0] && pipe_room(&channel->to_fd) >= sizeof piece) {
        int got = ssh_channel_read_nonblocking(channel->handle, piece, sizeof piece, 0);
        channel->has_data[0] = got > 0;
        if (got > 0)
            pipe_add(&channel->to_fd, piece, (size_t)got, channel->arena);
        moved = got > 0;
    }
    if (channel->to_fd.len > 0) {
        Pipe *pipe = &channel->to_fd;
        ssize_t sent =
            send(channel->fd, pipe->bytes + pipe->start, pipe->len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            pipe_drop(pipe, (size_t)sent);
        else if (errno != EAGAIN && errno != EINTR)
            channel_end(channel, SSH_DONE, STR_EMPTY);
        moved = moved || sent > 0;
    }
    return moved;
}

static bool forward_from_fd(Channel *channel) {
    char piece[PIECE_SIZE];
    if (channel->fd_is_read || !(channel->revents & (POLLIN | POLLHUP | POLLERR)))
        return false;
    size_t size = ssh_channel_window_size(channel->handle);
    if (size == 0)
        return false;
    ssize_t got = recv(channel->fd, piece, size < sizeof piece ? size : sizeof piece, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        channel->revents = 0;
        return false;
    }
    if (got <= 0) {
        channel->fd_is_read = true;
        (void)ssh_channel_send_eof(channel->handle);
        return true;
    }
    if (ssh_channel_write(channel->handle, piece, (uint32_t)got) != (int)got)
        channel_end(channel, SSH_DONE, STR_EMPTY);
    return true;
}

static bool forward_step(Channel *channel) {
    bool moved = forward_to_fd(channel);
    moved = forward_from_fd(channel) || moved;
    bool is_drained = !channel->has_data[0] && channel->to_fd.len == 0;
    if (is_drained && !channel->fd_is_shut &&
        (ssh_channel_is_eof(channel->handle) || ssh_channel_is_closed(channel->handle))) {
        channel->fd_is_shut = true;
        (void)shutdown(channel->fd, SHUT_WR);
    }
    if (is_drained &&
        (ssh_channel_is_closed(channel->handle) || (channel->fd_is_shut && channel->fd_is_read)))
        channel_end(channel, SSH_DONE, STR_EMPTY);
    return moved;
}

/* Returns true if another step may follow at once. */
static bool channel_step(Channel *channel) {
    pthread_mutex_lock(&channel->worker->lock);
    ChannelState state = channel->state;
    pthread_mutex_unlock(&channel->worker->lock);
    switch (state) {
    case CHANNEL_OPENING: return channel_open(channel);
    case CHANNEL_REQUESTING: return channel_request(channel);
    case CHANNEL_RUNNING:
        return channel->kind == CHANNEL_EXEC ? exec_step(channel) : forward_step(channel);
    case CHANNEL_ENDED: break;
    }
    return false;
}

static Channel *new_channel(SshWorker *worker, ChannelKind kind) {
    Arena *arena = arena_open("ssh channel");
    Channel *channel = arena_new(arena, Channel);
    channel->arena = arena;
    channel->worker = worker;
    channel->kind = kind;
    channel->fd = -1;
    channel->exit_status = -1;
    CHECK(pthread_cond_init(&channel->changed, NULL) == 0);
    return channel;
}

static void free_channel(Channel *channel) {
    if (channel->handle) {
        ssh_remove_channel_callbacks(channel->handle, &channel->callbacks);
        if (channel->kind == CHANNEL_EXEC && channel->state == CHANNEL_RUNNING)
            (void)ssh_channel_request_send_signal(channel->handle, "TERM");
        ssh_channel_free(channel->handle);
    }
    if (channel->fd >= 0)
        close(channel->fd);
    pthread_cond_destroy(&channel->changed);
    arena_close(channel->arena);
}

/* -- the thread ------------------------------------------------------------------------------- */

/* Detaches the channels that no caller needs. */
static Channel *take_finished(SshWorker *worker) {
    Channel *finished = NULL;
    for (Channel **at = &worker->channels; *at;) {
        Channel *channel = *at;
        if (!channel->is_abandoned ||
            (channel->kind == CHANNEL_FORWARD && channel->state != CHANNEL_ENDED)) {
            at = &channel->next;
            continue;
        }
        *at = channel->next;
        channel->next = finished;
        finished = channel;
    }
    return finished;
}

static void free_channels(Channel *channel) {
    while (channel) {
        Channel *next = channel->next;
        free_channel(channel);
        channel = next;
    }
}

static void declare_dead(SshWorker *worker, Str error) {
    pthread_mutex_lock(&worker->lock);
    worker->is_dead = true;
    worker->error = str_clone(error, worker->arena);
    for (Channel *channel = worker->channels; channel; channel = channel->next) {
        bool is_known = channel->exit_status >= 0 || channel->exit_signal.len > 0;
        if (channel->state != CHANNEL_ENDED) {
            bool is_over = channel->state == CHANNEL_RUNNING && is_known;
            channel->status = is_over ? SSH_DONE : SSH_LOST;
            channel->error = str_clone(error, channel->arena);
        }
        channel->state = CHANNEL_ENDED;
        if (channel->fd >= 0)
            (void)shutdown(channel->fd, SHUT_RDWR);
        pthread_cond_broadcast(&channel->changed);
    }
    pthread_mutex_unlock(&worker->lock);
}

/* Runs one step of each channel. Only this thread removes channels, so it may walk the list without
 * the lock; a new channel is put in front. */
static bool step_channels(SshWorker *worker) {
    pthread_mutex_lock(&worker->lock);
    Channel *finished = take_finished(worker);
    Channel *first = worker->channels;
    pthread_mutex_unlock(&worker->lock);
    free_channels(finished);
    bool moved = false;
    for (Channel *channel = first; channel; channel = channel->next)
        moved = channel_step(channel) || moved;
    return moved;
}

static void accept_connections(SshWorker *worker, const Listener *listener) {
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Channel *channel = new_channel(worker, CHANNEL_FORWARD);
    channel->fd = fd;
    channel->host = listener->host;
    channel->port = listener->port;
    channel->is_abandoned = true;
    pthread_mutex_lock(&worker->lock);
    channel->next = worker->channels;
    worker->channels = channel;
    pthread_mutex_unlock(&worker->lock);
}

typedef VEC(struct pollfd) PollFds;

static short forward_events(const Channel *channel) {
    short events = 0;
    if (channel->kind != CHANNEL_FORWARD || channel->fd < 0 || channel->state != CHANNEL_RUNNING)
        return 0;
    if (!channel->fd_is_read && ssh_channel_window_size(channel->handle) > 0)
        events = POLLIN;
    if (channel->to_fd.len > 0)
        events = (short)(events | POLLOUT);
    return events;
}

/* Collects what to wait for: the session, the wake descriptor, listeners, then forwards. */
static void collect_fds(SshWorker *worker, PollFds *fds, Arena *arena) {
    vec_clear(fds);
    int flags = ssh_get_poll_flags(worker->session);
    short events = (short)(POLLIN | (flags & SSH_WRITE_PENDING ? POLLOUT : 0));
    vec_push(arena, fds, (struct pollfd){.fd = ssh_get_fd(worker->session), .events = events});
    vec_push(arena, fds, (struct pollfd){.fd = worker->wake_fd, .events = POLLIN});
    pthread_mutex_lock(&worker->lock);
    for (Listener *listener = worker->listeners; listener; listener = listener->next)
        vec_push(arena, fds, (struct pollfd){.fd = listener->fd, .events = POLLIN});
    for (Channel *channel = worker->channels; channel; channel = channel->next) {
        channel->revents = 0;
        short wanted = forward_events(channel);
        vec_push(arena, fds, (struct pollfd){.fd = wanted ? channel->fd : -1, .events = wanted});
    }
    pthread_mutex_unlock(&worker->lock);
}

/* Channels and listeners that were added since collect_fds are in front of the lists, so the
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
        for (Channel *channel = worker->channels; channel; channel = channel->next) {
            if (channel->fd == entry->fd)
                channel->revents = entry->revents;
        }
    }
    pthread_mutex_unlock(&worker->lock);
    for (size_t i = 0; i < ready_count; i++)
        accept_connections(worker, ready[i]);
}

/* Sends a keepalive if the server was silent. Returns the time until the next one, or -1 if the
 * peer is dead. */
static int keep_alive(SshWorker *worker) {
    int64_t due_ms = worker->heard_ms + worker->keepalive_ms * (worker->keepalives + 1);
    int64_t left_ms = due_ms - monotonic_ms();
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

static void wait_for_events(SshWorker *worker, PollFds *fds, int timeout_ms, Arena *arena) {
    collect_fds(worker, fds, arena);
    /* sshd keeps Nagle's algorithm for commands, so each delayed acknowledgement would cost 40 ms.
     * The kernel resets this option, so it is set before each wait. */
    int on = 1;
    (void)setsockopt(fds->items[0].fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    if (poll(fds->items, fds->count, timeout_ms) <= 0)
        return;
    if (fds->items[0].revents & (POLLIN | POLLHUP | POLLERR)) {
        worker->heard_ms = monotonic_ms();
        worker->keepalives = 0;
    }
    if (fds->items[1].revents) {
        uint64_t count;
        ssize_t ignored = read(worker->wake_fd, &count, sizeof count);
        (void)ignored;
    }
    assign_events(worker, fds);
}

static bool is_closing(SshWorker *worker) {
    pthread_mutex_lock(&worker->lock);
    bool closing = worker->is_closing;
    pthread_mutex_unlock(&worker->lock);
    return closing;
}

static void worker_run(void *payload) {
    SshWorker *worker = payload;
    SCOPED(ArenaRef) arena = arena_open("ssh poll");
    PollFds fds = {0};
    worker->heard_ms = monotonic_ms();
    while (!is_closing(worker)) {
        bool moved = step_channels(worker);
        int timeout_ms = keep_alive(worker);
        if (timeout_ms < 0) {
            declare_dead(worker, STR("the server does not answer keepalives"));
            return;
        }
        wait_for_events(worker, &fds, moved ? 0 : timeout_ms, arena);
        if (ssh_event_dopoll(worker->event, 0) != SSH_ERROR && session_works(worker))
            continue;
        /* Hands over what arrived before the end. */
        while (step_channels(worker))
            continue;
        SCOPED(ArenaRef) scratch = arena_open("ssh error");
        declare_dead(worker, session_error(worker, scratch));
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
        .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
        .keepalive_ms = keepalive_ms > 0 ? keepalive_ms : KEEPALIVE_MS,
    };
    CHECK(pthread_mutex_init(&worker->lock, NULL) == 0);
    CHECK(worker->event && worker->wake_fd >= 0);
    CHECK(ssh_event_add_session(worker->event, session) == SSH_OK);
    worker->thread = thread_start(THREAD_SSH_SESSION, worker_run, worker);
    if (worker->thread)
        return worker;
    (void)ssh_event_remove_session(worker->event, session);
    ssh_event_free(worker->event);
    close(worker->wake_fd);
    pthread_mutex_destroy(&worker->lock);
    arena_close(arena);
    return NULL;
}

void ssh_worker_close(SshWorker *worker) {
    pthread_mutex_lock(&worker->lock);
    worker->is_closing = true;
    pthread_mutex_unlock(&worker->lock);
    worker_wake(worker);
    thread_join(worker->thread);
    free_channels(worker->channels);
    for (Listener *listener = worker->listeners; listener; listener = listener->next)
        close(listener->fd);
    (void)ssh_event_remove_session(worker->event, worker->session);
    ssh_event_free(worker->event);
    if (ssh_is_connected(worker->session))
        ssh_disconnect(worker->session);
    ssh_free(worker->session);
    close(worker->wake_fd);
    pthread_mutex_destroy(&worker->lock);
    arena_close(worker->arena);
}

bool ssh_worker_is_alive(SshWorker *worker) {
    pthread_mutex_lock(&worker->lock);
    bool is_alive = !worker->is_dead;
    pthread_mutex_unlock(&worker->lock);
    return is_alive;
}

/* -- callers ---------------------------------------------------------------------------------- */

/* Gives the channel to the worker. */
static void channel_submit(Channel *channel) {
    SshWorker *worker = channel->worker;
    pthread_mutex_lock(&worker->lock);
    if (worker->is_dead) {
        channel->state = CHANNEL_ENDED;
        channel->status = SSH_LOST;
        channel->error = str_clone(worker->error, channel->arena);
    }
    channel->next = worker->channels;
    worker->channels = channel;
    pthread_mutex_unlock(&worker->lock);
    worker_wake(worker);
}

/* Leaves the channel to the worker, which frees it. */
static void channel_abandon(Channel *channel) {
    SshWorker *worker = channel->worker;
    pthread_mutex_lock(&worker->lock);
    channel->is_abandoned = true;
    pthread_mutex_unlock(&worker->lock);
    worker_wake(worker);
}

typedef struct Exchange {
    Channel *channel;
    const SshCommand *command;
    StrBuf streams[2];
    size_t limit;
    bool truncated;
    Str input; /* still to be handed over */
    bool is_fed;
    char *piece;
    int64_t ticked_ms;
} Exchange;

static void keep_output(Exchange *exchange, int stream, Str piece) {
    if (exchange->command->output) {
        exchange->command->output(exchange->command->payload, piece, stream == 1);
        return;
    }
    size_t room = exchange->limit - exchange->streams[stream].len;
    exchange->truncated |= piece.len > room;
    strbuf_add(&exchange->streams[stream], str_slice(piece, 0, room));
}

/* Takes the output that has arrived; returns true if there was some. */
static bool exchange_output(Exchange *exchange) {
    Channel *channel = exchange->channel;
    bool moved = false;
    for (int stream = 0; stream < 2; stream++) {
        pthread_mutex_lock(&channel->worker->lock);
        Pipe *pipe = &channel->output[stream];
        size_t size = pipe->len;
        bool was_full = pipe_room(pipe) < PIECE_SIZE;
        if (size > 0) {
            memcpy(exchange->piece, pipe->bytes + pipe->start, size);
            pipe_drop(pipe, size);
        }
        pthread_mutex_unlock(&channel->worker->lock);
        if (size == 0)
            continue;
        if (was_full)
            worker_wake(channel->worker);
        keep_output(exchange, stream, (Str){exchange->piece, size});
        moved = true;
    }
    return moved;
}

/* Hands over a piece of input; returns true if there was some. */
static bool exchange_input(Exchange *exchange) {
    Channel *channel = exchange->channel;
    const SshCommand *command = exchange->command;
    if (exchange->is_fed)
        return false;
    pthread_mutex_lock(&channel->worker->lock);
    size_t room = pipe_room(&channel->input);
    /* A command that is not started may be tried again, so its input is not consumed. */
    bool is_early = command->feed && channel->state != CHANNEL_RUNNING;
    pthread_mutex_unlock(&channel->worker->lock);
    if (room < PIECE_SIZE || is_early)
        return false;
    Str piece = str_slice(exchange->input, 0, room);
    exchange->input = str_after(exchange->input, piece.len);
    bool is_end = exchange->input.len == 0 && !command->feed;
    if (piece.len == 0 && command->feed) {
        int64_t fed = command->feed(command->payload, exchange->piece, room);
        is_end = fed < 0;
        piece = (Str){exchange->piece, fed > 0 ? (size_t)fed : 0};
    }
    if (piece.len == 0 && !is_end)
        return false;
    pthread_mutex_lock(&channel->worker->lock);
    if (piece.len > 0)
        pipe_add(&channel->input, piece.ptr, piece.len, channel->arena);
    channel->input_ended = exchange->is_fed = is_end;
    pthread_mutex_unlock(&channel->worker->lock);
    worker_wake(channel->worker);
    return true;
}

static void exchange_tick(Exchange *exchange) {
    int64_t now = monotonic_ms();
    if (!exchange->command->tick || now - exchange->ticked_ms < CALLER_TICK_MS)
        return;
    exchange->ticked_ms = now;
    exchange->command->tick(exchange->command->payload);
}

/* Returns true when the channel has ended and all its output was taken. */
static bool exchange_wait(Exchange *exchange) {
    Channel *channel = exchange->channel;
    pthread_mutex_lock(&channel->worker->lock);
    bool has_output = channel->output[0].len > 0 || channel->output[1].len > 0;
    bool has_ended = channel->state == CHANNEL_ENDED;
    bool wants_input = !exchange->is_fed && exchange->input.len > 0 && !exchange->command->feed &&
                       pipe_room(&channel->input) >= PIECE_SIZE;
    if (!has_output && !has_ended && !wants_input)
        thread_wait(&channel->changed, &channel->worker->lock, CALLER_TICK_MS);
    pthread_mutex_unlock(&channel->worker->lock);
    exchange_tick(exchange);
    return has_ended && !has_output;
}

static SshStatus exchange_run(Exchange *exchange, const SshDeadline *deadline) {
    for (;;) {
        SshStatus status = ssh_socket_check(deadline);
        if (status != SSH_DONE)
            return status;
        bool moved = exchange_output(exchange);
        moved = exchange_input(exchange) || moved;
        if (!moved && exchange_wait(exchange))
            return exchange->channel->status;
    }
}

/* The status that a shell reports for a command that a signal ended. */
static int signal_status(Str name) {
    static const struct {
        const char *name;
        int number;
    } signals[] = {
        {"HUP",  1 },
        {"INT",  2 },
        {"QUIT", 3 },
        {"ILL",  4 },
        {"ABRT", 6 },
        {"FPE",  8 },
        {"KILL", 9 },
        {"USR1", 10},
        {"SEGV", 11},
        {"USR2", 12},
        {"PIPE", 13},
        {"ALRM", 14},
        {"TERM", 15},
    };
    for (size_t i = 0; i < ARRAY_COUNT(signals); i++) {
        if (str_equal_cstr(name, signals[i].name))
            return 128 + signals[i].number;
    }
    return 255;
}

SshStatus ssh_worker_exec(SshWorker *worker,
                          const SshCommand *command,
                          SshResult *out,
                          SshProblem *problem,
                          Arena *arena) {
    SshDeadline deadline = ssh_socket_deadline(command->timeout);
    Channel *channel = new_channel(worker, CHANNEL_EXEC);
    channel->command = str_to_cstr(command->command, channel->arena);
    Exchange exchange = {
        .channel = channel,
        .command = command,
        .streams = {strbuf_new(arena), strbuf_new(arena)},
        .limit = command->output_limit ? command->output_limit : OUTPUT_LIMIT,
        .input = command->input,
        .piece = arena_alloc(channel->arena, PIPE_SIZE),
        .ticked_ms = monotonic_ms(),
    };
    channel_submit(channel);
    SshStatus status = exchange_run(&exchange, &deadline);
    pthread_mutex_lock(&worker->lock);
    *out = (SshResult){
        .exit_status = channel->exit_status < 0 ? 255 : channel->exit_status,
        .signal = str_clone(channel->exit_signal, arena),
        .out = strbuf_str(&exchange.streams[0]),
        .err = strbuf_str(&exchange.streams[1]),
        .truncated = exchange.truncated,
    };
    if (status != SSH_DONE)
        *problem = (SshProblem){.text = str_clone(channel->error, arena),
                                .may_have_run = channel->was_requested};
    pthread_mutex_unlock(&worker->lock);
    if (out->signal.len > 0)
        out->exit_status = signal_status(out->signal);
    channel_abandon(channel);
    return status;
}

SshStatus ssh_worker_forward(SshWorker *worker,
                             Str host,
                             uint16_t port,
                             const SshDeadline *deadline,
                             int *out,
                             SshProblem *problem,
                             Arena *arena) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        problem->text = str_clone(str_from_cstr(strerror(errno)), arena);
        return SSH_NO_ANSWER;
    }
    Channel *channel = new_channel(worker, CHANNEL_FORWARD);
    channel->fd = ends[1];
    channel->host = str_to_cstr(host, channel->arena);
    channel->port = port;
    channel_submit(channel);
    SshStatus status = SSH_DONE;
    pthread_mutex_lock(&worker->lock);
    while (status == SSH_DONE && channel->state < CHANNEL_RUNNING) {
        thread_wait(&channel->changed, &worker->lock, CALLER_TICK_MS);
        status = ssh_socket_check(deadline);
    }
    if (channel->state == CHANNEL_ENDED && channel->status != SSH_DONE) {
        status = channel->status;
        problem->text = str_clone(channel->error, arena);
    }
    pthread_mutex_unlock(&worker->lock);
    if (status == SSH_DONE)
        *out = ends[0];
    else
        close(ends[0]);
    if (status != SSH_DONE)
        channel_end(channel, status, STR_EMPTY);
    channel_abandon(channel);
    return status;
}

SshStatus ssh_worker_listen(SshWorker *worker,
                            Str host,
                            uint16_t port,
                            uint16_t *out_port,
                            SshProblem *problem,
                            Arena *arena) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        problem->text = str_clone(str_from_cstr(strerror(errno)), arena);
        if (fd >= 0)
            close(fd);
        return SSH_NO_ANSWER;
    }
    pthread_mutex_lock(&worker->lock);
    Listener *listener = arena_new(worker->arena, Listener);
    *listener = (Listener){.next = worker->listeners,
                           .fd = fd,
                           .host = str_to_cstr(host, worker->arena),
                           .port = port};
    worker->listeners = listener;
    pthread_mutex_unlock(&worker->lock);
    worker_wake(worker);
    *out_port = ntohs(address.sin_port);
    return SSH_DONE;
}
