/* Sends one transfer per attempt; the cancel token interrupts it at the level cancel_at. The
 * connections of a pool stay open for later transfers. */
#include "curl_http.h"

#include "http.h"
#include "thread.h"
#include "url.h"
#include "utf8.h"

#include <curl/curl.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define REDIRECT_LIMIT     10
#define CONNECT_MS         10000
#define IDLE_MS            60000
#define IDLE_MAX_S         3600
#define LEAST_RATE         100 /* bytes/s: a server that trickles must time out like one that is silent */
#define BODY_LIMIT         ((uint64_t)16 << 20)
#define HTTP_LOOK_EVERY_MS 500
#define HEADERS_AT_MOST    ((size_t)1000)

/* Each handle that drives a transfer has connections of its own, so a pool is a list of handles
 * that drive none. Locks itself. */
struct HttpPool {
    Arena *arena;
    pthread_mutex_t mutex;
    VEC(CURLM *) idle;
};

/* A handle for one transfer at a time. */
typedef struct PoolEntry {
    CURLM *multi; /* NULL: libcurl has no memory */
    HttpPool *pool;
} PoolEntry;

static void set_up_library(void) {
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

void curl_http_set_up_library(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up_library);
}

static HttpPool *open_pool(void *) {
    Arena *arena = arena_open("http pool");
    HttpPool *pool = arena_new(arena, HttpPool);
    pool->arena = arena;
    pthread_mutex_init(&pool->mutex, NULL);
    return pool;
}

static void close_pool(void *, HttpPool *pool) {
    vec_each(&pool->idle, multi) {
        curl_multi_cleanup(*multi);
    }
    pthread_mutex_destroy(&pool->mutex);
    arena_close(pool->arena);
}

static CURLM *pop_idle(HttpPool *pool) {
    LOCKED(&pool->mutex);
    return pool->idle.count ? vec_pop(&pool->idle) : NULL;
}

/* Returns the handle that was used last, because its connection is the least likely to be closed
 * by the server, else a new one. `pool` NULL: a new one, which is not kept. */
static PoolEntry borrow_handle(HttpPool *pool) {
    curl_http_set_up_library();
    CURLM *multi = pool ? pop_idle(pool) : NULL;
    return (PoolEntry){multi ? multi : curl_multi_init(), pool};
}

/* Returns the handle to its pool. */
static void pool_entry_release(PoolEntry *entry) {
    HttpPool *pool = entry->pool;
    if (!pool || !entry->multi) {
        curl_multi_cleanup(entry->multi);
        return;
    }
    LOCKED(&pool->mutex);
    vec_push(pool->arena, &pool->idle, entry->multi);
}
SCOPED_TYPE(PoolEntry, pool_entry_release);

typedef CURL *CurlRef;
static void curl_ref_release(CurlRef *curl) {
    curl_easy_cleanup(*curl);
}
SCOPED_TYPE(CurlRef, curl_ref_release);

typedef struct curl_slist *CurlList;
static void curl_list_release(CurlList *list) {
    curl_slist_free_all(*list);
}
SCOPED_TYPE(CurlList, curl_list_release);

typedef struct Transfer {
    CURL *curl;
    const HttpRequest *request;
    const HttpSink *sink;
    HttpHeaders headers;
    uint64_t left; /* bytes left of the body limit */
    bool is_too_large;
    bool has_headers; /* all headers arrived; libcurl accepts a response without their end */
    int sink_error;
    char text[CURL_ERROR_SIZE];
    Arena *arena;
} Transfer;

/* Called for each header. libcurl checks the target of a redirect after all headers have arrived:
 * so a response over https forbids a redirect to http, also after a redirect from http to https. */
static void limit_redirects(CURL *curl) {
    const char *scheme = NULL;
    if (curl_easy_getinfo(curl, CURLINFO_SCHEME, &scheme) != CURLE_OK || !scheme ||
        strcasecmp(scheme, "http") != 0)
        curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
}

/* A status line begins a new set of headers, because each redirect has its own. Trailers after the
 * body are ignored; no empty line ends them. */
static size_t receive_header(char *bytes, size_t one, size_t size, void *payload) {
    (void)one;
    Transfer *transfer = payload;
    Str line = str_trim((Str){bytes, size});
    size_t colon = str_find_char(line, ':', 0);
    bool begins = str_starts_with(line, STR("HTTP/"));
    if (begins) {
        transfer->headers.count = 0;
        limit_redirects(transfer->curl);
    } else if (!transfer->has_headers && colon != SIZE_MAX &&
               transfer->headers.count < HEADERS_AT_MOST) {
        line = str_clone(line, transfer->arena); /* utf8_lower may return a part of it */
        vec_push(transfer->arena, &transfer->headers,
                 (HttpHeader){utf8_lower(str_slice(line, 0, colon), transfer->arena),
                              str_trim(str_after(line, colon + 1))});
    }
    transfer->has_headers = !begins && (transfer->has_headers || line.len == 0);
    return size;
}

