/* Implements retries, and sinks for the body. */
#include "http_send.h"

#include "base64.h"
#include "log.h"
#include "str_quote.h"
#include "url.h"

#include <errno.h>

#define RETRY_WAIT_MS     1000
#define RETRY_WAIT_MAX_MS 30000
#define CREDENTIAL_MIN    6   /* bytes */
#define REQUEST_ID_MAX    256 /* bytes of a request ID in the log */

bool http_send_may_help(HttpStatus status, int code) {
    switch (status) {
    case HTTP_DONE: return code == 429 || (code >= 500 && code != 501);
    case HTTP_UNKNOWN_NAME:
    case HTTP_NO_CONNECTION:
    case HTTP_TIMED_OUT:
    case HTTP_LOST: return true;
    case HTTP_BAD_CERTIFICATE:
    case HTTP_TOO_LARGE:
    case HTTP_TOO_MANY_REDIRECTS:
    case HTTP_REFUSED_URL:
    case HTTP_NOT_KEPT:
    case HTTP_NO_CLIENT:
    case HTTP_CANCELLED: return false;
    }
    return false;
}

static int64_t wait_ms(const HttpRequest *request, const HttpResponse *response, uint32_t attempt,
                       const Clock *clock) {
    int64_t most = request->retry_wait_max_ms ? request->retry_wait_max_ms : RETRY_WAIT_MAX_MS;
    int64_t wait = request->retry_wait_ms ? request->retry_wait_ms : RETRY_WAIT_MS;
    for (uint32_t i = 0; i < attempt && wait < most; i++)
        wait *= 2;
    int64_t asked = http_retry_after_ms(response, clock);
    wait = asked > wait ? asked : wait;
    return wait < most ? wait : most;
}

/* A sink that each attempt starts anew. */
typedef struct Body {
    HttpSink sink;
    int (*begin)(void *payload);
} Body;

/* Returns the ID that the server gave to the request, for questions to its operator; empty if none.
 * The headers are those of the stores and key services that loam uses. */
static Str request_id(const HttpResponse *response) {
    static const char *const names[] = {
        "x-amz-request-id",     "x-amzn-requestid",  "x-ms-request-id",
        "x-guploader-uploadid", "x-goog-request-id", "audit-id", /* of Kubernetes */
    };
    Str id = STR_EMPTY;
    for (size_t i = 0; id.len == 0 && i < ARRAY_COUNT(names); i++)
        id = http_header(response, names[i]);
    return str_slice(id, 0, id.len < REQUEST_ID_MAX ? id.len : REQUEST_ID_MAX);
}

static void log_attempt(const HttpRequest *request, HttpStatus status, const HttpResponse *response,
                        int64_t began_ms, Arena *arena) {
    log_debug("http attempt",
              log_text("method", request->method.len > 0 ? request->method : STR("GET")),
              log_text("url", url_redact(request->url, arena)),
              log_number("headers", (int64_t)request->headers.count),
              log_number("body_bytes", (int64_t)request->body.len), log_number("result", status),
              log_number("status", response->code), log_text("request_id", request_id(response)),
              log_took(began_ms));
}

/* Sends one request, unless a header would add lines to it. */
static HttpStatus attempt_once(const Io *io, const HttpRequest *request, const HttpSink *sink,
                               HttpResponse *response, Str *problem, Arena *arena) {
    vec_each(&request->headers, header) {
        if (http_header_is_valid(header->name, header->value))
            continue;
        *problem = str_format(arena,
                              "the header %.*s has a line break or another character that HTTP "
                              "does not allow",
                              STR_ARG(str_quote(header->name, arena)));
        return HTTP_REFUSED_URL;
    }
    return io->http->attempt(io->http->self, request, sink, response, problem, arena);
}

