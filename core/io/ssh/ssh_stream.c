/* Opens channels, runs commands and forwards connections with libssh in non-blocking mode. */
#include "ssh_stream.h"

#include "thread.h"
#include "utf8.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* libssh closes a descriptor that it was given only if the connection breaks, which may happen
 * here. Another thread may use the number by then, so the socket is compared. */
void ssh_stream_session_close(ssh_session session, int fd) {
    struct stat before = {0}, after;
    bool is_open = fd >= 0 && fstat(fd, &before) == 0;
    if (ssh_is_connected(session))
        ssh_disconnect(session);
    ssh_free(session);
    if (is_open && fstat(fd, &after) == 0 && after.st_dev == before.st_dev &&
        after.st_ino == before.st_ino)
        close(fd);
}

Str ssh_stream_session_error(ssh_session session, Arena *arena) {
    Str text = str_from_cstr(ssh_get_error(session));
    return utf8_one_line(text, arena);
}

bool ssh_stream_session_works(ssh_session session) {
    return ssh_is_connected(session) &&
           (ssh_get_status(session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) == 0;
}

/* -- callbacks of libssh ------------------------------------------------------- */

static int stream_on_data(ssh_session session, ssh_channel handle, void *data, uint32_t len,
                          int is_stderr, void *userdata) {
    (void)session, (void)handle, (void)data, (void)len;
    ((SshStream *)userdata)->has_data[is_stderr ? 1 : 0] = true;
    return 0; /* consumed nothing: libssh keeps the data until the worker reads it */
}

static void on_exit_status(ssh_session session, ssh_channel handle, int status, void *userdata) {
    SshStream *stream = userdata;
    (void)session, (void)handle;
    LOCKED(stream->lock);
    stream->exit_status = status;
}

static void on_exit_signal(ssh_session session, ssh_channel handle, const char *signal, int core,
                           const char *message, const char *language, void *userdata) {
    SshStream *stream = userdata;
    (void)session, (void)handle, (void)core, (void)message, (void)language;
    LOCKED(stream->lock);
    stream->exit_signal = utf8_one_line(str_from_cstr(signal), stream->arena);
}

/* -- steps ------------------------------------------------------------------ */

void ssh_stream_end(SshStream *stream, SshStatus status, Str error) {
    LOCKED(stream->lock);
    if (stream->state != SSH_STREAM_ENDED) {
        stream->state = SSH_STREAM_ENDED;
        stream->status = status;
        stream->error = str_clone(error, stream->arena);
    }
    pthread_cond_broadcast(&stream->changed);
}

static void stream_set_state(SshStream *stream, SshStreamState state) {
    LOCKED(stream->lock);
    stream->state = state;
    stream->was_requested |= state == SSH_STREAM_REQUESTING && stream->kind == SSH_STREAM_EXEC;
    pthread_cond_broadcast(&stream->changed);
}

static bool stream_prepare(SshStream *stream) {
    if (stream->handle)
        return true;
    stream->handle = ssh_channel_new(stream->session);
    if (!stream->handle)
        return false;
    stream->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = stream,
        .channel_data_function = stream_on_data,
        .channel_exit_status_function = on_exit_status,
        .channel_exit_signal_function = on_exit_signal,
    };
    ssh_callbacks_init(&stream->callbacks);
    ssh_set_channel_callbacks(stream->handle, &stream->callbacks);
    return true;
}

/* libssh reports the reason of a refused channel only in the error text: "… error (1) …" is
 * SSH_OPEN_ADMINISTRATIVELY_PROHIBITED; otherwise the server could not connect to the address. */
static SshStatus refusal_status(const SshStream *stream, Str error) {
    if (stream->kind == SSH_STREAM_EXEC)
        return SSH_BUSY;
    if (str_find(error, STR("error (1)"), 0) != SIZE_MAX)
        return SSH_FORWARD_REFUSED;
    return str_find(error, STR("refused"), 0) != SIZE_MAX ? SSH_REFUSED : SSH_NO_RESPONSE;
}

/* If the server refused a channel or a request, the session still works; else it is lost. */
static void stream_refused(SshStream *stream) {
    SCOPED(ArenaRef) scratch = arena_open("ssh error");
    Str error = ssh_stream_session_error(stream->session, scratch);
    if (!ssh_stream_session_works(stream->session)) {
        ssh_stream_end(stream, SSH_LOST, error);
        return;
    }
    pthread_mutex_lock(stream->lock);
    stream->was_requested = false;
    pthread_mutex_unlock(stream->lock);
    ssh_stream_end(stream, refusal_status(stream, error), error);
}

