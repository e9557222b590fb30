#include "kube_client.h"
#include "http_send.h"
#include "kube_retry.h"
#include "kube_warning.h"
#include "problem.h"
#include "thread.h"

#define BODY_LIMIT      ((uint64_t)128 << 20)
#define TIMEOUT_MS      60000
#define BURST           100
#define CONNECT_WAIT_MS 5000
#define STREAM_GRACE_MS 5000 /* after the deadline of a stream, which the server ends in time */

#define SECOND_US 1000000

/* At most `rate` requests a second on average, for all threads of a client. After a pause, up to
 * `burst` requests start at once. One time stamp instead of a counter of tokens: each request moves
 * it by 1/rate, and it may lag behind the present by the length of a burst. */
typedef struct Limit {
    pthread_mutex_t mutex; /* guards `next_us` */
    uint32_t rate;         /* requests per second; 0: no limit */
    uint32_t burst;
    int64_t next_us; /* when the next request may start without a burst; monotonic */
} Limit;

struct KubeClient {
    const Io *io;
    const KubeTarget *target;
    KubeClientOptions options;
    KubeLogin *login;
    Limit limit;
    KubeWarnings warnings;
    pthread_mutex_t mutex; /* guards `pool` */
    HttpPool *pool;        /* opened by the first request */
    Arena *arena;
};

/* One request on its way. */
typedef struct Sending {
    KubeClient *client;
    const KubeRequest *request;
    int64_t began_ms;
    int64_t deadline_ms;
    int64_t asked_ms; /* Retry-After of the latest response; negative: none */
    bool is_login_renewed;
    KubeCredential credential;
    Arena *arena;
} Sending;

KubeClient *kube_client_open(const Io *io, const KubeTarget *target,
                             const KubeClientOptions *options) {
    Arena *arena = arena_open("kubernetes client");
    KubeClient *client = arena_new(arena, KubeClient);
    *client = (KubeClient){.io = io, .target = target, .arena = arena};
    if (options)
        client->options = *options;
    KubeClientOptions *own = &client->options;
    own->timeout_ms = own->timeout_ms ? own->timeout_ms : TIMEOUT_MS;
    own->connect_wait_ms = own->connect_wait_ms ? own->connect_wait_ms : CONNECT_WAIT_MS;
    client->limit = (Limit){
        .rate = own->rate,
        .burst = own->burst ? own->burst : BURST,
        .next_us = INT64_MIN,
    };
    pthread_mutex_init(&client->limit.mutex, NULL);
    kube_warning_init(&client->warnings);
    pthread_mutex_init(&client->mutex, NULL);
    client->login = kube_login_new(io, target);
    return client;
}

void kube_client_close(KubeClient *client) {
    if (!client)
        return;
    if (client->pool)
        client->io->http->close_pool(client->io->http->self, client->pool);
    kube_login_close(client->login);
    kube_warning_release(&client->warnings);
    pthread_mutex_destroy(&client->limit.mutex);
    pthread_mutex_destroy(&client->mutex);
    arena_close(client->arena);
}

/* Reserves the start of one request at `now_ms` or later; returns the milliseconds from then on. */
static int64_t reserve_start(Limit *limit, int64_t now_ms) {
    if (limit->rate == 0)
        return 0;
    int64_t now_us = now_ms * 1000;
    int64_t step_us = SECOND_US / limit->rate;
    int64_t earliest_us = now_us - step_us * (limit->burst - 1);
    pthread_mutex_lock(&limit->mutex);
    int64_t start_us = limit->next_us > earliest_us ? limit->next_us : earliest_us;
    limit->next_us = start_us + step_us;
    pthread_mutex_unlock(&limit->mutex);
    return start_us > now_us ? (start_us - now_us + 999) / 1000 : 0;
}

const Io *kube_client_io(const KubeClient *client) {
    return client->io;
}

const KubeTarget *kube_client_target(const KubeClient *client) {
    return client->target;
}

static int64_t client_now_ms(const KubeClient *client) {
    return client->io->clock->monotonic_ms(client->io->clock->self);
}

