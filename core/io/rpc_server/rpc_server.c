/* rpc_server: waits for connections, their bytes, ended calls, signals, and the parent process. */
#include "rpc_server.h"

#include "arena.h"
#include "clock.h"
#include "hex.h"
#include "random.h"
#include "rpc_pool.h"
#include "rpc_tls.h"

#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* RpcConnection: one connection to a client: HTTP/2, and the framing of gRPC. Only the thread of
 * the connections uses it. A call in a thread of the pool reports its end through `finished`. */

/* A call: from its first header to the end of its stream. */
typedef struct RpcCall RpcCall;

/* What all connections of a server share. */
typedef struct RpcShared {
    const RpcService *service;
    RpcPool *pool;
    /* Called in a thread of the pool when a call has ended; the thread of the connections then
     * calls rpc_connection_finish. */
    void (*finished)(struct RpcShared *shared, RpcCall *call);
    bool has_ended; /* a call of the kind RPC_SERVES_END was made */
} RpcShared;

typedef struct RpcConnection RpcConnection;

enum { CONNECTIONS_MAX = 16, STOP_MS = 10000, NOW_MS = 20000, BACKLOG = 8, NAME_BYTES = 8 };

struct RpcServer {
    RpcShared shared; /* must be first */
    Arena *arena;
    RpcTls *tls; /* NULL: without TLS */
    Str directory;
    Str path;
    int listener;
    int notify_fd; /* readable: `ended` has calls */
    int signal_fd;
    int parent_fd; /* readable: the parent process has ended; -1: not watched */
    bool had_connection;
    size_t count;
    RpcConnection *connections[CONNECTIONS_MAX];
    pthread_mutex_t lock; /* guards `ended` */
    RpcCall *ended;
};

enum {
    READ_SIZE = 64 << 10,
    SEND_SIZE = 256 << 10,
    FRAME_ROOM = 64 << 10, /* greater than any frame that nghttp2 creates */
    STREAM_WINDOW = 16 << 20,
    CONNECTION_WINDOW = 64 << 20,
    FRAME_MAX = 1 << 20,
    STREAMS_MAX = 250,
    PREFIX_SIZE = 5, /* a flag and the length of the message that follows */
    METHOD_MAX = 200,
};

struct RpcCall {
    RpcJob job; /* must be first */
    Arena *arena;
    RpcShared *shared;
    RpcConnection *connection; /* NULL: the stream has ended */
    int32_t id;
    Str method;
    RpcServing serving;
    StrBuf body;
    bool is_begun;   /* the request is complete */
    bool is_running; /* in the pool */
    RpcReply reply;
    char prefix[PREFIX_SIZE];
    size_t sent;   /* bytes of prefix and message */
    RpcCall *next; /* of the connection */
    RpcCall *next_ended;
};

struct RpcConnection {
    Arena *arena;
    RpcShared *shared;
    int socket;
    SSL *tls;
    nghttp2_session *session;
    RpcCall *calls;
    bool is_broken;
    size_t send_length;
    char send[SEND_SIZE];
    char read[READ_SIZE];
};

/* A list of ended calls, for the owner of RpcShared. */
static void rpc_call_push(RpcCall **list, RpcCall *call) {
    call->next_ended = *list;
    *list = call;
}

static RpcCall *rpc_call_pop(RpcCall **list) {
    RpcCall *call = *list;
    if (call)
        *list = call->next_ended;
    return call;
}

/* Responses. */

#define FIELD(name, value)                                                                         \
    { (uint8_t *)(name), (uint8_t *)(value).ptr, sizeof(name) - 1, (value).len, 0 }

static size_t connection_copy_part(Str from, size_t at, char *out, size_t size) {
    Str part = str_slice(from, at, at + size);
    memcpy(out, part.ptr, part.len);
    return part.len;
}

