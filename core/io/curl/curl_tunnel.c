/* Implements ProxyTunnel: libcurl connects and speaks with the proxy, then its socket is the
 * connection. The bytes of a TLS connection to the proxy pass through libcurl, so a thread moves
 * them between libcurl and a pair of sockets. */
#include "curl_http.h"
#include "log.h"
#include "proxy_tunnel.h"
#include "thread.h"
#include "url.h"
#include "utf8.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MS            10000
#define ANSWER_MAX           ((size_t)16384)
#define TUNNEL_LOOK_EVERY_MS 100
#define PIECE_SIZE           ((size_t)16384)
#define PUMP_TICK_MS         1000

typedef struct Opening {
    const ProxyRequest *request;
    CURL *curl;
    CURLM *multi;
    size_t answer_size; /* bytes of all headers */
    int code;           /* of the last status line; 0: none */
    Str reason;         /* "407 Proxy Authentication Required" */
    char text[CURL_ERROR_SIZE];
    Arena *arena;
} Opening;

static void opening_release(Opening *opening) {
    if (opening->curl && opening->multi)
        curl_multi_remove_handle(opening->multi, opening->curl);
    curl_easy_cleanup(opening->curl);
    curl_multi_cleanup(opening->multi);
}
SCOPED_TYPE(Opening, opening_release);

/* Ends the transfer after the headers of an answer that is no success: its body may be long. */
static size_t tunnel_receive_header(char *bytes, size_t one, size_t size, void *payload) {
    (void)one;
    Opening *opening = payload;
    Str line = str_trim((Str){bytes, size}), rest = line, version;
    opening->answer_size += size;
    if (str_starts_with(line, STR("HTTP/")) && str_next_field(&rest, ' ', &version)) {
        int64_t code = 0;
        opening->code = str_to_int64(str_slice(rest, 0, 3), &code) ? (int)code : 0;
        opening->reason = utf8_one_line(rest, opening->arena);
    }
    bool is_rejected = line.len == 0 && opening->code >= 300;
    return opening->answer_size > ANSWER_MAX || is_rejected ? 0 : size;
}

static bool is_https(const ProxyRequest *request) {
    Url url;
    return url_parse(request->url, &url) && str_equal(url.scheme, STR("https"));
}

static void tunnel_set_up(Opening *opening) {
    const ProxyRequest *request = opening->request;
    CURL *curl = opening->curl;
    bool is_v6 = str_find_char(request->host, ':', 0) != SIZE_MAX;
    Str target = str_format(opening->arena, is_v6 ? "http://[%.*s]:%u/" : "http://%.*s:%u/",
                            STR_ARG(request->host), request->port);
    const char *directory = getenv("SSL_CERT_DIR");
    int64_t left_ms = request->timeout_ms > 0 && request->timeout_ms < ANSWER_MS
                          ? request->timeout_ms
                          : ANSWER_MS;
    curl_easy_setopt(curl, CURLOPT_URL, str_to_cstr(target, opening->arena));
    curl_easy_setopt(curl, CURLOPT_PROXY, str_to_cstr(request->url, opening->arena));
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, curl_http_open_socket);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "loam/" LOAM_VERSION);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, tunnel_receive_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, opening);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, opening->text);
    curl_easy_setopt(curl, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_PROXY_CAINFO, curl_http_find_bundle());
    if (directory && directory[0])
        curl_easy_setopt(curl, CURLOPT_PROXY_CAPATH, directory);
}

/* Returns false if the request was cancelled. */
static bool tunnel_drive(Opening *opening, CURLcode *code) {
    int running = 1, left = 0;
    while (running) {
        if (cancel_level(opening->request->cancel) >= opening->request->cancel_at)
            return false;
        if (curl_multi_perform(opening->multi, &running) != CURLM_OK)
            return true;
        if (running)
            (void)curl_multi_poll(opening->multi, NULL, 0, TUNNEL_LOOK_EVERY_MS, NULL);
    }
    const CURLMsg *message = curl_multi_info_read(opening->multi, &left);
    if (message && message->msg == CURLMSG_DONE)
        *code = message->data.result;
    return true;
}

/* Returns true for an answer after which a repetition cannot succeed. */
static bool is_rejection(const Opening *opening, CURLcode code) {
    long socks = CURLPX_OK;
    int answer = opening->code;
    (void)curl_easy_getinfo(opening->curl, CURLINFO_PROXY_ERROR, &socks);
    if (answer >= 300)
        return answer < 500 && answer != 408 && answer != 429;
    return code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
           code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           (code == CURLE_PROXY &&
            (socks == CURLPX_NO_AUTH || socks == CURLPX_USER_REJECTED ||
             socks == CURLPX_REPLY_NOT_ALLOWED || socks == CURLPX_UNKNOWN_FAIL));
}

static ProxyStatus explain_failure(const Opening *opening, CURLcode code, Str *problem) {
    Arena *arena = opening->arena;
    Url url;
    Str proxy = url_parse(opening->request->url, &url) ? url.host : STR_EMPTY;
    Str text = str_from_cstr(opening->text[0] ? opening->text : curl_easy_strerror(code));
    if (opening->answer_size > ANSWER_MAX)
        text = STR("its answer is larger than 16 KiB");
    else if (opening->code >= 300)
        text = str_format(arena, "it answers \"%.*s\"", STR_ARG(opening->reason));
    text = url_scrub(utf8_one_line(text, arena), opening->request->url, arena);
    *problem = str_format(arena, "the proxy at %.*s does not connect: %.*s", STR_ARG(proxy),
                          STR_ARG(text));
    return is_rejection(opening, code) ? PROXY_REFUSED : PROXY_FAILED;
}

