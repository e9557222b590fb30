/* rpc_server: waits for connections, their bytes, ended calls, signals, and the parent process. */
#include "rpc_server.h"

#include "clock.h"
#include "hex.h"
#include "random.h"
#include "rpc_connection.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

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