static ssize_t read_response(nghttp2_session *session, int32_t id, uint8_t *out, size_t size,
                             uint32_t *flags, nghttp2_data_source *source, void *) {
    RpcCall *call = source->ptr;
    Str message = call->reply.message;
    size_t count = 0;
    if (call->sent < PREFIX_SIZE)
        count =
            connection_copy_part((Str){call->prefix, PREFIX_SIZE}, call->sent, (char *)out, size);
    call->sent += count;
    if (call->sent >= PREFIX_SIZE) {
        size_t more = connection_copy_part(message, call->sent - PREFIX_SIZE, (char *)out + count,
                                           size - count);
        call->sent += more;
        count += more;
    }
    if (call->sent == PREFIX_SIZE + message.len) {
        nghttp2_nv trailers[] = {FIELD("grpc-status", STR("0"))};
        *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
        (void)nghttp2_submit_trailer(session, id, trailers, ARRAY_COUNT(trailers));
    }
    return (ssize_t)count;
}

/* Percent encoding, as gRPC requires it of grpc-message. */
static Str encode_problem(Str text, Arena *arena) {
    StrBuf encoded = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= ' ' && c <= '~' && c != '%')
            strbuf_add_char(&encoded, c);
        else
            strbuf_add_format(&encoded, "%%%02X", (unsigned char)c);
    }
    return strbuf_str(&encoded);
}

static void connection_respond(RpcCall *call) {
    nghttp2_session *session = call->connection->session;
    Str status = str_format(call->arena, "%d", (int)call->reply.status);
    Str problem = encode_problem(call->reply.problem, call->arena);
    nghttp2_nv headers[] = {
        FIELD(":status", STR("200")),
        FIELD("content-type", STR("application/grpc")),
        FIELD("grpc-status", status), /* only without a message */
        FIELD("grpc-message", problem),
    };
    nghttp2_data_provider body = {{.ptr = call}, read_response};
    size_t length = call->reply.message.len;
    if (call->reply.status != RPC_OK) {
        (void)nghttp2_submit_response(session, call->id, headers, ARRAY_COUNT(headers), NULL);
        return;
    }
    for (size_t i = PREFIX_SIZE - 1; i >= 1; i--, length >>= 8)
        call->prefix[i] = (char)(unsigned char)(length & 0xFF);
    (void)nghttp2_submit_response(session, call->id, headers, 2, &body);
}

static void connection_fail(RpcCall *call, RpcStatus status, Str problem) {
    call->reply = (RpcReply){.status = status, .problem = problem};
    connection_respond(call);
}

/* Requests. */

static void connection_execute(RpcCall *call) {
    const RpcService *service = call->shared->service;
    Str message = str_after(strbuf_str(&call->body), PREFIX_SIZE);
    service->call(service->self, call->method, message, &call->reply, call->arena);
}

static void connection_run_job(RpcJob *job) {
    RpcCall *call = (RpcCall *)job;
    connection_execute(call);
    call->shared->finished(call->shared, call);
}

/* Returns the length that the prefix of the body announces; SIZE_MAX if there is no prefix. */
static size_t announced_length(const RpcCall *call) {
    size_t length = 0;
    if (call->body.len < PREFIX_SIZE)
        return SIZE_MAX;
    for (size_t i = 1; i < PREFIX_SIZE; i++)
        length = length << 8 | (uint8_t)call->body.ptr[i];
    return length;
}

static void connection_begin(RpcCall *call) {
    if (call->is_begun)
        return;
    call->is_begun = true;
    if (call->serving == RPC_SERVES_NOT || call->serving == RPC_SERVES_STREAM)
        return;
    if (announced_length(call) != call->body.len - PREFIX_SIZE) {
        connection_fail(call, RPC_INTERNAL,
                        STR("the request is cut off, or has more than one message"));
    } else if (call->body.ptr[0] != 0) {
        connection_fail(call, RPC_UNIMPLEMENTED, STR("the request is compressed"));
    } else if (call->serving == RPC_SERVES_CALL) {
        call->job.run = connection_run_job;
        call->is_running = rpc_pool_add(call->shared->pool, &call->job);
        if (!call->is_running)
            connection_fail(call, RPC_RESOURCE_EXHAUSTED, STR("the system has no more threads"));
    } else {
        if (call->serving == RPC_SERVES_END)
            call->shared->has_ended = true;
        else
            connection_execute(call);
        connection_respond(call);
    }
}