static size_t receive_body(char *bytes, size_t one, size_t size, void *payload) {
    (void)one;
    Transfer *transfer = payload;
    transfer->is_too_large = size > transfer->left;
    if (transfer->is_too_large)
        return 0;
    transfer->left -= size;
    transfer->sink_error = transfer->sink->write(transfer->sink->payload, (Str){bytes, size});
    return transfer->sink_error ? 0 : size;
}

static void curl_http_set_text(CURL *curl, CURLoption option, Str text, Arena *arena) {
    if (text.len)
        curl_easy_setopt(curl, option, str_to_cstr(text, arena));
}

static void set_blob(CURL *curl, CURLoption option, Str text) {
    struct curl_blob blob = {(void *)(uintptr_t)text.ptr, text.len, CURL_BLOB_COPY};
    if (text.len)
        curl_easy_setopt(curl, option, &blob);
}

static void set_method(CURL *curl, const HttpRequest *request, Arena *arena) {
    bool is_head = str_equal(request->method, STR("HEAD"));
    if (request->body.len) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.ptr);
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "GET");
    }
    curl_http_set_text(curl, CURLOPT_CUSTOMREQUEST, request->method, arena);
    if (is_head)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
}

/* Returns the file of certificate authorities, or NULL for the one that libcurl was compiled with.
 * That one is absent where another distribution than that of libcurl runs. */
const char *curl_http_find_bundle(void) {
    static const char *const bundles[] = {
        "/etc/ssl/certs/ca-certificates.crt", /* Debian, Ubuntu, Alpine, Arch */
        "/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora, RHEL */
        "/etc/ssl/ca-bundle.pem",             /* SUSE */
        "/etc/ssl/cert.pem",                  /* Alpine without the package ca-certificates, BSD */
    };
    const char *named = getenv("SSL_CERT_FILE");
    if (named && named[0])
        return named;
    for (size_t i = 0; i < ARRAY_COUNT(bundles); i++)
        if (access(bundles[i], R_OK) == 0)
            return bundles[i];
    return NULL;
}

static void set_trust(CURL *curl, const HttpRequest *request) {
    const char *file = curl_http_find_bundle();
    const char *directory = getenv("SSL_CERT_DIR");
    bool has_directory = directory && directory[0];
    if (file || has_directory) /* libcurl rejects a file that is absent, also beside a directory */
        curl_easy_setopt(curl, CURLOPT_CAINFO, file);
    if (request->ca_certs.len) /* only these, not the system's */
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    else if (has_directory)
        curl_easy_setopt(curl, CURLOPT_CAPATH, directory);
    set_blob(curl, CURLOPT_CAINFO_BLOB, request->ca_certs);
    set_blob(curl, CURLOPT_SSLCERT_BLOB, request->certificate);
    set_blob(curl, CURLOPT_SSLKEY_BLOB, request->key);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (!request->skip_verify)
        return;
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
}

/* Returns the limit of requests that set none: LOAM_REQUEST_TIMEOUT in seconds, else IDLE_MS. */
static int64_t usual_idle_ms(void) {
    const char *set = getenv("LOAM_REQUEST_TIMEOUT");
    int64_t seconds;
    bool is_valid =
        set && str_to_int64(str_from_cstr(set), &seconds) && seconds > 0 && seconds <= IDLE_MAX_S;
    return is_valid ? seconds * 1000 : IDLE_MS;
}

static void set_bounds(CURL *curl, const HttpRequest *request) {
    int limit = request->redirect_limit ? request->redirect_limit : REDIRECT_LIMIT;
    int64_t idle_ms = request->idle_timeout_ms ? request->idle_timeout_ms : usual_idle_ms();
    int64_t connect_ms = request->connect_timeout_ms ? request->connect_timeout_ms : CONNECT_MS;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https"); /* see limit_redirects */
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, limit > 0 ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)limit);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT,
                     (long)(request->least_rate ? request->least_rate : LEAST_RATE));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)((idle_ms + 999) / 1000));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE,
                     (curl_off_t)(request->body_limit ? request->body_limit : BODY_LIMIT));
}

static void set_proxy(CURL *curl, const HttpRequest *request, Arena *arena) {
    if (request->proxy.len == 0 && !str_equal(request->no_proxy, STR("*")))
        return;
    curl_http_set_text(curl, CURLOPT_PROXY, request->proxy, arena);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, str_to_cstr(request->no_proxy, arena));
}

/* If server_name is set, the URL gets that name, so that curl verifies it. The connection and the
 * Host header use the original host. */
