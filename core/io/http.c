/* Implements helpers of requests and responses, and loading of the client plugin. */
#include "http.h"

#include "plugin.h"

#define SLICE_MS 100

int64_t http_retry_after_ms(const HttpResponse *response, const Clock *clock) {
    Str text = http_header(response, "retry-after");
    uint64_t seconds;
    if (str_to_uint64(text, &seconds))
        return seconds < INT32_MAX ? (int64_t)seconds * 1000 : INT64_MAX;
    char date[64];
    struct tm when = {0};
    if (text.len == 0 || text.len >= sizeof date)
        return -1;
    snprintf(date, sizeof date, "%.*s", STR_ARG(text));
    if (!strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &when))
        return -1;
    int64_t left = (int64_t)timegm(&when) * 1000 - clock->now_ms(clock->self);
    return left > 0 ? left : 0;
}

bool http_is_cancelled(const HttpRequest *request) {
    CancelLevel at = request->cancel_at == CANCEL_NONE ? CANCEL_STOP : request->cancel_at;
    return cancel_level(request->cancel) >= at;
}

/* With cancel_at CANCEL_NOW, a first signal must not shorten the wait. */
void http_pause(const HttpRequest *request, int64_t wait, const Clock *clock) {
    if (request->cancel_at != CANCEL_NOW) {
        (void)clock->sleep_ms(clock->self, wait, request->cancel);
        return;
    }
    for (; wait > 0 && !http_is_cancelled(request); wait -= SLICE_MS)
        (void)clock->sleep_ms(clock->self, wait < SLICE_MS ? wait : SLICE_MS, NULL);
}

bool http_header_is_valid(Str name, Str value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return name.len > 0 && str_has_only(name, "!#$%&'*+-.^_`|~");
}

void http_add_header(HttpHeaders *headers, const char *name, Str value, Arena *arena) {
    vec_push(arena, headers, (HttpHeader){str_from_cstr(name), value});
}

Str http_header(const HttpResponse *response, const char *name) {
    vec_each(&response->headers, header) {
        if (str_equal_cstr(header->name, name))
            return header->value;
    }
    return STR_EMPTY;
}

static Plugin http_plugin = {
    .file = HTTP_PLUGIN,
    .symbol = "curl_http",
    .purpose = "the web",
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

static HttpStatus attempt_by_plugin(void *, const HttpRequest *request, const HttpSink *sink,
                                    HttpResponse *response, Str *problem, Arena *arena) {
    const Http *client = plugin_get(&http_plugin, problem, arena);
    if (!client)
        return HTTP_NO_CLIENT;
    return client->attempt(client->self, request, sink, response, problem, arena);
}

/* Without the plugin there is no pool; the request reports why. */
static HttpPool *open_pool_by_plugin(void *) {
    SCOPED(ArenaRef) scratch = arena_open("http pool");
    Str problem;
    const Http *client = plugin_get(&http_plugin, &problem, scratch);
    return client ? client->open_pool(client->self) : NULL;
}

/* open_pool_by_plugin made the pool, so the plugin is loaded. */
static void close_pool_by_plugin(void *, HttpPool *pool) {
    const Http *client = http_plugin.content;
    client->close_pool(client->self, pool);
}

const Http http_real = {
    .attempt = attempt_by_plugin,
    .open_pool = open_pool_by_plugin,
    .close_pool = close_pool_by_plugin,
};