/* Decides by the method as soon as the headers are complete. */
static void begin_method(RpcCall *call) {
    const RpcService *service = call->shared->service;
    Str type = STR("application/grpc");
    nghttp2_nv headers[] = {FIELD(":status", STR("200")), FIELD("content-type", type)};
    call->serving = service->find(service->self, call->method);
    if (call->serving == RPC_SERVES_NOT)
        connection_fail(call, RPC_UNIMPLEMENTED,
                        str_format(call->arena, "unknown method %.*s", STR_ARG(call->method)));
    else if (call->serving == RPC_SERVES_STREAM)
        (void)nghttp2_submit_headers(call->connection->session, NGHTTP2_FLAG_NONE, call->id, NULL,
                                     headers, ARRAY_COUNT(headers), NULL);
}

/* Callbacks of nghttp2. */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *payload) {
    RpcConnection *connection = payload;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    Arena *arena = arena_open("served call");
    RpcCall *call = arena_new(arena, RpcCall);
    call->arena = arena;
    call->shared = connection->shared;
    call->connection = connection;
    call->id = frame->hd.stream_id;
    call->method = STR_EMPTY;
    call->body = strbuf_new(arena);
    call->next = connection->calls;
    connection->calls = call;
    nghttp2_session_set_stream_user_data(session, call->id, call);
    return 0;
}

static int connection_on_header(nghttp2_session *session, const nghttp2_frame *frame,
                                const uint8_t *name, size_t name_length, const uint8_t *value,
                                size_t value_length, uint8_t flags, void *payload) {
    (void)flags, (void)payload;
    RpcCall *call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    Str text = {(const char *)value, value_length};
    if (call && str_equal((Str){(const char *)name, name_length}, STR(":path")))
        call->method = str_clone(str_slice(text, 0, METHOD_MAX), call->arena);
    return 0;
}

static int connection_on_data(nghttp2_session *session, uint8_t flags, int32_t id,
                              const uint8_t *bytes, size_t length, void *payload) {
    (void)flags, (void)payload;
    RpcCall *call = nghttp2_session_get_stream_user_data(session, id);
    bool is_collected = call && !call->is_begun && call->serving != RPC_SERVES_NOT &&
                        call->serving != RPC_SERVES_STREAM;
    if (!is_collected)
        return 0;
    if (length > PREFIX_SIZE + RPC_MESSAGE_MAX - call->body.len) {
        call->is_begun = true;
        connection_fail(call, RPC_RESOURCE_EXHAUSTED, STR("the request is too long"));
        return 0;
    }
    strbuf_add(&call->body, (Str){(const char *)bytes, length});
    return 0;
}

