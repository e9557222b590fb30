/* Connections that stay open, against a server that counts them. */
#include "unit.h"

#include "curl_http.h"
#include "thread.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* Serves one connection at a time, each until the client or `per_connection` ends it. */
typedef struct Server {
    int listener;
    uint16_t port;
    int per_connection;
    int connections;
    int requests;
    Thread *thread;
} Server;

static bool read_request(int fd) {
    char text[4096] = "";
    size_t got = 0;
    while (!strstr(text, "\r\n\r\n")) {
        ssize_t piece = read(fd, text + got, sizeof text - got - 1);
        if (piece <= 0)
            return false;
        got += (size_t)piece;
        text[got] = '\0';
    }
    return true;
}

static void serve(void *payload) {
    Server *server = payload;
    int fd;
    while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
        server->connections++;
        for (int i = 0; i < server->per_connection && read_request(fd); i++) {
            server->requests++;
            (void)!write(fd, ANSWER, strlen(ANSWER));
        }
        close(fd);
    }
}

static void start(Server *server, int per_connection) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *server = (Server){.per_connection = per_connection};
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
    server->thread = thread_start(THREAD_ATTEMPT, serve, server);
    assert_non_null(server->thread);
}

static void stop(Server *server) {
    shutdown(server->listener, SHUT_RDWR);
    thread_join(server->thread);
    close(server->listener);
}

static int ignore(void *payload, Str piece) {
    (void)payload, (void)piece;
    return 0;
}

static void request(const Server *server, HttpPool *pool) {
    SCOPED(ArenaRef) arena = arena_open("test");
    HttpSink sink = {ignore, NULL};
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    HttpRequest one = {
        .url = str_format(arena, "http://127.0.0.1:%d/x", server->port),
        .pool = pool,
    };
    assert_int_equal(curl_http.attempt(NULL, &one, &sink, &response, &problem, arena), HTTP_DONE);
    assert_int_equal(response.code, 200);
}

typedef struct Row {
    bool has_pool;
    int per_connection;
    int connections; /* for six requests */
} Row;

static const Row rows[] = {
    {true, 1000, 1}, {false, 1000, 6}, {true, 2, 3}, /* the server closes idle connections */
};

static void keeps_connections(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Server server;
        start(&server, rows[i].per_connection);
        HttpPool *pool = rows[i].has_pool ? curl_http.open_pool(NULL) : NULL;
        for (int n = 0; n < 6; n++)
            request(&server, pool);
        if (pool)
            curl_http.close_pool(NULL, pool);
        stop(&server);
        assert_int_equal(server.requests, 6);
        assert_int_equal(server.connections, rows[i].connections);
    }
}

/* A program that is started meanwhile must not inherit an authenticated connection. */
static void closes_on_exec(void **) {
    Server server;
    start(&server, 1000);
    HttpPool *pool = curl_http.open_pool(NULL);
    request(&server, pool);
    size_t connected = 0;
    for (int fd = 3; fd < 256; fd++) {
        struct sockaddr_in address = {0};
        socklen_t size = sizeof address;
        bool is_ours = getpeername(fd, (struct sockaddr *)&address, &size) == 0 &&
                       address.sin_family == AF_INET && ntohs(address.sin_port) == server.port;
        if (!is_ours)
            continue;
        connected++;
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    assert_int_equal(connected, 1);
    curl_http.close_pool(NULL, pool);
    stop(&server);
}

typedef struct Load {
    const Server *server;
    HttpPool *pool;
} Load;

static void send_many(void *payload) {
    Load *load = payload;
    for (int i = 0; i < 50; i++)
        request(load->server, load->pool);
}

/* Two threads on a server of one connection at a time: each request ends, and none is lost. */
static void serves_threads(void **) {
    Server server;
    start(&server, 1);
    Load load = {&server, curl_http.open_pool(NULL)};
    Thread *threads[2];
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
        threads[i] = thread_start(THREAD_ATTEMPT, send_many, &load);
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
        thread_join(threads[i]);
    curl_http.close_pool(NULL, load.pool);
    stop(&server);
    assert_int_equal(server.requests, 100);
}

UNIT_MAIN(test_curl_pool) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_connections),
        cmocka_unit_test(serves_threads),
        cmocka_unit_test(closes_on_exec),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