static Str set_address(CURL *curl, Transfer *transfer, CurlList *headers, CurlList *places) {
    const HttpRequest *request = transfer->request;
    Arena *arena = transfer->arena;
    Url url;
    if (request->server_name.len == 0 || !url_parse(request->url, &url))
        return request->url;
    Str host = url.host;
    Str port = str_after(host, url_host_name(&url).len);
    bool is_v6 = str_find_char(request->server_name, ':', 0) != SIZE_MAX;
    Str place = str_format(arena, "::%.*s%s", STR_ARG(host), port.len ? "" : ":");
    Str header = str_format(arena, "Host: %.*s", STR_ARG(host));
    *places = curl_slist_append(*places, str_to_cstr(place, arena));
    *headers = curl_slist_append(*headers, str_to_cstr(header, arena));
    curl_easy_setopt(curl, CURLOPT_CONNECT_TO, *places);
    url.host = str_format(arena, is_v6 ? "[%.*s]%.*s" : "%.*s%.*s", STR_ARG(request->server_name),
                          STR_ARG(port));
    return url_to_str(&url, arena);
}

static void curl_http_set_headers(CURL *curl, const HttpRequest *request, CurlList *list,
                                  Arena *arena) {
    vec_each(&request->headers, header) {
        Str line = str_format(arena, "%.*s: %.*s", STR_ARG(header->name), STR_ARG(header->value));
        *list = curl_slist_append(*list, str_to_cstr(line, arena));
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *list);
}

/* A program that is started during a request, or while the connection stays open, must not inherit
 * it: libcurl leaves its sockets open on exec. */
curl_socket_t curl_http_open_socket(void *payload, curlsocktype purpose,
                                    struct curl_sockaddr *address) {
    (void)payload, (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void curl_http_set_up(CURL *curl, Transfer *transfer, CurlList *list, CurlList *places) {
    const HttpRequest *request = transfer->request;
    Arena *arena = transfer->arena;
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L); /* the signature covers the path unchanged */
    /* Each connection carries one transfer at a time, so HTTP/2 has no advantage. */
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_http_set_text(curl, CURLOPT_URL, set_address(curl, transfer, list, places), arena);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, curl_http_open_socket);
    set_method(curl, request, arena);
    set_trust(curl, request);
    set_bounds(curl, request);
    set_proxy(curl, request, arena);
    curl_http_set_headers(curl, request, list, arena);
    if (request->only_connects) {
        curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
        curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
    }
    if (request->accepts_gzip)
        curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_http_set_text(curl, CURLOPT_USERNAME, request->user, arena);
    curl_http_set_text(curl, CURLOPT_PASSWORD, request->password, arena);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "loam/" LOAM_VERSION);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->text);
}

typedef struct CodeRow {
    CURLcode code;
    HttpStatus status;
} CodeRow;

static const CodeRow codes[] = {
    {CURLE_OK, HTTP_DONE},
    {CURLE_COULDNT_RESOLVE_HOST, HTTP_UNKNOWN_NAME},
    {CURLE_COULDNT_RESOLVE_PROXY, HTTP_UNKNOWN_NAME},
    {CURLE_COULDNT_CONNECT, HTTP_NO_CONNECTION},
    {CURLE_OPERATION_TIMEDOUT, HTTP_TIMED_OUT},
    {CURLE_FILESIZE_EXCEEDED, HTTP_TOO_LARGE},
    {CURLE_TOO_MANY_REDIRECTS, HTTP_TOO_MANY_REDIRECTS},
    {CURLE_UNSUPPORTED_PROTOCOL, HTTP_REFUSED_URL},
    {CURLE_URL_MALFORMAT, HTTP_REFUSED_URL},
    {CURLE_PEER_FAILED_VERIFICATION, HTTP_BAD_CERTIFICATE},
    {CURLE_SSL_CACERT_BADFILE, HTTP_BAD_CERTIFICATE},
    {CURLE_SSL_CERTPROBLEM, HTTP_BAD_CERTIFICATE},
    {CURLE_SSL_CONNECT_ERROR, HTTP_BAD_CERTIFICATE},
};

/* A connection that ends during the TLS handshake is not a certificate error. Recognizes libcurl's
 * messages with OpenSSL. */
static bool broke_off(const Transfer *transfer, CURLcode code) {
    static const Str texts[] = {
        STR_CONST("OpenSSL SSL_connect: "),
        STR_CONST("unexpected eof"),
        STR_CONST("Recv failure: "),
        STR_CONST("Send failure: "),
    };
    Str text = str_from_cstr(transfer->text);
    for (size_t i = 0; code == CURLE_SSL_CONNECT_ERROR && i < ARRAY_COUNT(texts); i++) {
        if (str_find(text, texts[i], 0) != SIZE_MAX)
            return true;
    }
    return false;
}

