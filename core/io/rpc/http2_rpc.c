/* http2_rpc: an nghttp2 session for each connection, under one lock, with a reader thread and a
 * buffer of bytes to send. The thread of the caller writes the request to the socket, so that a
 * short call needs one write and one thread switch. */
#include "http2_rpc.h"

#include "clock.h"
#include "problem.h"
#include "rpc_stream.h"
#include "thread.h"

#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    READ_SIZE = 256 << 10,
    SEND_SIZE = 256 << 10,
    FRAME_ROOM = 64 << 10, /* greater than any frame that nghttp2 creates */
    CHECK_MS = 100,        /* between two checks of a cancel token */
    STREAM_WINDOW = 16 << 20,
    CONNECTION_WINDOW = 64 << 20,
    FRAME_MAX = 1 << 20,
    OPEN_MS = 10000, /* maximum wait for the server's settings */
};

struct RpcChannel {
    Arena *arena; /* of this struct */
    int socket;
    int notify_fd; /* an eventfd; readable: the reader must check the fields below again */
    Thread *reader;
    pthread_mutex_t lock; /* guards everything below */
    nghttp2_session *session;
    RpcStream *streams;    /* in flight */
    bool is_ready;         /* the server's settings have arrived */
    pthread_cond_t opened; /* signalled when is_ready or is_broken becomes true */
    bool is_broken;        /* the connection cannot be used any more */
    bool is_closing;
    Str problem; /* why the channel is broken */
    size_t send_length;
    char send[SEND_SIZE]; /* bytes that the socket has not accepted yet */
};

static void notify_reader(RpcChannel *channel) {
    uint64_t one = 1;
    ssize_t written = write(channel->notify_fd, &one, sizeof one);
    (void)written; /* a full counter is readable too */
}

/* Streams. The caller of each function up to "The reader thread" holds the lock. */

static void remove_stream(RpcChannel *channel, RpcStream *stream) {
    RpcStream **link = &channel->streams;
    while (*link && *link != stream)
        link = &(*link)->next;
    if (*link)
        *link = stream->next;
}

/* The response is final. Frees a stream that no thread waits for. */
static void notify_caller(RpcStream *stream) {
    if (stream->changed) {
        pthread_cond_signal(stream->changed);
        return;
    }
    if (stream->on_end)
        stream->on_end(stream->request->payload, &stream->response);
    arena_close(stream->arena);
}

static void break_channel(RpcChannel *channel, Str problem) {
    if (channel->is_broken)
        return;
    channel->is_broken = true;
    channel->problem = problem;
    pthread_cond_signal(&channel->opened);
    while (channel->streams) {
        RpcStream *stream = channel->streams;
        channel->streams = stream->next;
        rpc_stream_fail(stream, RPC_UNAVAILABLE, true, problem);
        notify_caller(stream);
    }
}

/* Writes as much as the socket accepts. */
static void http2_rpc_flush_buffer(RpcChannel *channel) {
    size_t done = 0;
    while (done < channel->send_length && !channel->is_broken) {
        ssize_t count = send(channel->socket, channel->send + done, channel->send_length - done,
                             MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count > 0)
            done += (size_t)count;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            break;
        else if (errno != EINTR)
            break_channel(channel, STR("the connection broke"));
    }
    channel->send_length -= done;
    memmove(channel->send, channel->send + done, channel->send_length);
}

/* Sends the pending frames. The reader sends the bytes that the socket does not accept now. */
static void http2_rpc_flush_session(RpcChannel *channel) {
    bool is_more = true;
    while (is_more && !channel->is_broken) {
        while (is_more && channel->send_length < SEND_SIZE - FRAME_ROOM) {
            const uint8_t *bytes;
            ssize_t count = nghttp2_session_mem_send(channel->session, &bytes);
            CHECK(count <= FRAME_ROOM);
            is_more = count > 0;
            if (count < 0)
                break_channel(channel, STR("the connection failed"));
            if (count <= 0)
                break;
            memcpy(channel->send + channel->send_length, bytes, (size_t)count);
            channel->send_length += (size_t)count;
        }
        http2_rpc_flush_buffer(channel);
        if (channel->send_length > 0) {
            notify_reader(channel);
            return;
        }
    }
}

