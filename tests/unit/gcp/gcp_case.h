/* gcp_case: an Io whose web answers from a table and records requests, with variables and a clock.
 */
#pragma once

#include "unit.h"

#include "io.h"

#define NOW_MS INT64_C(1790000000000)

typedef struct GcpAnswer {
    const char *url; /* each answer serves the next request, which must be to this URL */
    int code;
    const char *body;
    bool has_flavor; /* the header of the metadata server */
} GcpAnswer;

typedef struct GcpVariable {
    const char *name;
    const char *value;
} GcpVariable;

typedef struct GcpWorld {
    const GcpAnswer *answers;     /* ends with a row without a URL */
    const GcpVariable *variables; /* ends with a row without a name */
    size_t next;
    StrBuf diary; /* "POST URL\nheader: value\n\nbody\n" */
    int64_t now_ms;
    Http http;
    Clock clock;
    Process process;
} GcpWorld;

static inline HttpStatus gcp_case_attempt(void *self, const HttpRequest *request,
                                          const HttpSink *sink, HttpResponse *response,
                                          Str *problem, Arena *arena) {
    GcpWorld *world = self;
    const GcpAnswer *answer = &world->answers[world->next];
    strbuf_add_format(&world->diary, "%.*s %.*s\n", STR_ARG(request->method),
                      STR_ARG(request->url));
    vec_each(&request->headers, header) {
        strbuf_add_format(&world->diary, "%.*s: %.*s\n", STR_ARG(header->name),
                          STR_ARG(header->value));
    }
    if (request->user.len > 0)
        strbuf_add_format(&world->diary, "user %.*s\n", STR_ARG(request->user));
    strbuf_add_format(&world->diary, "\n%.*s\n", STR_ARG(request->body));
    if (!answer->url)
        fail_msg("one request too many:\n%.*s", STR_ARG(strbuf_str(&world->diary)));
    world->next++;
    check_str(request->url, answer->url);
    assert_int_equal(request->redirect_limit, -1);
    if (answer->code == 0) {
        *problem = STR("connection refused");
        return HTTP_BAD_CERTIFICATE; /* without a retry */
    }
    response->code = answer->code;
    if (answer->has_flavor)
        http_add_header(&response->headers, "metadata-flavor", STR("Google"), arena);
    if (answer->body)
        assert_int_equal(sink->write(sink->payload, str_from_cstr(answer->body)), 0);
    return HTTP_DONE;
}

static inline int64_t gcp_case_now(void *self) {
    return ((GcpWorld *)self)->now_ms;
}

static inline bool gcp_case_sleep(void *, int64_t, const CancelToken *) {
    return false;
}

static inline const char *gcp_case_variable(void *self, const char *name) {
    const GcpWorld *world = self;
    for (const GcpVariable *row = world->variables; row && row->name; row++) {
        if (strcmp(row->name, name) == 0)
            return row->value;
    }
    return NULL;
}

static inline int gcp_case_run(void *, const ProcessRequest *request, ProcessResult *out,
                               Arena *arena) {
    return process_real.run(process_real.self, request, out, arena);
}

/* Texts of `variables` and `answers` must live as long as the world. */
static inline Io gcp_case_open(GcpWorld *world, const GcpVariable *variables,
                               const GcpAnswer *answers, Arena *arena) {
    *world = (GcpWorld){.answers = answers, .variables = variables, .now_ms = NOW_MS};
    world->diary = strbuf_new(arena);
    world->http = (Http){world, gcp_case_attempt};
    world->clock = clock_real;
    world->clock.self = world;
    world->clock.now_ms = gcp_case_now;
    world->clock.sleep_ms = gcp_case_sleep;
    world->process = (Process){world, gcp_case_run, gcp_case_variable};
    return (Io){.disk = &disk_real,
                .clock = &world->clock,
                .http = &world->http,
                .process = &world->process};
}

static inline void gcp_case_expect(const GcpWorld *world, const char *part) {
    if (str_find(strbuf_str(&world->diary), str_from_cstr(part), 0) == SIZE_MAX)
        fail_msg("\"%s\" is missing in\n%.*s", part, STR_ARG(strbuf_str(&world->diary)));
}
