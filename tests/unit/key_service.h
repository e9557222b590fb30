/* key_service: a service in memory that answers each request of a key provider with one status and
 * one body, and keeps the request. */
#pragma once

#include "crypt_case.h"
#include "key_provider.h"

#include <strings.h>

typedef struct KeyService {
    int code;
    const char *body;
    const char *login; /* response to requests for ".../token", which are not kept */
    const char *(*variable)(void *, const char *name); /* of the environment */
    Str url;                                           /* of the last request */
    Str sent;
    HttpHeaders headers;
    int count;
    Arena *arena;
    Http http;
    Process process;
    Io io;
} KeyService;

static inline HttpStatus key_service_attempt(void *self, const HttpRequest *request,
                                             const HttpSink *sink, HttpResponse *response, Str *,
                                             Arena *) {
    KeyService *service = self;
    response->code = 200;
    if (service->login && str_find(request->url, STR("/token"), 0) != SIZE_MAX) {
        assert_int_equal(sink->write(sink->payload, str_from_cstr(service->login)), 0);
        return HTTP_DONE;
    }
    service->url = str_clone(request->url, service->arena);
    service->sent = str_clone(request->body, service->arena);
    service->headers = (HttpHeaders){0};
    service->count++;
    vec_each(&request->headers, header) {
        http_add_header(&service->headers, str_to_cstr(header->name, service->arena),
                        str_clone(header->value, service->arena), service->arena);
    }
    assert_true(request->redirect_limit < 0);
    response->code = service->code;
    assert_int_equal(sink->write(sink->payload, str_from_cstr(service->body)), 0);
    return HTTP_DONE;
}

/* Returns a header of the last request; empty if it has none. */
static inline Str key_service_header(const KeyService *service, const char *name) {
    vec_each(&service->headers, header) {
        if (strncasecmp(header->name.ptr, name, header->name.len) == 0 &&
            header->name.len == strlen(name))
            return header->value;
    }
    return STR_EMPTY;
}

/* `stored`: metadata of the key to decrypt with; NULL: a key to encrypt with. */
static inline bool key_service_provide(CryptCase *c, KeyService *service,
                                       const KeyProviderType *type, const char *config,
                                       const char *stored, KeyResult *out) {
    Str metadata = str_from_cstr(stored);
    service->arena = c->arena;
    service->http = (Http){.self = service, .attempt = key_service_attempt};
    service->process = (Process){.environment = service->variable};
    service->io = c->io;
    service->io.http = &service->http;
    service->io.process = &service->process;
    KeyRequest request = {
        .io = &service->io,
        .name = str_format(c->arena, "key_provider.%s.k", type->name),
        .config = crypt_case_config(c, &type->schema, config),
        .stored = stored ? &metadata : NULL,
    };
    return type->provide(&request, out, c->arena, &c->diags);
}

/* A response that is not usable, or damaged metadata: then no request is sent, and `code` is 0. */
typedef struct KeyFailure {
    int code;
    const char *body;
    const char *stored;
    const char *part; /* of the error */
} KeyFailure;

/* Each failure is one error, which does not contain the text CANARY. `of` has the environment and
 * the response to logins. */
static inline void key_service_check_failures(const KeyProviderType *type, const char *config,
                                              const KeyService *of, const KeyFailure *rows,
                                              size_t count) {
    for (size_t i = 0; i < count; i++) {
        CryptCase c = crypt_case_open();
        KeyResult result = {0};
        KeyService service = *of;
        service.code = rows[i].code;
        service.body = rows[i].body;
        assert_false(key_service_provide(&c, &service, type, config, rows[i].stored, &result));
        assert_int_equal(c.diags.error_count, 1);
        assert_int_equal(service.count, rows[i].code ? 1 : 0);
        Str detail = c.diags.items[0].detail;
        if (str_find(detail, str_from_cstr(rows[i].part), 0) == SIZE_MAX)
            fail_msg("row %zu: %.*s", i, STR_ARG(detail));
        assert_true(str_find(detail, STR("CANARY"), 0) == SIZE_MAX);
        crypt_case_close(&c);
    }
}