static HttpStatus curl_http_status_of(const Transfer *transfer, CURLcode code) {
    if (transfer->is_too_large)
        return HTTP_TOO_LARGE;
    if (transfer->sink_error)
        return HTTP_NOT_KEPT;
    bool is_answered = transfer->has_headers || transfer->request->only_connects;
    if ((code == CURLE_OK && !is_answered) || broke_off(transfer, code))
        return HTTP_LOST;
    for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
        if (codes[i].code == code)
            return codes[i].status;
    }
    return HTTP_LOST;
}

static Str curl_http_problem_of(const Transfer *transfer, CURLcode code) {
    if (transfer->is_too_large || code == CURLE_FILESIZE_EXCEEDED)
        return STR("the response is larger than expected");
    if (transfer->sink_error)
        return str_format(transfer->arena, "%s", strerror(-transfer->sink_error));
    if (code == CURLE_OK)
        return STR("the response is incomplete");
    if (code == CURLE_SSL_CACERT_BADFILE && !curl_http_find_bundle() &&
        !transfer->request->ca_certs.len)
        return STR("the system has no certificate authorities: install its package "
                   "ca-certificates, or let "
                   "SSL_CERT_FILE name a file of them");
    Str text = str_from_cstr(transfer->text[0] ? transfer->text : curl_easy_strerror(code));
    return utf8_one_line(text, transfer->arena);
}

/* Runs the transfer; returns false if it was cancelled. */
static bool drive(CURLM *multi, const HttpRequest *request, CURLcode *code) {
    int running = 1;
    int left = 0;
    while (running) {
        if (http_is_cancelled(request))
            return false;
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            return true;
        struct curl_waitfd wakes = {.events = CURL_WAIT_POLLIN};
        bool listens = request->cancel && cancel_level(request->cancel) == CANCEL_NONE;
        if (listens)
            wakes.fd = cancel_fd(request->cancel);
        if (running)
            (void)curl_multi_poll(multi, &wakes, listens ? 1 : 0, HTTP_LOOK_EVERY_MS, NULL);
    }
    const CURLMsg *message = curl_multi_info_read(multi, &left);
    if (message && message->msg == CURLMSG_DONE)
        *code = message->data.result;
    return true;
}

/* Each certificate is a list of "NAME:VALUE" lines. */
static StrVec certificates_of(CURL *curl, Arena *arena) {
    static const Str name = STR_CONST("Cert:");
    struct curl_certinfo *info = NULL;
    StrVec found = {0};
    if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info) != CURLE_OK || !info)
        return found;
    for (int i = 0; i < info->num_of_certs; i++) {
        for (struct curl_slist *at = info->certinfo[i]; at; at = at->next) {
            Str line = str_from_cstr(at->data);
            if (str_starts_with(line, name))
                vec_push(arena, &found, str_clone(str_after(line, name.len), arena));
        }
    }
    return found;
}

static void fill_response(CURL *curl, const Transfer *transfer, HttpResponse *out) {
    long code = 0;
    char *url = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &url);
    *out = (HttpResponse){
        .code = (int)code,
        .headers = transfer->headers,
        .url = str_clone(str_from_cstr(url), transfer->arena),
    };
    if (transfer->request->only_connects)
        out->certificates = certificates_of(curl, transfer->arena);
}

static HttpStatus curl_http_attempt(void *, const HttpRequest *request, const HttpSink *sink,
                                    HttpResponse *response, Str *problem, Arena *arena) {
    Transfer transfer = {.request = request, .sink = sink, .arena = arena};
    transfer.left = request->body_limit ? request->body_limit : BODY_LIMIT;
    SCOPED(CurlList) list = NULL;
    SCOPED(CurlList) places = NULL;
    SCOPED(PoolEntry) entry = borrow_handle(request->pool); /* initializes the library */
    SCOPED(CurlRef) curl = curl_easy_init();
    CURLcode code = CURLE_FAILED_INIT;
    bool is_whole = true;
    if (curl && entry.multi) {
        transfer.curl = curl;
        curl_http_set_up(curl, &transfer, &list, &places);
        curl_multi_add_handle(entry.multi, curl);
        is_whole = drive(entry.multi, request, &code);
        curl_multi_remove_handle(entry.multi, curl);
        fill_response(curl, &transfer, response);
    }
    if (!is_whole) {
        *problem = STR("interrupted");
        return HTTP_CANCELLED;
    }
    HttpStatus status = curl_http_status_of(&transfer, code);
    if (status != HTTP_DONE)
        *problem = curl_http_problem_of(&transfer, code);
    return status;
}

const Http curl_http = {
    .attempt = curl_http_attempt, .open_pool = open_pool, .close_pool = close_pool};