static void reset_stream(RpcChannel *channel, const RpcStream *stream) {
    if (channel->is_broken || stream->id <= 0)
        return;
    nghttp2_session_set_stream_user_data(channel->session, stream->id, NULL);
    nghttp2_submit_rst_stream(channel->session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_CANCEL);
    http2_rpc_flush_session(channel);
}

/* Callbacks of nghttp2. Without user data, the call of the stream has ended for its caller. */

static RpcStream *stream_of(nghttp2_session *session, int32_t id) {
    return nghttp2_session_get_stream_user_data(session, id);
}

static ssize_t http2_rpc_read_request(nghttp2_session *session, int32_t id, uint8_t *out,
                                      size_t size, uint32_t *flags, nghttp2_data_source *source,
                                      void *payload) {
    (void)source, (void)payload;
    RpcStream *stream = stream_of(session, id);
    bool is_end = false;
    if (!stream)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    size_t count = rpc_stream_send(stream, (char *)out, size, &is_end);
    if (is_end)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)count;
}

static int http2_rpc_on_header(nghttp2_session *session, const nghttp2_frame *frame,
                               const uint8_t *name, size_t name_length, const uint8_t *value,
                               size_t value_length, uint8_t flags, void *payload) {
    (void)flags, (void)payload;
    RpcStream *stream = stream_of(session, frame->hd.stream_id);
    if (stream)
        rpc_stream_header(stream, (Str){(const char *)name, name_length},
                          (Str){(const char *)value, value_length});
    return 0;
}

/* Lets the server send as many bytes as it has sent, unless messages wait for a slow caller. */
static void open_window(nghttp2_session *session, RpcStream *stream, int32_t id, size_t length) {
    nghttp2_session_consume_connection(session, length);
    if (stream && (stream->queue.arena || stream->is_delivering))
        stream->held += length;
    else
        nghttp2_session_consume_stream(session, id, length);
}

static int http2_rpc_on_data(nghttp2_session *session, uint8_t flags, int32_t id,
                             const uint8_t *bytes, size_t length, void *payload) {
    (void)flags;
    RpcChannel *channel = payload;
    RpcStream *stream = stream_of(session, id);
    bool is_valid = !stream || rpc_stream_data(stream, (Str){(const char *)bytes, length});
    open_window(session, stream, id, length);
    if (stream && stream->queue.arena && stream->changed)
        pthread_cond_signal(stream->changed);
    if (is_valid)
        return 0;
    nghttp2_session_set_stream_user_data(session, id, NULL);
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    remove_stream(channel, stream);
    notify_caller(stream);
    return 0;
}

static int http2_rpc_on_close(nghttp2_session *session, int32_t id, uint32_t error, void *payload) {
    RpcChannel *channel = payload;
    RpcStream *stream = stream_of(session, id);
    if (!stream)
        return 0;
    rpc_stream_end(stream, error);
    remove_stream(channel, stream);
    notify_caller(stream);
    return 0;
}

static int http2_rpc_on_frame(nghttp2_session *, const nghttp2_frame *frame, void *payload) {
    RpcChannel *channel = payload;
    if (frame->hd.type == NGHTTP2_SETTINGS && !channel->is_ready) {
        channel->is_ready = true;
        pthread_cond_signal(&channel->opened);
    }
    return 0;
}

/* The reader thread. */

static void http2_rpc_receive(RpcChannel *channel, const char *bytes, ssize_t length) {
    LOCKED(&channel->lock);
    if (length <= 0) {
        break_channel(channel, STR("the server closed the connection"));
    } else if (!channel->is_broken) {
        ssize_t used =
            nghttp2_session_mem_recv(channel->session, (const uint8_t *)bytes, (size_t)length);
        if (used < 0)
            break_channel(channel, STR("the server does not speak HTTP/2"));
        http2_rpc_flush_session(channel);
        if (!channel->is_broken && !nghttp2_session_want_read(channel->session))
            break_channel(channel, STR("the server ended the connection or broke its protocol"));
    }
}

