/* scripted_http: an Http that answers attempt by attempt from a table and records the requests. */
#pragma once

#include "unit.h"

#include "io.h"

typedef struct ScriptedAnswer {
    int code; /* 0: no connection */
    const char *body;
    const HttpHeader *headers; /* NULL: none */
    size_t header_count;
} ScriptedAnswer;

typedef struct ScriptedHttp {
    const ScriptedAnswer *answers;
    size_t count;
    size_t next;
    StrBuf diary; /* "POST http://h/x body\n" */
    Http http;
    Clock clock;
} ScriptedHttp;

static inline HttpStatus scripted_http_attempt(void *self, const HttpRequest *request,
                                               const HttpSink *sink, HttpResponse *response,
                                               Str *problem, Arena *arena) {
    ScriptedHttp *script = self;
    strbuf_add_format(&script->diary, "%.*s %.*s %.*s\n", STR_ARG(request->method),
                      STR_ARG(request->url), STR_ARG(request->body));
    assert_true(script->next < script->count);
    const ScriptedAnswer *answer = &script->answers[script->next++];
    if (answer->code == 0) {
        *problem = STR("connection refused");
        return HTTP_NO_CONNECTION;
    }
    response->code = answer->code;
    for (size_t i = 0; i < answer->header_count; i++)
        vec_push(arena, &response->headers, answer->headers[i]);
    if (answer->body)
        assert_int_equal(sink->write(sink->payload, str_from_cstr(answer->body)), 0);
    return HTTP_DONE;
}

static inline bool scripted_http_no_sleep(void *, int64_t ms, const CancelToken *) {
    (void)ms;
    return false;
}

static inline Io scripted_http_io(ScriptedHttp *script, Arena *arena) {
    script->diary = strbuf_new(arena);
    script->http = (Http){script, scripted_http_attempt};
    script->clock = clock_real;
    script->clock.sleep_ms = scripted_http_no_sleep;
    return (Io){.disk = &disk_real, .clock = &script->clock, .http = &script->http};
}
