/* rpc_server: an HTTP/2 server for one connection. The path of the request selects one of many
 * valid and invalid responses. */
#pragma once

#include "arena_case.h"

#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { SERVER_STREAMS_MAX = 4096 };

/* A response: headers, a body, trailers. */
typedef struct Reply {
    const char *path;
    const char *body; /* in hexadecimal, with the prefixes of its messages */
    const char *grpc_status;
    const char *grpc_message;
    const char *encoding;
    bool has_trailers_only;
    uint32_t reset;          /* instead of trailers: the error code */
    const char *http_status; /* NULL: 200 */
} Reply;

static const Reply replies[] = {
    {"/empty", "0000000000", "0", NULL, NULL, false, 0, NULL},
    {"/not-found", NULL, "5", "no%20%C3%A9%", NULL, true, 0, NULL},
    {"/late-error", "000000000161", "13", "late", NULL, false, 0, NULL},
    {"/no-message", NULL, "0", NULL, NULL, false, 0, NULL},
    {"/two", "000000000161000000000162", "0", NULL, NULL, false, 0, NULL},
    {"/cut", "0000000005616263", "0", NULL, NULL, false, 0, NULL},
    {"/cut-prefix", "0000", "0", NULL, NULL, false, 0, NULL},
    {"/too-long", "0020000000", "0", NULL, NULL, false, 0, NULL},
    {"/compressed", "010000000161", "0", NULL, NULL, false, 0, NULL},
    {"/gzip", "000000000161", "0", NULL, "gzip", false, 0, NULL},
    {"/http-500", NULL, NULL, NULL, NULL, true, 0, "500"},
    {"/no-status", "000000000161", NULL, NULL, NULL, false, 0, NULL},
    {"/bad-status", NULL, "x7", NULL, NULL, true, 0, NULL},
    {"/refused", NULL, NULL, NULL, NULL, false, 7, NULL},
    {"/cancelled", NULL, NULL, NULL, NULL, false, 8, NULL},
};

typedef struct ServerStream {
    const Reply *reply;
    char *path;
    char *body;
    size_t length;
    size_t capacity;
    size_t sent;
} ServerStream;

typedef struct Server {
    char path[108];
    int listener;
    pthread_t thread;
    size_t split;          /* bytes of one write; 0: no limit */
    uint32_t stream_limit; /* concurrent streams that it accepts; 0: no limit */
    bool sends_garbage;
    int connection;
    ServerStream streams[SERVER_STREAMS_MAX]; /* by id / 2, modulo */
    size_t reset_count;                       /* RST_STREAM frames received */
} Server;

static ServerStream *server_stream(Server *server, int32_t id) {
    return &server->streams[((size_t)id / 2) % SERVER_STREAMS_MAX];
}

static void server_append(ServerStream *stream, const void *bytes, size_t length) {
    if (stream->length + length > stream->capacity) {
        stream->capacity = (stream->length + length) * 2;
        stream->body = realloc(stream->body, stream->capacity);
    }
    memcpy(stream->body + stream->length, bytes, length);
    stream->length += length;
}

static ssize_t server_read_body(nghttp2_session *session, int32_t id, uint8_t *out, size_t size,
                                uint32_t *flags, nghttp2_data_source *, void *payload) {
    ServerStream *stream = server_stream(payload, id);
    const Reply *reply = stream->reply;
    size_t count = stream->length - stream->sent;
    if (count > size)
        count = size;
    memcpy(out, stream->body + stream->sent, count);
    stream->sent += count;
    if (stream->sent < stream->length)
        return (ssize_t)count;
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (reply && !reply->grpc_status)
        return (ssize_t)count;
    const char *status = reply ? reply->grpc_status : "0";
    const char *message = reply && reply->grpc_message ? reply->grpc_message : "";
    nghttp2_nv trailers[] = {
        {(uint8_t *)"grpc-status", (uint8_t *)status, 11, strlen(status), 0},
        {(uint8_t *)"grpc-message", (uint8_t *)message, 12, strlen(message), 0},
    };
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    nghttp2_submit_trailer(session, id, trailers, message[0] ? 2 : 1);
    return (ssize_t)count;
}

static void server_reply(nghttp2_session *session, int32_t id, ServerStream *stream) {
    const Reply *reply = stream->reply;
    const char *code = reply && reply->http_status ? reply->http_status : "200";
    const char *status = reply && reply->grpc_status ? reply->grpc_status : "";
    const char *message = reply && reply->grpc_message ? reply->grpc_message : "";
    const char *encoding = reply && reply->encoding ? reply->encoding : "identity";
    nghttp2_nv headers[] = {
        {(uint8_t *)":status", (uint8_t *)code, 7, strlen(code), 0},
        {(uint8_t *)"content-type", (uint8_t *)"application/grpc", 12, 16, 0},
        {(uint8_t *)"grpc-encoding", (uint8_t *)encoding, 13, strlen(encoding), 0},
        {(uint8_t *)"grpc-status", (uint8_t *)status, 11, strlen(status), 0},
        {(uint8_t *)"grpc-message", (uint8_t *)message, 12, strlen(message), 0},
    };
    nghttp2_data_provider body = {.read_callback = server_read_body};
    if (reply && reply->reset)
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, reply->reset);
    else if (reply && reply->has_trailers_only)
        nghttp2_submit_response(session, id, headers, status[0] ? 5 : 3, NULL);
    else
        nghttp2_submit_response(session, id, headers, 3, &body);
}