/* Returns false when the reader must end. */
static bool http2_rpc_wait_for_events(RpcChannel *channel, bool *is_readable) {
    pthread_mutex_lock(&channel->lock);
    bool is_over = channel->is_closing || channel->is_broken;
    short writable = channel->send_length > 0 ? POLLOUT : 0;
    pthread_mutex_unlock(&channel->lock);
    struct pollfd polled[] = {{channel->socket, (short)(POLLIN | writable), 0},
                              {channel->notify_fd, POLLIN, 0}};
    uint64_t count;
    if (is_over)
        return false;
    poll(polled, ARRAY_COUNT(polled), -1);
    if (polled[1].revents && read(channel->notify_fd, &count, sizeof count) < 0 && errno != EAGAIN)
        return false;
    if (polled[0].revents & POLLOUT) {
        pthread_mutex_lock(&channel->lock);
        http2_rpc_flush_buffer(channel);
        http2_rpc_flush_session(channel);
        pthread_mutex_unlock(&channel->lock);
    }
    *is_readable = polled[0].revents & (POLLIN | POLLHUP | POLLERR);
    return true;
}

static void http2_rpc_read_connection(void *payload) {
    RpcChannel *channel = payload;
    SCOPED(ArenaRef) arena = arena_open("rpc reader");
    char *buffer = arena_alloc(arena, READ_SIZE);
    bool is_readable;
    while (http2_rpc_wait_for_events(channel, &is_readable)) {
        if (!is_readable)
            continue;
        ssize_t length = recv(channel->socket, buffer, READ_SIZE, MSG_DONTWAIT);
        if (length >= 0 || (errno != EAGAIN && errno != EINTR))
            http2_rpc_receive(channel, buffer, length);
    }
}

/* Opening and closing. */

static int connect_socket(Str path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path.len == 0 || path.len >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path.ptr, path.len);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

/* Without a header table, each header block can be decoded independently of earlier ones. */
static void http2_rpc_begin_session(RpcChannel *channel) {
    nghttp2_session_callbacks *callbacks;
    nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 0},
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, FRAME_MAX},
    };
    nghttp2_option *option;
    CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
    CHECK(nghttp2_option_new(&option) == 0);
    nghttp2_option_set_no_auto_window_update(option, true);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, http2_rpc_on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, http2_rpc_on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, http2_rpc_on_close);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, http2_rpc_on_frame);
    CHECK(nghttp2_session_client_new2(&channel->session, callbacks, channel, option) == 0);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(channel->session, NGHTTP2_FLAG_NONE, settings, ARRAY_COUNT(settings));
    nghttp2_session_set_local_window_size(channel->session, NGHTTP2_FLAG_NONE, 0,
                                          CONNECTION_WINDOW);
}

static void http2_rpc_release(RpcChannel *channel) {
    if (channel->session)
        nghttp2_session_del(channel->session);
    if (channel->notify_fd >= 0)
        close(channel->notify_fd);
    close(channel->socket);
    pthread_cond_destroy(&channel->opened);
    pthread_mutex_destroy(&channel->lock);
    arena_close(channel->arena);
}

static void close_channel(void *, RpcChannel *channel) {
    pthread_mutex_lock(&channel->lock);
    channel->is_closing = true;
    break_channel(channel, STR("the connection was closed"));
    notify_reader(channel);
    pthread_mutex_unlock(&channel->lock);
    thread_join(channel->reader);
    http2_rpc_release(channel);
}

/* The settings contain the server's limit of concurrent calls, so no request is sent before they
 * arrive. */
