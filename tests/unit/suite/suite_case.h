/* suite_case: a configuration and its tests in a temporary directory, run in this process; the
 * events as text. */
#pragma once

#include "config_load.h"
#include "fake_provider.h"
#include "suite_execute.h"
#include "terraform_provider.h"
#include "unit.h"

#include <unistd.h>

typedef struct SuiteCase {
    FakeWorld world; /* holds the Io */
    Arena *arena;
    char *directory;
    Registry *registry;
    Config *config;
    Diags diags;
    StrBuf events;
    Suite suite;
    InputRequest input;
    StrVec filters;
    CancelToken *stop; /* NULL: never stopped */
    void (*on_run)(struct SuiteCase *c, const SuiteRun *run, SuiteProgress progress);
} SuiteCase;

static const ProviderRow suite_case_providers[] = {
    {"terraform", "terraform.io/builtin/terraform", &terraform_provider, NULL},
    {"fake",      "loam.internal/test/fake",        &fake_provider,      NULL},
};

static inline SuiteCase *suite_case_open(void) {
    Arena *arena = arena_open("case");
    SuiteCase *c = arena_new(arena, SuiteCase);
    fake_world_open(&c->world, arena);
    c->arena = arena;
    c->directory = strdup("/tmp/loam-suite-XXXXXX");
    assert_non_null(mkdtemp(c->directory));
    assert_int_equal(chdir(c->directory), 0);
    c->registry =
        registry_new(suite_case_providers, ARRAY_COUNT(suite_case_providers), STR("."), arena);
    c->events = strbuf_new(arena);
    c->input = (InputRequest){.io = &c->world.io, .directory = STR(".")};
    return c;
}

static inline void suite_case_close(SuiteCase *c) {
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(c->directory)), 0);
    free(c->directory);
    cancel_close(c->stop);
    fake_world_close(&c->world);
    arena_close(c->arena);
}

static inline void suite_case_write(SuiteCase *c, const char *path, const char *text) {
    (void)c;
    Str name = str_from_cstr(path);
    assert_int_equal(disk_real.make_directories(NULL, disk_directory_of(name), 0777), 0);
    assert_int_equal(disk_real.write_file(NULL, name, str_from_cstr(text), 0666), 0);
}

/* Events as text. */

static inline void suite_case_tell_diags(SuiteCase *c, const Diags *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        SourceRange range = source_range_resolve(diag->range);
        strbuf_add_cstr(&c->events, diag->severity == DIAG_WARNING ? "    W " : "    ");
        if (range.source)
            strbuf_add_format(&c->events, "%.*s:%u ", STR_ARG(range.source->path),
                              source_text_position(range.source, range.start).line);
        strbuf_add_format(&c->events, "%.*s\n", STR_ARG(diag->summary));
    }
}

static inline void suite_case_begin(void *self, const Suite *suite) {
    (void)self, (void)suite;
}

static inline void suite_case_file(void *self, const SuiteFile *file, SuiteProgress progress) {
    SuiteCase *c = self;
    if (progress != SUITE_COMPLETE)
        return;
    strbuf_add_format(&c->events, "%.*s %s\n", STR_ARG(file->config->path),
                      suite_status_name(file->status));
    suite_case_tell_diags(c, &file->diags);
}

static inline void suite_case_run(void *self,
                                  const SuiteFile *file,
                                  const SuiteRun *run,
                                  SuiteProgress progress) {
    SuiteCase *c = self;
    (void)file;
    if (c->on_run)
        c->on_run(c, run, progress);
    if (progress == SUITE_TEARDOWN)
        strbuf_add_format(&c->events, "  clean %.*s\n", STR_ARG(run->config->name));
    if (progress != SUITE_COMPLETE)
        return;
    strbuf_add_format(&c->events, "  %.*s %s\n", STR_ARG(run->config->name),
                      suite_status_name(run->status));
    suite_case_tell_diags(c, &run->diags);
}

static inline void suite_case_list(SuiteCase *c, const State *state) {
    map_each(&state->resources, entry) {
        strbuf_add_format(&c->events, " %.*s", STR_ARG(entry->key));
    }
    strbuf_add_char(&c->events, '\n');
}

static inline void suite_case_left(void *self,
                                   const SuiteFile *file,
                                   const SuiteRun *run,
                                   const State *state) {
    SuiteCase *c = self;
    (void)file;
    strbuf_add_format(&c->events, "  left of %.*s:", STR_ARG(run->config->name));
    suite_case_list(c, state);
}

static inline void suite_case_interrupt(void *self,
                                        const SuiteFile *file,
                                        const SuiteLeftovers *left,
                                        const Plan *planned) {
    SuiteCase *c = self;
    (void)file;
    if (planned)
        strbuf_add_format(&c->events, "  interrupted plan of %zu changes\n",
                          planned->changes.count);
    vec_each(left, leftover) {
        strbuf_add_format(&c->events, "  abandoned of %.*s:", STR_ARG(leftover->run->config->name));
        suite_case_list(c, leftover->state);
    }
}

static inline void suite_case_end(void *self, const Suite *suite) {
    SuiteCase *c = self;
    strbuf_add_format(&c->events, "%s\n", suite_status_name(suite->status));
}

/* Runs. */

static inline bool suite_case_load(SuiteCase *c) {
    ConfigRequest request = {
        .io = &c->world.io,
        .directory = STR("."),
        .data_directory = STR(".loam"),
        .test_directory = STR("tests"),
        .functions = function_table_new(NULL, 0, c->arena),
        .install = true,
    };
    c->diags = diags_new(c->arena);
    return config_load(&request, &c->config, c->arena, &c->diags);
}

static inline Engine suite_case_engine(SuiteCase *c) {
    return (Engine){
        .io = &c->world.io,
        .config = c->config,
        .registry = c->registry,
        .cancel = c->stop ? cancel_open_second(c->stop) : NULL,
        .parallelism = 2,
        .workspace = STR("default"),
        .working_directory = STR("/"),
    };
}

static inline Str suite_case_run_all(SuiteCase *c) {
    if (!suite_case_load(c)) {
        suite_case_tell_diags(c, &c->diags);
        return strbuf_str(&c->events);
    }
    Engine engine = suite_case_engine(c);
    SuiteEvents events = {
        .self = c,
        .begin = suite_case_begin,
        .file = suite_case_file,
        .run = suite_case_run,
        .left = suite_case_left,
        .interrupt = suite_case_interrupt,
        .end = suite_case_end,
    };
    SuiteRequest request = {
        .engine = &engine,
        .input = &c->input,
        .test_directory = STR("tests"),
        .filters = &c->filters,
        .stop = c->stop,
        .events = &events,
    };
    suite_execute(&request, &c->suite, c->arena);
    return strbuf_str(&c->events);
}
