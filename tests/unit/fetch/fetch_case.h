/* source_case: a module source's fetch from fixed web responses into a temporary directory. */
#pragma once

#include "fetch.h"
#include "unit.h"

#include <unistd.h>

/* code 0: no connection. */
typedef struct WebPage {
    const char *url;
    int code;
    const char *location; /* X-Terraform-Get */
    const char *body;
    size_t size; /* of the body; 0: it is text */
} WebPage;

typedef struct SourceCase {
    char directory[32];
    Arena *arena;
    Io io;
    Http http;
    Process process;
    Diags diags;
    const WebPage *pages;
    size_t page_count;
    StrVec asked;         /* addresses */
    StrVec tokens;        /* Authorization of each */
    const char *variable; /* NAME=value, the only environment variable that is set */
    SourceFound found;
} SourceCase;

static inline HttpStatus source_case_attempt(void *self, const HttpRequest *request,
                                             const HttpSink *sink, HttpResponse *response,
                                             Str *problem, Arena *arena) {
    SourceCase *c = self;
    vec_push(c->arena, &c->asked, str_clone(request->url, c->arena));
    Str token = STR_EMPTY;
    vec_each(&request->headers, header) {
        if (str_equal(header->name, STR("Authorization")))
            token = str_clone(header->value, c->arena);
    }
    vec_push(c->arena, &c->tokens, token);
    response->url = request->url;
    response->code = 404;
    for (size_t i = 0; i < c->page_count; i++) {
        const WebPage *page = &c->pages[i];
        if (!str_equal_cstr(request->url, page->url))
            continue;
        *problem = STR("no answer");
        if (page->code == 0)
            return HTTP_NO_CONNECTION;
        response->code = page->code;
        if (page->location)
            vec_push(arena, &response->headers,
                     (HttpHeader){STR("x-terraform-get"), str_from_cstr(page->location)});
        Str body = page->size ? (Str){page->body, page->size} : str_from_cstr(page->body);
        return sink->write(sink->payload, body) == 0 ? HTTP_DONE : HTTP_NOT_KEPT;
    }
    return HTTP_DONE;
}

static inline const char *source_case_environment(void *self, const char *name) {
    const SourceCase *c = self;
    size_t length = strlen(name);
    if (strcmp(name, "TF_REGISTRY_DISCOVERY_RETRY") == 0)
        return "0";
    bool is_it =
        c->variable && strncmp(c->variable, name, length) == 0 && c->variable[length] == '=';
    return is_it ? c->variable + length + 1 : NULL;
}

static inline void source_case_open(SourceCase *c, const WebPage *pages, size_t count) {
    *c = (SourceCase){
        .directory = "/tmp/loam-source-XXXXXX",
        .arena = arena_open("case"),
        .pages = pages,
        .page_count = count,
    };
    c->diags = diags_new(c->arena);
    c->http = (Http){c, source_case_attempt};
    c->process = (Process){.self = c, .environment = source_case_environment};
    c->io =
        (Io){.disk = &disk_real, .clock = &clock_real, .process = &c->process, .http = &c->http};
    assert_non_null(mkdtemp(c->directory));
}

static inline void source_case_close(SourceCase *c) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(c->directory)), 0);
    arena_close(c->arena);
}

static inline Str source_case_path(SourceCase *c, const char *name) {
    return disk_join(str_from_cstr(c->directory), str_from_cstr(name), c->arena);
}

static inline bool source_case_fetch(SourceCase *c, const ModuleSource *source,
                                     SourceRequest request) {
    Str package;
    if (!source->claims(request.package, &package, c->arena))
        fail_msg("not claimed: %.*s", STR_ARG(request.package));
    request.package = package;
    request.io = &c->io;
    request.directory = source_case_path(c, "package");
    request.work = source_case_path(c, "work");
    assert_int_equal(disk_real.make_directories(NULL, request.directory, 0777), 0);
    assert_int_equal(disk_real.make_directories(NULL, request.work, 0777), 0);
    c->found = (SourceFound){0};
    c->diags = diags_new(c->arena);
    bool ok = source->fetch(&request, &c->found, c->arena, &c->diags);
    assert_int_equal(ok, c->diags.error_count == 0);
    return ok;
}

static inline void source_case_check_said(SourceCase *c, const char *words) {
    assert_int_equal(c->diags.error_count, 1);
    if (str_find(c->diags.items[0].detail, str_from_cstr(words), 0) == SIZE_MAX)
        fail_msg("not said: %s\n%.*s", words, STR_ARG(c->diags.items[0].detail));
}
