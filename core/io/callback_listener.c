/* Serves several connections at once, because browsers open some without a request. */
#include "callback_listener.h"

#include "random.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 16, REQUEST_MAX = 16384, PIECE = 4096 };

typedef struct Connection {
    int fd; /* -1: none */
    StrBuf request;
} Connection;

static int bind_port(int fd, uint16_t port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr = {htonl(INADDR_LOOPBACK)},
    };
    return bind(fd, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : -errno;
}

int callback_listener_open(uint16_t first_port, uint16_t last_port, CallbackListener *out) {
    uint32_t count = (uint32_t)last_port - first_port + 1;
    uint32_t start;
    int error = -EADDRINUSE;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    random_fill(&start, sizeof start);
    for (uint32_t i = 0; i < count && error == -EADDRINUSE; i++) {
        out->port = (uint16_t)(first_port + (start % count + i) % count);
        error = bind_port(fd, out->port);
    }
    if (error == 0 && listen(fd, CONNECTIONS) != 0)
        error = -errno;
    if (error == 0)
        out->fd = fd;
    else
        close(fd);
    return error;
}

void callback_listener_close(CallbackListener *listener) {
    if (listener->fd > 0)
        close(listener->fd);
    *listener = (CallbackListener){0};
}

static void listener_end(Connection *connection) {
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = -1;
}

/* A new connection replaces the oldest one. */
static void listener_add(const CallbackListener *listener, Connection *connections, Arena *arena) {
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    listener_end(&connections[0]);
    memmove(connections, connections + 1, (CONNECTIONS - 1) * sizeof *connections);
    connections[CONNECTIONS - 1] = (Connection){fd, strbuf_new(arena)};
}

static void answer(Connection *connection, const char *status, Str page, Arena *arena) {
    Str text = str_format(arena,
                          "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                          "Content-Length: %zu\r\nConnection: close\r\n\r\n%.*s",
                          status, page.len, STR_ARG(page));
    (void)send(connection->fd, text.ptr, text.len, MSG_NOSIGNAL);
    (void)shutdown(connection->fd, SHUT_WR);
    listener_end(connection);
}

/* Returns whether the header of a request has arrived; ends a connection without one. */
static bool has_arrived(Connection *connection) {
    char piece[PIECE];
    ssize_t got = recv(connection->fd, piece, sizeof piece, 0);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            listener_end(connection);
        return false;
    }
    strbuf_add(&connection->request, (Str){piece, (size_t)got});
    Str text = strbuf_str(&connection->request);
    if (str_find(text, STR("\r\n\r\n"), 0) != SIZE_MAX)
        return true;
    if (text.len > REQUEST_MAX)
        listener_end(connection);
    return false;
}

/* Splits the target of "GET TARGET HTTP/1.1". */
static bool listener_parse(Str request, Str *path, Str *query) {
    Str method, target;
    if (!str_next_field(&request, ' ', &method) || !str_next_field(&request, ' ', &target) ||
        !str_equal(method, STR("GET")) || !str_starts_with(request, STR("HTTP/1.")))
        return false;
    size_t mark = str_find_char(target, '?', 0);
    *path = str_slice(target, 0, mark);
    *query = mark == SIZE_MAX ? STR_EMPTY : str_after(target, mark + 1);
    return true;
}

int callback_listener_wait(const CallbackListener *listener, const CallbackRequest *wanted,
                           const CancelToken *cancel, Str *query, Arena *arena) {
    Connection connections[CONNECTIONS];
    bool is_done = false;
    Str at, found = STR_EMPTY;
    for (size_t i = 0; i < CONNECTIONS; i++)
        connections[i].fd = -1;
    while (!is_done && cancel_level(cancel) == CANCEL_NONE) {
        struct pollfd polled[CONNECTIONS + 2] = {
            {.fd = cancel_fd(cancel), .events = POLLIN},
            {.fd = listener->fd, .events = POLLIN},
        };
        for (size_t i = 0; i < CONNECTIONS; i++)
            polled[i + 2] = (struct pollfd){.fd = connections[i].fd, .events = POLLIN};
        if (poll(polled, ARRAY_COUNT(polled), -1) <= 0)
            continue;
        for (size_t i = 0; i < CONNECTIONS && !is_done; i++) {
            Connection *connection = &connections[i];
            if (!polled[i + 2].revents || !has_arrived(connection))
                continue;
            bool is_path = listener_parse(strbuf_str(&connection->request), &at, &found) &&
                           str_equal(at, wanted->path);
            is_done = is_path && wanted->accepts(wanted->payload, found);
            if (is_done)
                answer(connection, "200 OK", wanted->page, arena);
            else
                answer(connection, is_path ? "400 Bad Request" : "404 Not Found",
                       STR("This request does not belong to the login.\n"), arena);
        }
        if (!is_done && polled[1].revents)
            listener_add(listener, connections, arena);
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        listener_end(&connections[i]);
    *query = found;
    return is_done ? 0 : -ECANCELED;
}