static int connection_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *) {
    bool is_headers = frame->hd.type == NGHTTP2_HEADERS;
    if (!is_headers && frame->hd.type != NGHTTP2_DATA)
        return 0;
    RpcCall *call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (call && is_headers && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        begin_method(call);
    if (call && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        connection_begin(call);
    return 0;
}

static void remove_call(RpcCall *call) {
    RpcCall **link = &call->connection->calls;
    while (*link && *link != call)
        link = &(*link)->next;
    if (*link)
        *link = call->next;
    call->connection = NULL;
    if (!call->is_running)
        arena_close(call->arena);
}

static int connection_on_close(nghttp2_session *session, int32_t id, uint32_t error,
                               void *payload) {
    (void)error, (void)payload;
    RpcCall *call = nghttp2_session_get_stream_user_data(session, id);
    if (call)
        remove_call(call);
    return 0;
}

/* Bytes. */

static ssize_t send_bytes(RpcConnection *connection, const char *bytes, size_t size) {
    if (connection->tls)
        return rpc_tls_write(connection->tls, bytes, size);
    ssize_t count = send(connection->socket, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    return count >= 0 ? count : errno == EAGAIN || errno == EINTR ? -EAGAIN : 0;
}

static ssize_t connection_read_bytes(RpcConnection *connection) {
    if (connection->tls)
        return rpc_tls_read(connection->tls, connection->read, READ_SIZE);
    ssize_t count = recv(connection->socket, connection->read, READ_SIZE, MSG_DONTWAIT);
    return count >= 0 ? count : errno == EAGAIN || errno == EINTR ? -EAGAIN : 0;
}

/* Returns whether the socket accepted everything. */
static bool connection_flush_buffer(RpcConnection *connection) {
    size_t done = 0;
    while (done < connection->send_length) {
        ssize_t count =
            send_bytes(connection, connection->send + done, connection->send_length - done);
        if (count == 0)
            connection->is_broken = true;
        if (count <= 0)
            break;
        done += (size_t)count;
    }
    connection->send_length -= done;
    memmove(connection->send, connection->send + done, connection->send_length);
    return connection->send_length == 0;
}

static void connection_flush_session(RpcConnection *connection) {
    const uint8_t *bytes;
    ssize_t count = 1;
    while (count > 0 && !connection->is_broken) {
        while (connection->send_length < SEND_SIZE - FRAME_ROOM) {
            count = nghttp2_session_mem_send(connection->session, &bytes);
            if (count <= 0)
                break;
            CHECK(count <= FRAME_ROOM);
            memcpy(connection->send + connection->send_length, bytes, (size_t)count);
            connection->send_length += (size_t)count;
        }
        if (count < 0)
            connection->is_broken = true;
        if (!connection_flush_buffer(connection))
            return;
    }
}

/* Reads and writes what the socket allows. Returns false when the connection has ended. */
static bool rpc_connection_move(RpcConnection *connection) {
    ssize_t count;
    while (!connection->is_broken && (count = connection_read_bytes(connection)) != -EAGAIN) {
        if (count == 0 ||
            nghttp2_session_mem_recv(connection->session, (const uint8_t *)connection->read,
                                     (size_t)count) < 0)
            connection->is_broken = true;
    }
    if (!connection->is_broken)
        connection_flush_session(connection);
    return !connection->is_broken && (nghttp2_session_want_read(connection->session) ||
                                      nghttp2_session_want_write(connection->session));
}

/* Sends the response of a call that has ended in a thread of the pool. */
static void rpc_connection_finish(RpcCall *call) {
    call->is_running = false;
    if (!call->connection) {
        arena_close(call->arena);
        return;
    }
    connection_respond(call);
    connection_flush_session(call->connection);
}

static int rpc_connection_socket(const RpcConnection *connection) {
    return connection->socket;
}

/* Returns whether bytes wait until the socket is writable. */
static bool rpc_connection_is_full(const RpcConnection *connection) {
    bool is_ready = !connection->tls || SSL_is_init_finished(connection->tls);
    return is_ready && connection->send_length > 0;
}

static void connection_begin_session(RpcConnection *connection) {
    nghttp2_session_callbacks *callbacks;
    nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MAX},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, FRAME_MAX},
    };
    CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, connection_on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, connection_on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, connection_on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, connection_on_close);
    CHECK(nghttp2_session_server_new(&connection->session, callbacks, connection) == 0);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, settings,
                            ARRAY_COUNT(settings));
    nghttp2_session_set_local_window_size(connection->session, NGHTTP2_FLAG_NONE, 0,
                                          CONNECTION_WINDOW);
}

/* Owns the non-blocking socket and the TLS session, which is NULL without TLS. */
static RpcConnection *rpc_connection_open(RpcShared *shared, int socket, SSL *session) {
    Arena *arena = arena_open("served connection");
    RpcConnection *connection = arena_new(arena, RpcConnection);
    connection->arena = arena;
    connection->shared = shared;
    connection->socket = socket;
    connection->tls = session;
    connection_begin_session(connection);
    return connection;
}