static const Reply *server_find_reply(const char *path) {
    for (size_t i = 0; i < ARRAY_COUNT(replies); i++) {
        if (strcmp(replies[i].path, path) == 0)
            return &replies[i];
    }
    return NULL;
}

static void server_hex(ServerStream *stream, const char *hex) {
    for (; hex && hex[0]; hex += 2) {
        char digits[] = {hex[0], hex[1], 0};
        char byte = (char)strtol(digits, NULL, 16);
        server_append(stream, &byte, 1);
    }
}

/* "/size/N" is a message of N bytes, "/stream/N" N messages of one byte, "/echo" the request. */
static void server_request_ended(Server *server, nghttp2_session *session, int32_t id) {
    ServerStream *stream = server_stream(server, id);
    const char *path = stream->path;
    char prefix[5] = {0};
    stream->reply = server_find_reply(path);
    if (strcmp(path, "/hang") == 0)
        return;
    if (strcmp(path, "/close") == 0) {
        shutdown(server->connection, SHUT_RDWR);
        return;
    }
    if (strcmp(path, "/goaway") == 0)
        nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE, id, 0, NULL, 0);
    if (strncmp(path, "/size/", 6) == 0) {
        unsigned long size = strtoul(path + 6, NULL, 10);
        char block[4096];
        memset(block, 's', sizeof block);
        for (int i = 0; i < 4; i++)
            prefix[1 + i] = (char)(uint8_t)(size >> (24 - 8 * i));
        stream->length = 0;
        server_append(stream, prefix, 5);
        for (; size > sizeof block; size -= sizeof block)
            server_append(stream, block, sizeof block);
        server_append(stream, block, size);
    } else if (strncmp(path, "/stream/", 8) == 0) {
        stream->length = 0;
        for (unsigned long left = strtoul(path + 8, NULL, 10); left > 0; left--)
            server_hex(stream, "000000000178");
    } else if (stream->reply) {
        stream->length = 0;
        server_hex(stream, stream->reply->body);
    }
    server_reply(session, id, stream);
}

static int server_on_header(nghttp2_session *session, const nghttp2_frame *frame,
                            const uint8_t *name, size_t name_length, const uint8_t *value,
                            size_t value_length, uint8_t flags, void *payload) {
    (void)session, (void)flags, (void)name_length;
    ServerStream *stream = server_stream(payload, frame->hd.stream_id);
    if (strcmp((const char *)name, ":path") != 0)
        return 0;
    free(stream->path);
    free(stream->body);
    *stream = (ServerStream){.path = strndup((const char *)value, value_length)};
    return 0;
}

static int server_on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
                          size_t length, void *payload) {
    (void)session, (void)flags;
    server_append(server_stream(payload, id), bytes, length);
    return 0;
}

static int server_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *payload) {
    Server *server = payload;
    if (frame->hd.type == NGHTTP2_RST_STREAM)
        __atomic_add_fetch(&server->reset_count, 1, __ATOMIC_SEQ_CST);
    bool has_body = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (has_body && frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        server_request_ended(server, session, frame->hd.stream_id);
    return 0;
}

static bool server_write(const Server *server, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        size_t part = server->split && server->split < length ? server->split : length;
        ssize_t count = send(server->connection, bytes, part, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

static bool server_send(const Server *server, nghttp2_session *session) {
    const uint8_t *bytes;
    ssize_t count;
    while ((count = nghttp2_session_mem_send(session, &bytes)) > 0) {
        if (!server_write(server, bytes, (size_t)count))
            return false;
    }
    return true;
}

static nghttp2_session *server_session(Server *server) {
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session;
    nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, server->stream_limit}};
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, server_on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, server_on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, server_on_frame);
    nghttp2_session_server_new(&session, callbacks, server);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, server->stream_limit ? 1 : 0);
    return session;
}

static void *server_run(void *payload) {
    Server *server = payload;
    static char buffer[65536];
    server->connection = accept(server->listener, NULL, NULL);
    if (server->sends_garbage)
        server_write(server, (const uint8_t *)"HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    nghttp2_session *session = server_session(server);
    ssize_t length;
    while (server_send(server, session) &&
           (length = recv(server->connection, buffer, sizeof buffer, 0)) > 0) {
        if (nghttp2_session_mem_recv(session, (uint8_t *)buffer, (size_t)length) < 0)
            break;
    }
    nghttp2_session_del(session);
    close(server->connection);
    return NULL;
}

/* Listens in the current directory. */
static void server_start(Server *server) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(server->path, sizeof server->path, "rpc-%d.sock", getpid());
    strncpy(address.sun_path, server->path, sizeof address.sun_path - 1);
    unlink(server->path);
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(pthread_create(&server->thread, NULL, server_run, server), 0);
}

static void server_end(Server *server) {
    pthread_join(server->thread, NULL);
    close(server->listener);
    unlink(server->path);
    for (size_t i = 0; i < SERVER_STREAMS_MAX; i++) {
        free(server->streams[i].path);
        free(server->streams[i].body);
    }
}