/* Returns NULL if the HTTP client keeps no connections. */
static HttpPool *client_pool_of(KubeClient *client) {
    const Http *http = client->io->http;
    LOCKED(&client->mutex);
    if (!client->pool && http->open_pool)
        client->pool = http->open_pool(http->self);
    HttpPool *pool = client->pool;
    return pool;
}

static Str or_json(Str text) {
    return text.len ? text : STR("application/json");
}

static void client_add_headers(const Sending *sending, HttpRequest *http) {
    const KubeRequest *request = sending->request;
    Arena *arena = sending->arena;
    http_add_header(&http->headers, "Accept", or_json(request->accept), arena);
    http_add_header(&http->headers, "Expect", STR_EMPTY,
                    arena); /* send the body without waiting for 100 Continue */
    if (request->body.len)
        http_add_header(&http->headers, "Content-Type", or_json(request->content_type), arena);
    kube_auth_apply(sending->client->target, &sending->credential, http, arena);
}

static HttpRequest http_request_of(const Sending *sending) {
    const KubeRequest *request = sending->request;
    const KubeTarget *target = sending->client->target;
    int64_t left_ms = sending->deadline_ms - client_now_ms(sending->client);
    left_ms = left_ms > 0 ? left_ms : 1;
    HttpRequest http = {
        .method = str_from_cstr(request->method),
        .url = str_concat(target->server, request->path, sending->arena),
        .body = request->body,
        .pool = client_pool_of(sending->client),
        .redirect_limit = -1,
        .body_limit = BODY_LIMIT,
        .timeout_ms = left_ms,
        .cancel = request->cancel,
        .cancel_at = request->cancel_at,
    };
    if (request->sink) { /* a stream may be silent, and has no known size */
        http.timeout_ms = http.idle_timeout_ms = left_ms + STREAM_GRACE_MS;
        http.body_limit = INT64_MAX;
    }
    client_add_headers(sending, &http);
    return http;
}

static KubeOutcome outcome_of(const KubeResponse *response) {
    if (response->code >= 200 && response->code < 300)
        return KUBE_DONE;
    if (response->code == 404 && response->status.is_status)
        return KUBE_ABSENT;
    return response->code == 409 ? KUBE_CONFLICT : KUBE_FAILED;
}

/* Fills *out from one attempt. */
static void client_attempt(Sending *sending, HttpRequest *http, KubeResponse *out) {
    KubeClient *client = sending->client;
    const HttpSink *sink = sending->request->sink;
    Arena *arena = sending->arena;
    HttpResponse response = {0};
    out->problem = STR_EMPTY;
    out->status = (KubeStatus){0};
    out->transport =
        sink ? http_send_to_sink(client->io, http, sink, &response, &out->problem, arena)
             : http_send(client->io, http, &response, &out->problem, arena);
    bool has_response = out->transport == HTTP_DONE;
    out->code = has_response ? response.code : 0;
    out->body = response.body;
    out->content_type = http_header(&response, "content-type");
    sending->asked_ms = http_retry_after_ms(&response, client->io->clock);
    kube_warning_collect(&client->warnings, &response.headers, &out->warnings, arena);
    bool is_error = has_response && (out->code < 200 || out->code >= 300);
    if (is_error) {
        out->status = kube_status_read(out->code, out->body, arena);
        out->problem = kube_status_text(&out->status, arena);
        if (sending->asked_ms < 0 && out->status.retry_after_s > 0)
            sending->asked_ms = out->status.retry_after_s * 1000;
    }
    out->outcome = has_response ? outcome_of(out) : KUBE_FAILED;
}

/* Sends with a valid credential. If the server rejects it (401), requests a new one and sends once
 * more. */
static void attempt_as_user(Sending *sending, KubeResponse *out) {
    KubeClient *client = sending->client;
    for (uint64_t refused = 0;; refused = sending->credential.number) {
        if (!kube_login_get(client->login, refused, sending->request->cancel, &sending->credential,
                            &out->problem, sending->arena)) {
            out->outcome = KUBE_FAILED;
            out->transport = HTTP_DONE; /* no retry here: kube_login decides when to try again */
            out->code = 0;
            return;
        }
        HttpRequest http = http_request_of(sending);
        client_attempt(sending, &http, out);
        if (out->code != 401 || sending->is_login_renewed || !kube_login_can_renew(client->login))
            return;
        sending->is_login_renewed = true;
    }
}