/* Calls that still run are freed when they end. */
static void rpc_connection_close(RpcConnection *connection) {
    nghttp2_session_del(connection->session);
    while (connection->calls)
        remove_call(connection->calls);
    SSL_free(connection->tls);
    close(connection->socket);
    arena_close(connection->arena);
}

/* Opening. */

static Str server_explain(const char *what, Str path, int error, Arena *arena) {
    return str_format(arena, "%s \"%.*s\": %s", what, STR_ARG(path), strerror(error));
}

static bool server_make_directory(RpcServer *server, Str parent, Str *problem, Arena *arena) {
    struct sockaddr_un address;
    char bytes[NAME_BYTES];
    random_fill(bytes, sizeof bytes);
    Str name = hex_encode((Str){bytes, sizeof bytes}, server->arena);
    size_t added = sizeof "/loam-/s" + name.len;
    if (parent.len == 0 || parent.len + added > sizeof address.sun_path)
        parent = STR("/tmp");
    server->directory = str_format(server->arena, "%.*s/loam-%.*s", STR_ARG(parent), STR_ARG(name));
    server->path = str_format(server->arena, "%.*s/s", STR_ARG(server->directory));
    if (mkdir(str_to_cstr(server->directory, server->arena), 0700) == 0)
        return true;
    *problem = server_explain("cannot make the directory", server->directory, errno, arena);
    server->directory = STR_EMPTY;
    return false;
}

static bool listen_at(RpcServer *server, Str *problem, Arena *arena) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, server->path.ptr, server->path.len);
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->listener >= 0 &&
        bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(server->listener, BACKLOG) == 0)
        return true;
    *problem = server_explain("cannot listen at", server->path, errno, arena);
    return false;
}

/* SIGINT comes from a terminal, which sends it to the client too; the client decides. */
static bool catch_signals(RpcServer *server) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    server->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return server->signal_fd >= 0;
}

static void take_ended(RpcShared *shared, RpcCall *call) {
    RpcServer *server = (RpcServer *)shared;
    uint64_t one = 1;
    pthread_mutex_lock(&server->lock);
    rpc_call_push(&server->ended, call);
    pthread_mutex_unlock(&server->lock);
    ssize_t written = write(server->notify_fd, &one, sizeof one);
    (void)written; /* a full counter is readable too */
}

RpcServer *rpc_server_open(const RpcServerSettings *settings, Str *problem, Arena *arena) {
    Arena *own = arena_open("rpc server");
    RpcServer *server = arena_new(own, RpcServer);
    server->arena = own;
    server->directory = STR_EMPTY;
    server->listener = server->signal_fd = -1;
    server->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    server->parent_fd = (int)syscall(SYS_pidfd_open, getppid(), 0);
    pthread_mutex_init(&server->lock, NULL);
    *problem = STR("the system has no more descriptors");
    bool is_open = server->notify_fd >= 0 && catch_signals(server);
    if (is_open && settings->client_certificate.len) {
        server->tls = rpc_tls_open(settings->client_certificate, problem, own);
        is_open = server->tls != NULL;
    }
    if (is_open && server_make_directory(server, settings->directory, problem, arena) &&
        listen_at(server, problem, arena))
        return server;
    *problem = str_clone(*problem, arena);
    rpc_server_close(server);
    return NULL;
}

Str rpc_server_path(const RpcServer *server) {
    return server->path;
}

Str rpc_server_certificate(const RpcServer *server) {
    return server->tls ? rpc_tls_certificate(server->tls) : STR_EMPTY;
}

/* Serving. */