static bool stream_open(SshStream *stream) {
    if (!stream_prepare(stream)) {
        stream_refused(stream);
        return true;
    }
    int result =
        stream->kind == SSH_STREAM_EXEC
            ? ssh_channel_open_session(stream->handle)
            : ssh_channel_open_forward(stream->handle, stream->host, stream->port, "127.0.0.1", 0);
    if (result == SSH_AGAIN)
        return false;
    if (result != SSH_OK)
        stream_refused(stream);
    else
        stream_set_state(stream, stream->kind == SSH_STREAM_EXEC ? SSH_STREAM_REQUESTING
                                                                 : SSH_STREAM_RUNNING);
    return true;
}

static bool stream_request(SshStream *stream) {
    int result = ssh_channel_request_exec(stream->handle, stream->command);
    if (result == SSH_AGAIN)
        return false;
    if (result != SSH_OK)
        stream_refused(stream);
    else
        stream_set_state(stream, SSH_STREAM_RUNNING);
    return true;
}

/* Reads one piece of output (0) or error output (1) into its pipe. */
static bool stream_exec_read(SshStream *stream, int index) {
    char piece[SSH_STREAM_PIECE];
    SshPipe *pipe = &stream->output[index];
    if (!stream->has_data[index])
        return false;
    pthread_mutex_lock(stream->lock);
    size_t room = ssh_pipe_room(pipe);
    pthread_mutex_unlock(stream->lock);
    if (room == 0)
        return false;
    uint32_t size = (uint32_t)(room < sizeof piece ? room : sizeof piece);
    int got = ssh_channel_read_nonblocking(stream->handle, piece, size, index);
    if (got <= 0) {
        stream->has_data[index] = false;
        return false;
    }
    pthread_mutex_lock(stream->lock);
    ssh_pipe_add(pipe, (Str){piece, (size_t)got}, stream->arena);
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(stream->lock);
    return true;
}

/* Sends one piece of the caller's input. */
static bool exec_write(SshStream *stream) {
    char piece[SSH_STREAM_PIECE];
    if (stream->is_eof_sent || ssh_channel_is_closed(stream->handle))
        return false;
    size_t size = ssh_channel_window_size(stream->handle);
    if (size > sizeof piece)
        size = sizeof piece;
    pthread_mutex_lock(stream->lock);
    SshPipe *pipe = &stream->input;
    bool is_end = pipe->len == 0 && stream->input_ended;
    if (size > pipe->len)
        size = pipe->len;
    if (size > 0)
        memcpy(piece, pipe->bytes + pipe->start, size);
    pthread_mutex_unlock(stream->lock);
    if (is_end) {
        stream->is_eof_sent = true;
        (void)ssh_channel_send_eof(stream->handle);
        return true;
    }
    int sent = size > 0 ? ssh_channel_write(stream->handle, piece, (uint32_t)size) : 0;
    if (sent <= 0)
        return false;
    pthread_mutex_lock(stream->lock);
    ssh_pipe_drop(pipe, (size_t)sent);
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(stream->lock);
    return true;
}

/* The exit status may arrive after the end of the output. */
static void exec_check_end(SshStream *stream) {
    if (stream->has_data[0] || stream->has_data[1])
        return;
    bool is_closed = ssh_channel_is_closed(stream->handle);
    pthread_mutex_lock(stream->lock);
    bool is_known = stream->exit_status >= 0 || stream->exit_signal.len > 0;
    pthread_mutex_unlock(stream->lock);
    if (!is_closed && !(is_known && ssh_channel_is_eof(stream->handle)))
        return;
    if (is_known || ssh_stream_session_works(stream->session))
        ssh_stream_end(stream, SSH_DONE, STR_EMPTY);
}

static bool exec_step(SshStream *stream) {
    bool moved = stream_exec_read(stream, 0);
    moved = stream_exec_read(stream, 1) || moved;
    moved = exec_write(stream) || moved;
    if (!moved)
        exec_check_end(stream);
    return moved;
}