/* Returns false if the request was cancelled. */
static bool pause_for(const Sending *sending, int64_t wait_ms) {
    const KubeRequest *request = sending->request;
    HttpRequest http = {.cancel = request->cancel, .cancel_at = request->cancel_at};
    if (wait_ms > 0)
        http_pause(&http, wait_ms, sending->client->io->clock);
    return !http_is_cancelled(&http);
}

/* Returns the wait before the next attempt; negative: there is none. */
static int64_t next_wait_ms(const Sending *sending, KubeResponse *out) {
    const KubeRequest *request = sending->request;
    const KubeClientOptions *options = &sending->client->options;
    uint32_t attempts_max = request->attempts_max ? request->attempts_max : options->attempts_max;
    KubeRetryRule rule = {
        .is_repeatable = request->is_repeatable || strcmp(request->method, "GET") == 0,
        .waits_for_webhook = request->waits_for_webhook,
    };
    KubeRetry class = kube_retry_class(&rule, out->transport, out->code, &out->status);
    if (out->outcome == KUBE_DONE || class == KUBE_RETRY_NEVER || request->sink ||
        out->attempts == attempts_max)
        return -1;
    int64_t wait_ms = kube_retry_wait_ms(out->attempts, sending->asked_ms);
    int64_t next_ms = client_now_ms(sending->client) + wait_ms;
    if (class == KUBE_RETRY_CONNECT && next_ms > sending->began_ms + options->connect_wait_ms)
        return -1;
    if (next_ms < sending->deadline_ms)
        return wait_ms;
    if (sending->asked_ms > 0)
        out->problem =
            str_format(sending->arena, "%.*s; the server asks to wait %.*s, longer than allowed",
                       STR_ARG(out->problem),
                       STR_ARG(clock_format_elapsed(sending->asked_ms, sending->arena)));
    return -1;
}

static KubeOutcome client_stop(KubeResponse *out) {
    out->outcome = KUBE_FAILED;
    out->transport = HTTP_CANCELLED;
    out->problem = STR("interrupted");
    return KUBE_FAILED;
}

KubeOutcome kube_client_send(KubeClient *client, const KubeRequest *request, KubeResponse *out,
                             Arena *arena) {
    Sending sending = {.client = client, .request = request, .arena = arena};
    int64_t wait_ms = 0;
    sending.began_ms = client_now_ms(client);
    sending.deadline_ms =
        request->deadline_ms ? request->deadline_ms : sending.began_ms + client->options.timeout_ms;
    *out = (KubeResponse){0};
    while (wait_ms >= 0) {
        int64_t turn_ms = reserve_start(&client->limit, client_now_ms(client) + wait_ms);
        if (!pause_for(&sending, wait_ms + turn_ms))
            return client_stop(out);
        out->attempts++;
        attempt_as_user(&sending, out);
        if (out->transport == HTTP_CANCELLED)
            return client_stop(out);
        wait_ms = next_wait_ms(&sending, out);
    }
    return out->outcome;
}

bool kube_client_decode(KubeResponse *response, Value *out, Arena *arena) {
    *out = value_null(&TYPE_DYNAMIC);
    if (json_parse_object(response->body, out, arena))
        return true;
    response->outcome = KUBE_FAILED;
    return problem_text(&response->problem,
                        "the response is not JSON, so it is not from a Kubernetes API server");
}

KubeResponse kube_client_copy_response(const KubeResponse *response, Arena *arena) {
    KubeResponse copy = *response;
    copy.body = STR_EMPTY;
    copy.content_type = str_clone(response->content_type, arena);
    copy.problem = str_clone(response->problem, arena);
    copy.status = kube_status_clone(&response->status, arena);
    copy.warnings = (StrVec){0};
    vec_each(&response->warnings, warning) {
        vec_push(arena, &copy.warnings, str_clone(*warning, arena));
    }
    return copy;
}