static void accept_connection(RpcServer *server) {
    int socket = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0)
        return;
    SSL *session = server->tls ? rpc_tls_accept(server->tls, socket) : NULL;
    if (server->count == CONNECTIONS_MAX || (server->tls && !session)) {
        SSL_free(session);
        close(socket);
        return;
    }
    server->had_connection = true;
    server->connections[server->count++] = rpc_connection_open(&server->shared, socket, session);
    /* From now on the connection tells whether the client lives, also if another process than the
     * parent uses it. */
    if (server->parent_fd >= 0)
        close(server->parent_fd);
    server->parent_fd = -1;
}

static void rpc_server_finish_calls(RpcServer *server) {
    uint64_t count;
    RpcCall *call;
    ssize_t got = read(server->notify_fd, &count, sizeof count);
    (void)got;
    pthread_mutex_lock(&server->lock);
    RpcCall *ended = server->ended;
    server->ended = NULL;
    pthread_mutex_unlock(&server->lock);
    while ((call = rpc_call_pop(&ended)))
        rpc_connection_finish(call);
}

static void move_connections(RpcServer *server, const struct pollfd *polled) {
    size_t kept = 0;
    for (size_t i = 0; i < server->count; i++) {
        RpcConnection *connection = server->connections[i];
        if (polled[i].revents && !rpc_connection_move(connection))
            rpc_connection_close(connection);
        else
            server->connections[kept++] = connection;
    }
    server->count = kept;
}

/* Handles one set of events. Returns false at the end of the server. */
static bool serve_events(RpcServer *server) {
    enum { LISTENER, NOTIFY, SIGNAL, PARENT, FIXED };
    struct pollfd polled[FIXED + CONNECTIONS_MAX] = {
        [LISTENER] = {server->listener, POLLIN, 0},
        [NOTIFY] = {server->notify_fd, POLLIN, 0},
        [SIGNAL] = {server->signal_fd, POLLIN, 0},
        [PARENT] = {server->parent_fd, POLLIN, 0},
    };
    for (size_t i = 0; i < server->count; i++) {
        bool is_full = rpc_connection_is_full(server->connections[i]);
        polled[FIXED + i] = (struct pollfd){rpc_connection_socket(server->connections[i]),
                                            (short)(POLLIN | (is_full ? POLLOUT : 0)), 0};
    }
    if (poll(polled, FIXED + (nfds_t)server->count, -1) < 0)
        return errno == EINTR;
    if (polled[SIGNAL].revents || polled[PARENT].revents)
        return false;
    move_connections(server, polled + FIXED);
    if (polled[NOTIFY].revents)
        rpc_server_finish_calls(server);
    if (polled[LISTENER].revents)
        accept_connection(server);
    return !server->shared.has_ended && (server->count > 0 || !server->had_connection);
}

static void server_remove_socket(RpcServer *server) {
    if (server->directory.len == 0)
        return;
    (void)unlink(str_to_cstr(server->path, server->arena));
    (void)rmdir(str_to_cstr(server->directory, server->arena));
    server->directory = STR_EMPTY;
}

bool rpc_server_run(RpcServer *server, const RpcService *service) {
    RpcPool *pool = rpc_pool_open();
    server->shared.service = service;
    server->shared.pool = pool;
    server->shared.finished = take_ended;
    while (serve_events(server)) {
    }
    server_remove_socket(server);
    service->stop(service->self, CANCEL_STOP);
    if (!rpc_pool_wait(pool, STOP_MS)) {
        service->stop(service->self, CANCEL_NOW);
        (void)rpc_pool_wait(pool, NOW_MS);
    }
    if (!rpc_pool_close(pool))
        return false;
    rpc_server_finish_calls(server);
    for (size_t i = 0; i < server->count; i++)
        rpc_connection_close(server->connections[i]);
    server->count = 0;
    return true;
}

void rpc_server_close(RpcServer *server) {
    const int descriptors[] = {server->listener, server->notify_fd, server->signal_fd,
                               server->parent_fd};
    server_remove_socket(server);
    rpc_tls_close(server->tls);
    for (size_t i = 0; i < ARRAY_COUNT(descriptors); i++) {
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    }
    pthread_mutex_destroy(&server->lock);
    arena_close(server->arena);
}