static bool forward_to_fd(SshStream *stream) {
    char piece[SSH_STREAM_PIECE];
    bool moved = false;
    if (stream->has_data[0] && ssh_pipe_room(&stream->to_fd) >= sizeof piece) {
        int got = ssh_channel_read_nonblocking(stream->handle, piece, sizeof piece, 0);
        stream->has_data[0] = got > 0;
        if (got > 0)
            ssh_pipe_add(&stream->to_fd, (Str){piece, (size_t)got}, stream->arena);
        moved = got > 0;
    }
    if (stream->to_fd.len > 0) {
        SshPipe *pipe = &stream->to_fd;
        ssize_t sent =
            send(stream->fd, pipe->bytes + pipe->start, pipe->len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            ssh_pipe_drop(pipe, (size_t)sent);
        else if (errno != EAGAIN && errno != EINTR)
            ssh_stream_end(stream, SSH_DONE, STR_EMPTY);
        moved = moved || sent > 0;
    }
    return moved;
}

/* Sends bytes of the local socket. libssh may accept none of them, for example while it exchanges
 * new keys. */
static bool forward_send(SshStream *stream) {
    SshPipe *pipe = &stream->from_fd;
    size_t size = ssh_channel_window_size(stream->handle);
    if (size > pipe->len)
        size = pipe->len;
    int sent =
        size > 0 ? ssh_channel_write(stream->handle, pipe->bytes + pipe->start,
                                     (uint32_t)(size < SSH_STREAM_PIECE ? size : SSH_STREAM_PIECE))
                 : 0;
    if (sent > 0)
        ssh_pipe_drop(pipe, (size_t)sent);
    return sent > 0;
}

static bool forward_from_fd(SshStream *stream) {
    char piece[SSH_STREAM_PIECE];
    bool moved = forward_send(stream);
    if (stream->from_fd.len > 0)
        return moved;
    if (stream->fd_is_read || !(stream->revents & (POLLIN | POLLHUP | POLLERR)))
        return moved;
    ssize_t got = recv(stream->fd, piece, sizeof piece, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        stream->revents = 0;
        return moved;
    }
    if (got <= 0) {
        stream->fd_is_read = true;
        (void)ssh_channel_send_eof(stream->handle);
        return true;
    }
    ssh_pipe_add(&stream->from_fd, (Str){piece, (size_t)got}, stream->arena);
    (void)forward_send(stream);
    return true;
}

static bool forward_step(SshStream *stream) {
    bool moved = forward_to_fd(stream);
    moved = forward_from_fd(stream) || moved;
    bool is_drained = !stream->has_data[0] && stream->to_fd.len == 0;
    if (is_drained && !stream->fd_is_shut &&
        (ssh_channel_is_eof(stream->handle) || ssh_channel_is_closed(stream->handle))) {
        stream->fd_is_shut = true;
        (void)shutdown(stream->fd, SHUT_WR);
    }
    if (is_drained &&
        (ssh_channel_is_closed(stream->handle) || (stream->fd_is_shut && stream->fd_is_read)))
        ssh_stream_end(stream, SSH_DONE, STR_EMPTY);
    return moved;
}

bool ssh_stream_step(SshStream *stream) {
    pthread_mutex_lock(stream->lock);
    SshStreamState state = stream->state;
    pthread_mutex_unlock(stream->lock);
    switch (state) {
    case SSH_STREAM_OPENING: return stream_open(stream);
    case SSH_STREAM_REQUESTING: return stream_request(stream);
    case SSH_STREAM_RUNNING:
        return stream->kind == SSH_STREAM_EXEC ? exec_step(stream) : forward_step(stream);
    case SSH_STREAM_ENDED: break;
    }
    return false;
}

SshStream *ssh_stream_new(ssh_session session, pthread_mutex_t *lock, SshStreamKind kind) {
    Arena *arena = arena_open("ssh stream");
    SshStream *stream = arena_new(arena, SshStream);
    stream->arena = arena;
    stream->session = session;
    stream->lock = lock;
    stream->kind = kind;
    stream->fd = -1;
    stream->exit_status = -1;
    CHECK(pthread_cond_init(&stream->changed, NULL) == 0);
    return stream;
}

void ssh_stream_free(SshStream *stream) {
    if (stream->handle) {
        ssh_remove_channel_callbacks(stream->handle, &stream->callbacks);
        if (stream->kind == SSH_STREAM_EXEC && stream->state == SSH_STREAM_RUNNING)
            (void)ssh_channel_request_send_signal(stream->handle, "TERM");
        ssh_channel_free(stream->handle);
    }
    if (stream->fd >= 0)
        close(stream->fd);
    pthread_cond_destroy(&stream->changed);
    arena_close(stream->arena);
}

short ssh_stream_events(const SshStream *stream) {
    short events = 0;
    if (stream->kind != SSH_STREAM_FORWARD || stream->fd < 0 || stream->state != SSH_STREAM_RUNNING)
        return 0;
    if (!stream->fd_is_read && stream->from_fd.len == 0)
        events = POLLIN;
    if (stream->to_fd.len > 0)
        events = (short)(events | POLLOUT);
    return events;
}
