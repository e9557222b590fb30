/* kube_script: an API server that follows a script, one row for each attempt, and a clock that only
 * sleeping moves. For the faults that a real server cannot be made to show. */
#pragma once

#include "unit.h"

#include "kube_call.h"
#include "kube_discovery.h"

typedef struct KubeScriptRow {
    int code; /* 0: `transport` */
    const char *body;
    const char *retry_after;
    HttpStatus transport;
    int64_t takes_ms;
    const char *const *pieces; /* instead of `body`; NULL-terminated */
} KubeScriptRow;

typedef struct KubeScript {
    const KubeScriptRow *rows;
    size_t count;
    size_t next;
    int64_t now_ms;
    VEC(int64_t) waits;
    StrVec requests; /* "GET /path" */
    StrVec bodies;   /* of the requests */
    CancelToken *cancel_in_sleep;
    HttpRequest last;
    Arena *arena;
    Http http;
    Clock clock;
    Io io;
    KubeTarget target;
    KubeClient *client;
} KubeScript;

static inline Str kube_script_token(const HttpRequest *request) {
    vec_each(&request->headers, header) {
        if (str_equal(header->name, STR("Authorization")))
            return header->value;
    }
    return STR_EMPTY;
}

static inline HttpStatus kube_script_attempt(void *self, const HttpRequest *request,
                                             const HttpSink *sink, HttpResponse *response,
                                             Str *problem, Arena *arena) {
    KubeScript *script = self;
    static const char *const none[] = {NULL};
    Str path = str_after(request->url, script->target.server.len);
    vec_push(script->arena, &script->requests,
             str_format(script->arena, "%.*s %.*s", STR_ARG(request->method), STR_ARG(path)));
    vec_push(script->arena, &script->bodies, str_clone(request->body, script->arena));
    script->last = *request;
    assert_true(script->next < script->count);
    const KubeScriptRow *row = &script->rows[script->next++];
    script->now_ms += row->takes_ms;
    if (row->retry_after)
        vec_push(arena, &response->headers,
                 (HttpHeader){STR("retry-after"), str_from_cstr(row->retry_after)});
    if (row->code == 0 && !row->pieces) {
        *problem = STR("a problem");
        return row->transport;
    }
    response->code = row->code;
    if (row->body && sink->write(sink->payload, str_from_cstr(row->body)) != 0)
        return HTTP_NOT_KEPT;
    for (const char *const *piece = row->pieces ? row->pieces : none; *piece; piece++) {
        if (sink->write(sink->payload, str_from_cstr(*piece)) != 0)
            return HTTP_NOT_KEPT;
    }
    if (row->transport != HTTP_DONE)
        *problem = STR("it broke");
    return row->transport;
}

static inline int64_t kube_script_now(void *self) {
    return ((KubeScript *)self)->now_ms;
}

static inline bool kube_script_sleep(void *self, int64_t ms, const CancelToken *) {
    KubeScript *script = self;
    vec_push(script->arena, &script->waits, ms);
    script->now_ms += ms;
    if (script->cancel_in_sleep)
        cancel_raise(script->cancel_in_sleep, CANCEL_STOP);
    return script->cancel_in_sleep != NULL;
}

/* `options` NULL: without a limit of requests per second. */
static inline void kube_script_open(KubeScript *script, const KubeScriptRow *rows, size_t count,
                                    const KubeClientOptions *options, Arena *arena) {
    *script = (KubeScript){.rows = rows, .count = count, .arena = arena};
    script->now_ms = 1000000;
    script->http = (Http){.self = script, .attempt = kube_script_attempt};
    script->clock = (Clock){script, kube_script_now, kube_script_now, kube_script_sleep};
    script->io = (Io){.disk = &disk_real, .clock = &script->clock, .http = &script->http};
    script->target = (KubeTarget){.server = STR("https://k"), .token = STR("t")};
    script->client = kube_client_open(&script->io, &script->target, options);
}

static inline int64_t kube_script_waited(const KubeScript *script) {
    int64_t sum = 0;
    vec_each(&script->waits, wait) {
        sum += *wait;
    }
    return sum;
}