/* -- connections over TLS ---------------------------------------------------------------------- */

/* Bytes on the way in one direction. */
typedef struct Carried {
    char bytes[PIECE_SIZE];
    size_t start, len;
} Carried;

typedef struct Pump {
    Arena *arena; /* holds the pump itself */
    CURL *curl;
    CURLM *multi;
    curl_socket_t outer; /* to the proxy; of libcurl */
    int inner;
    Carried up, down;
    bool has_ended;
} Pump;

static void pump_close(Pump *pump) {
    close(pump->inner);
    curl_multi_remove_handle(pump->multi, pump->curl);
    curl_easy_cleanup(pump->curl);
    curl_multi_cleanup(pump->multi);
    arena_close(pump->arena);
}

static bool is_pause(ssize_t got) {
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Moves bytes of the machine; returns true if there were some. */
static bool pump_down(Pump *pump) {
    Carried *down = &pump->down;
    if (down->len == 0) {
        size_t got = 0;
        CURLcode code = curl_easy_recv(pump->curl, down->bytes, sizeof down->bytes, &got);
        pump->has_ended |= code != CURLE_AGAIN && (code != CURLE_OK || got == 0);
        down->start = 0;
        down->len = code == CURLE_OK ? got : 0;
    }
    if (down->len == 0)
        return false;
    ssize_t sent = send(pump->inner, down->bytes + down->start, down->len, MSG_NOSIGNAL);
    pump->has_ended |= sent < 0 && !is_pause(sent);
    if (sent <= 0)
        return false;
    down->start += (size_t)sent;
    down->len -= (size_t)sent;
    return true;
}

static bool pump_up(Pump *pump) {
    Carried *up = &pump->up;
    if (up->len == 0) {
        ssize_t got = recv(pump->inner, up->bytes, sizeof up->bytes, 0);
        pump->has_ended |= got == 0 || (got < 0 && !is_pause(got));
        up->start = 0;
        up->len = got > 0 ? (size_t)got : 0;
    }
    if (up->len == 0)
        return false;
    size_t sent = 0;
    CURLcode code = curl_easy_send(pump->curl, up->bytes + up->start, up->len, &sent);
    pump->has_ended |= code != CURLE_AGAIN && code != CURLE_OK;
    up->start += sent;
    up->len -= sent;
    return sent > 0;
}

static void pump_run(void *payload) {
    Pump *pump = payload;
    while (!pump->has_ended) {
        bool moved = pump_down(pump);
        moved = pump_up(pump) || moved;
        if (moved || pump->has_ended)
            continue;
        struct pollfd ends[] = {
            {pump->outer, (short)(POLLIN | (pump->up.len ? POLLOUT : 0)), 0},
            {pump->inner, (short)((pump->up.len ? 0 : POLLIN) | (pump->down.len ? POLLOUT : 0)), 0},
        };
        (void)poll(ends, ARRAY_COUNT(ends), PUMP_TICK_MS);
    }
    pump_close(pump);
}

/* Takes the handles from *opening. Returns a descriptor, or -1 with errno. */
static int start_pump(Opening *opening, curl_socket_t outer) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return -1;
    Arena *arena = arena_open("proxy pump");
    Pump *pump = arena_new(arena, Pump);
    pump->arena = arena;
    pump->curl = opening->curl;
    pump->multi = opening->multi;
    pump->outer = outer;
    pump->inner = ends[1];
    /* The handle must not point into memory of the caller any more. */
    curl_easy_setopt(pump->curl, CURLOPT_ERRORBUFFER, NULL);
    opening->curl = NULL;
    opening->multi = NULL;
    Thread *thread = thread_start(THREAD_SSH_PROXY, pump_run, pump);
    if (thread) {
        thread_abandon(thread);
        return ends[0];
    }
    pump_close(pump);
    close(ends[0]);
    errno = EAGAIN;
    return -1;
}

static ProxyStatus tunnel_open(const ProxyRequest *request, int *fd, Str *problem, Arena *arena) {
    curl_http_set_up_library();
    SCOPED(Opening)
    opening = {
        .request = request, .arena = arena, .curl = curl_easy_init(), .multi = curl_multi_init()};
    CURLcode code = CURLE_FAILED_INIT;
    if (opening.curl && opening.multi) {
        tunnel_set_up(&opening);
        curl_multi_add_handle(opening.multi, opening.curl);
        if (!tunnel_drive(&opening, &code))
            return PROXY_CANCELLED;
    }
    curl_socket_t outer = CURL_SOCKET_BAD;
    if (code == CURLE_OK)
        code = curl_easy_getinfo(opening.curl, CURLINFO_ACTIVESOCKET, &outer);
    if (code != CURLE_OK)
        return explain_failure(&opening, code, problem);
    *fd = is_https(request) ? start_pump(&opening, outer) : fcntl(outer, F_DUPFD_CLOEXEC, 0);
    if (*fd >= 0)
        return PROXY_CONNECTED;
    *problem = str_clone(str_from_cstr(strerror(errno)), arena);
    return PROXY_FAILED;
}

const ProxyTunnel curl_tunnel = {.open = tunnel_open};