static HttpStatus send_patiently(const Io *io, const HttpRequest *request, const Body *body,
                                 HttpResponse *out, Str *problem, Arena *arena) {
    for (uint32_t attempt = 0;; attempt++) {
        HttpResponse response = {0};
        *problem = STR_EMPTY;
        int error = body->begin(body->sink.payload);
        if (error) {
            *problem = str_format(arena, "%s", strerror(-error));
            return HTTP_NOT_KEPT;
        }
        int64_t began_ms = log_clock_ms();
        HttpStatus status = attempt_once(io, request, &body->sink, &response, problem, arena);
        log_attempt(request, status, &response, began_ms, arena);
        if (attempt >= request->retries || !http_send_may_help(status, response.code)) {
            response.attempts = attempt + 1;
            *out = response;
            return status;
        }
        int64_t wait = wait_ms(request, &response, attempt, io->clock);
        http_pause(request, wait, io->clock);
        if (http_is_cancelled(request)) {
            *problem = STR("interrupted");
            return HTTP_CANCELLED;
        }
    }
}

HttpStatus http_send_to_sink(const Io *io, const HttpRequest *request, const HttpSink *sink,
                             HttpResponse *response, Str *problem, Arena *arena) {
    int64_t began_ms = log_clock_ms();
    *problem = STR_EMPTY;
    *response = (HttpResponse){.attempts = 1};
    HttpStatus status = attempt_once(io, request, sink, response, problem, arena);
    log_attempt(request, status, response, began_ms, arena);
    return status;
}

static int empty_memory(void *payload) {
    StrBuf *text = payload;
    text->len = 0;
    return 0;
}

static int add_to_memory(void *payload, Str piece) {
    strbuf_add(payload, piece);
    return 0;
}

/* Short texts occur in a message by chance. */
static void add_credential(StrVec *found, Str text, Arena *arena) {
    if (text.len >= CREDENTIAL_MIN)
        vec_push(arena, found, text);
}

static StrVec credentials_of(const HttpRequest *request, Arena *arena) {
    StrVec found = {0}, of_url = url_secrets(request->url, arena);
    vec_each(&of_url, secret)
        add_credential(&found, *secret, arena);
    vec_each(&request->headers, header) {
        if (!log_is_secret_name(header->name))
            continue;
        size_t space = str_find_char(header->value, ' ', 0); /* Bearer TOKEN */
        add_credential(&found, header->value, arena);
        if (space != SIZE_MAX)
            add_credential(&found, str_after(header->value, space + 1), arena);
    }
    add_credential(&found, request->password, arena);
    if (request->password.len > 0) {
        Str pair =
            str_format(arena, "%.*s:%.*s", STR_ARG(request->user), STR_ARG(request->password));
        add_credential(&found, base64_encode(pair, arena), arena);
    }
    return found;
}

HttpStatus http_send(const Io *io, const HttpRequest *request, HttpResponse *response, Str *problem,
                     Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Body body = {{add_to_memory, &text}, empty_memory};
    HttpStatus status = send_patiently(io, request, &body, response, problem, arena);
    if (status != HTTP_DONE)
        return status;
    response->body = strbuf_str(&text);
    if (response->code >= 400 && !request->wants_repeated) {
        StrVec credentials = credentials_of(request, arena);
        response->body = log_scrub(response->body, &credentials, arena);
    }
    return status;
}

typedef struct OpenFile {
    const Disk *disk;
    DiskFile file;
} OpenFile;

static void send_open_file_release(OpenFile *open) {
    if (open->file.handle)
        open->disk->close(open->disk->self, open->file);
}
SCOPED_TYPE(OpenFile, send_open_file_release);

static int empty_file(void *payload) {
    OpenFile *open = payload;
    return open->disk->truncate(open->disk->self, open->file, 0);
}

static int add_to_file(void *payload, Str piece) {
    OpenFile *open = payload;
    return open->disk->append(open->disk->self, open->file, piece);
}

HttpStatus http_send_to_file(const Io *io, const HttpRequest *request, Str path,
                             HttpResponse *response, Str *problem, Arena *arena) {
    SCOPED(OpenFile) open = {.disk = io->disk};
    unsigned flags = DISK_WRITE | DISK_APPEND | DISK_CREATE | DISK_TRUNCATE;
    int error = io->disk->open(io->disk->self, path, flags, 0600, &open.file);
    if (error) {
        *problem = str_format(arena, "%s", strerror(-error));
        return HTTP_NOT_KEPT;
    }
    Body body = {{add_to_file, &open}, empty_file};
    return send_patiently(io, request, &body, response, problem, arena);
}
