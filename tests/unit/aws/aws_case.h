/* aws_case: a machine in memory: its files, its variables, its time, and the responses of its
 * services. */
#pragma once

#include "unit.h"

#include "aws_session.h"
#include "faulty_disk.h"

#define STS_KEYS(name, expiration)                                                                 \
    "<R xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>"       \
    "<AccessKeyId>" name "</AccessKeyId><SecretAccessKey>secret-" name                             \
    "</SecretAccessKey><SessionToken>token-" name "</SessionToken><Expiration>" expiration         \
    "</Expiration></Credentials></AssumeRoleResult></R>"
#define JSON_KEYS(name)                                                                            \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"" name "\",\"SecretAccessKey\":\"secret-" name        \
    "\",\"Token\":\"token-" name "\",\"SessionToken\":\"token-" name                               \
    "\",\"Version\":1,\"Expiration\":\"2030-01-01T01:00:00Z\"}"

typedef struct AwsAnswer {
    const char *request; /* "METHOD url", and parts of headers and body that follow " + " */
    int code;            /* 0: no connection */
    const char *body;
} AwsAnswer;

typedef struct AwsCase {
    const AwsAnswer *answers; /* in order; ends with a row without a request */
    size_t next;
    const char *const *variables; /* "NAME=value", ends with NULL */
    int64_t now_ms;
    Str last; /* the last request: method, URL, headers and body */
    Disk disk;
    Http http;
    Clock clock;
    Process process;
    Io io;
    Arena *arena;
} AwsCase;

static inline void check_contains(Str text, Str part) {
    if (str_find(text, part, 0) != SIZE_MAX)
        return;
    print_error("\"%.*s\"\n  is not in: %.*s\n", STR_ARG(part), STR_ARG(text));
    fail();
}

static inline Str aws_case_shown(const HttpRequest *request, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str method = request->method.len ? request->method : STR("GET");
    strbuf_add_format(&text, "%.*s %.*s\n", STR_ARG(method), STR_ARG(request->url));
    vec_each(&request->headers, header) {
        strbuf_add_format(&text, "%.*s: %.*s\n", STR_ARG(header->name), STR_ARG(header->value));
    }
    strbuf_add(&text, request->body);
    return strbuf_str(&text);
}

static inline HttpStatus aws_case_attempt(void *self, const HttpRequest *request,
                                          const HttpSink *sink, HttpResponse *response,
                                          Str *problem, Arena *) {
    AwsCase *test = self;
    test->last = aws_case_shown(request, test->arena);
    const AwsAnswer *answer = &test->answers[test->next];
    if (!answer->request) {
        print_error("one request too many: %.*s\n", STR_ARG(test->last));
        fail();
    }
    test->next++;
    Str wanted = str_from_cstr(answer->request);
    for (size_t at = 0; at < wanted.len;) {
        size_t end = str_find(wanted, STR(" + "), at);
        check_contains(test->last, str_slice(wanted, at, end));
        at = end == SIZE_MAX ? wanted.len : end + 3;
    }
    assert_int_equal(request->redirect_limit, -1);
    if (answer->code == 0) {
        *problem = STR("connection refused");
        return HTTP_NO_CONNECTION;
    }
    response->code = answer->code;
    if (answer->body)
        assert_int_equal(sink->write(sink->payload, str_from_cstr(answer->body)), 0);
    return HTTP_DONE;
}

static inline const char *aws_case_variable(void *self, const char *name) {
    const AwsCase *test = self;
    size_t len = strlen(name);
    for (const char *const *row = test->variables; row && *row; row++) {
        if (strncmp(*row, name, len) == 0 && (*row)[len] == '=')
            return *row + len + 1;
    }
    return NULL;
}

static inline int64_t aws_case_now(void *self) {
    return ((const AwsCase *)self)->now_ms;
}

static inline bool aws_case_no_sleep(void *self, int64_t ms, const CancelToken *) {
    ((AwsCase *)self)->now_ms += ms;
    return false;
}

/* The time is 2030-01-01T00:00:00Z. */
static inline void aws_case_init(AwsCase *test, Arena *arena) {
    *test = (AwsCase){.arena = arena, .now_ms = INT64_C(1893456000000)};
    test->disk = faulty_disk_as_disk(faulty_disk_new(arena));
    test->http = (Http){test, aws_case_attempt};
    test->clock = (Clock){test, aws_case_now, aws_case_now, aws_case_no_sleep};
    test->process = process_real;
    test->process.self = test;
    test->process.environment = aws_case_variable;
    test->io = (Io){
        .disk = &test->disk, .http = &test->http, .clock = &test->clock, .process = &test->process};
}

static inline void aws_case_write(AwsCase *test, const char *path, const char *text) {
    Str name = str_from_cstr(path);
    assert_int_equal(test->disk.make_directories(test->disk.self, disk_directory_of(name), 0700),
                     0);
    assert_int_equal(test->disk.write_file(test->disk.self, name, str_from_cstr(text), 0600), 0);
}