static bool wait_until_ready(RpcChannel *channel, Str *problem, Arena *arena) {
    int64_t deadline = clock_real.monotonic_ms(clock_real.self) + OPEN_MS;
    int64_t left = OPEN_MS;
    LOCKED(&channel->lock);
    while (!channel->is_ready && !channel->is_broken && left > 0) {
        thread_wait(&channel->opened, &channel->lock, left);
        left = deadline - clock_real.monotonic_ms(clock_real.self);
    }
    bool is_ready = channel->is_ready;
    if (!is_ready)
        *problem = channel->is_broken ? str_clone(channel->problem, arena)
                                      : STR("the server does not respond");
    return is_ready;
}

static bool open_channel(void *, Str path, RpcChannel **out, Str *problem, Arena *arena) {
    int fd = connect_socket(path);
    if (fd < 0)
        return problem_set(problem, arena, "cannot connect to \"%.*s\": %s", STR_ARG(path),
                           strerror(-fd));
    Arena *own = arena_open("rpc channel");
    RpcChannel *channel = arena_new(own, RpcChannel);
    channel->arena = own;
    channel->socket = fd;
    channel->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&channel->lock, NULL);
    pthread_cond_init(&channel->opened, NULL);
    if (channel->notify_fd >= 0) {
        http2_rpc_begin_session(channel);
        http2_rpc_flush_session(channel);
        channel->reader = thread_start(THREAD_RPC, http2_rpc_read_connection, channel);
    }
    if (channel->reader && wait_until_ready(channel, problem, arena)) {
        *out = channel;
        return true;
    }
    if (channel->reader) {
        close_channel(NULL, channel);
    } else {
        *problem = STR("the system has no more threads or descriptors");
        http2_rpc_release(channel);
    }
    return false;
}

/* Calls. */

#define FIELD(name, value)                                                                         \
    { (uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, strlen(value), 0 }

/* Returns false if the request was not sent: the stream has failed then. */
static bool http2_rpc_begin_call(RpcChannel *channel, RpcStream *stream) {
    if (channel->is_broken) {
        rpc_stream_fail(stream, RPC_UNAVAILABLE, false, channel->problem);
        return false;
    }
    nghttp2_nv headers[] = {
        FIELD(":method", "POST"),
        FIELD(":scheme", "http"),
        FIELD(":path", stream->request->method),
        FIELD(":authority", "localhost"),
        FIELD("content-type", "application/grpc"),
        FIELD("te", "trailers"),
        FIELD("user-agent", "loam/" LOAM_VERSION),
    };
    nghttp2_data_provider body = {.read_callback = http2_rpc_read_request};
    stream->id = nghttp2_submit_request(channel->session, NULL, headers, ARRAY_COUNT(headers),
                                        &body, stream);
    if (stream->id < 0) {
        rpc_stream_fail(stream, RPC_UNAVAILABLE, false, STR("the server ends the connection"));
        return false;
    }
    stream->next = channel->streams;
    channel->streams = stream;
    http2_rpc_flush_session(channel); /* a failure to send ends the stream too */
    return true;
}

static void http2_rpc_give_up(RpcChannel *channel, RpcStream *stream, RpcStatus status,
                              Str problem) {
    reset_stream(channel, stream);
    remove_stream(channel, stream);
    rpc_stream_fail(stream, status, true, problem);
}

/* The caller has received enough. */
static void end_early(RpcChannel *channel, RpcStream *stream) {
    RpcQueue rest;
    if (!stream->is_done)
        http2_rpc_give_up(channel, stream, RPC_OK, STR_EMPTY);
    stream->response = (RpcResponse){.status = RPC_OK};
    rpc_stream_take(stream, &rest);
    if (rest.arena)
        arena_close(rest.arena);
}

/* Gives the waiting messages to the caller. Returns false if there are none. */
static bool http2_rpc_deliver(RpcChannel *channel, RpcStream *stream) {
    const RpcRequest *request = stream->request;
    RpcQueue queue;
    bool is_wanted = true;
    rpc_stream_take(stream, &queue);
    if (!queue.arena)
        return false;
    stream->is_delivering = true;
    pthread_mutex_unlock(&channel->lock);
    for (size_t i = 0; is_wanted && i < queue.messages.count; i++)
        is_wanted = request->on_message(request->payload, queue.messages.items[i]);
    arena_close(queue.arena);
    pthread_mutex_lock(&channel->lock);
    stream->is_delivering = false;
    if (!is_wanted)
        end_early(channel, stream);
    else if (stream->held > 0 && !stream->is_done) {
        nghttp2_session_consume_stream(channel->session, stream->id, stream->held);
        stream->held = 0;
        http2_rpc_flush_session(channel);
    }
    return true;
}

static void http2_rpc_wait_for_end(RpcChannel *channel, RpcStream *stream, int64_t deadline) {
    const RpcRequest *request = stream->request;
    bool is_notified = !request->on_stop;
    while (true) {
        bool has_delivered = http2_rpc_deliver(channel, stream);
        if (stream->is_done && !has_delivered)
            return;
        if (stream->is_done)
            continue;
        if (!is_notified && cancel_level(request->cancel) >= CANCEL_STOP) {
            is_notified = true;
            pthread_mutex_unlock(&channel->lock);
            request->on_stop(request->stop_payload);
            pthread_mutex_lock(&channel->lock);
            continue;
        }
        int64_t left = INT64_MAX;
        if (deadline)
            left = deadline - clock_real.monotonic_ms(clock_real.self);
        if (left <= 0)
            http2_rpc_give_up(channel, stream, RPC_DEADLINE_EXCEEDED,
                              STR("the server does not respond"));
        else if (cancel_level(request->cancel) >= CANCEL_NOW)
            http2_rpc_give_up(channel, stream, RPC_CANCELLED, STR("the call was cancelled"));
        else if (has_delivered)
            continue;
        else if (deadline || request->cancel)
            thread_wait(stream->changed, &channel->lock, left < CHECK_MS ? left : CHECK_MS);
        else
            pthread_cond_wait(stream->changed, &channel->lock);
    }
}

static void run_call(RpcChannel *channel, RpcStream *stream) {
    int64_t deadline = 0;
    if (stream->request->timeout_ms > 0)
        deadline = clock_real.monotonic_ms(clock_real.self) + stream->request->timeout_ms;
    pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
    stream->changed = &changed;
    pthread_mutex_lock(&channel->lock);
    (void)http2_rpc_begin_call(channel, stream);
    http2_rpc_wait_for_end(channel, stream, deadline);
    pthread_mutex_unlock(&channel->lock);
    pthread_cond_destroy(&changed);
}

/* The reader thread allocates the response in `received`, because the caller's arena belongs to
 * one thread. */
static void http2_rpc_call(void *, RpcChannel *channel, const RpcRequest *request,
                           RpcResponse *response, Arena *arena) {
    RpcStream stream;
    Arena *received = arena_open("rpc response");
    rpc_stream_init(&stream, request, received);
    run_call(channel, &stream);
    arena_join(arena, received);
    *response = stream.response;
    response->problem = str_clone(response->problem, arena);
}

/* The stream lives in an arena of its own, which ends with the call. */
static void http2_rpc_watch(void *, RpcChannel *channel, const RpcWatch *watched) {
    Arena *own = arena_open("rpc watch");
    RpcRequest *request = arena_new(own, RpcRequest);
    *request = (RpcRequest){
        .method = str_to_cstr(str_from_cstr(watched->method), own),
        .message = str_clone(watched->message, own),
        .payload = watched->payload,
    };
    RpcStream *stream = arena_new(own, RpcStream);
    rpc_stream_init(stream, request, own);
    stream->on_watched = watched->on_message;
    stream->on_end = watched->on_end;
    pthread_mutex_lock(&channel->lock);
    bool is_sent = http2_rpc_begin_call(channel, stream);
    pthread_mutex_unlock(&channel->lock);
    if (!is_sent)
        notify_caller(stream);
}

const Rpc http2_rpc = {NULL, open_channel, http2_rpc_call, http2_rpc_watch, close_channel};
