/* suite_case: a configuration and its tests in a temporary directory, run in this process; the
 * events as text. */
#pragma once

#include "backends.h"
#include "config_load.h"
#include "eval.h"
#include "fake_provider.h"
#include "statefile.h"
#include "suite_context.h"
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
    SuiteMode mode;
    SuiteStorage storage;
    size_t opened; /* stores */
    void (*on_run)(struct SuiteCase *c, const SuiteRun *run, SuiteProgress progress);
    void (*on_file)(struct SuiteCase *c, SuiteProgress progress);
} SuiteCase;

static const ProviderRow suite_case_providers[] = {
    {"terraform", "terraform.io/builtin/terraform", &terraform_provider, NULL},
    {"fake", "loam.internal/test/fake", &fake_provider, NULL},
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

static inline void suite_case_write(SuiteCase *, const char *path, const char *text) {
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
    if (c->on_file)
        c->on_file(c, progress);
    if (progress != SUITE_COMPLETE)
        return;
    strbuf_add_format(&c->events, "%.*s %s\n", STR_ARG(file->config->path),
                      suite_status_name(file->status));
    suite_case_tell_diags(c, &file->diags);
}

static inline void suite_case_run(void *self, const SuiteFile *, const SuiteRun *run,
                                  SuiteProgress progress) {
    SuiteCase *c = self;
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

static inline void suite_case_left(void *self, const SuiteFile *, const SuiteRun *run,
                                   const State *state, SuiteReason reason) {
    SuiteCase *c = self;
    strbuf_add_format(&c->events, "  %s of %.*s:", reason == SUITE_REASON_SKIP ? "kept" : "left",
                      STR_ARG(run->config->name));
    suite_case_list(c, state);
}

static inline void suite_case_interrupt(void *self, const SuiteFile *, const SuiteLeftovers *left,
                                        const Plan *planned) {
    SuiteCase *c = self;
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

/* Stores: files in .loam/test, as those of the command line, but never encrypted. */

typedef struct SuiteCaseStore {
    SuiteStore store;
    SuiteCase *c;
    Backend *backend;
    Journal *journal;
    WorkingState *working;
    bool is_file;
} SuiteCaseStore;

static inline bool suite_case_open_path(SuiteCase *c, Str path, Backend **out, Diags *diags) {
    const BackendType *type = backends_find(STR("local"));
    Value config = schema_empty_value(&type->schema, c->arena);
    config = path_set(config, path_attribute((Path){0}, STR("path"), c->arena),
                      value_string(path, c->arena), c->arena);
    if (!type->open(&c->world.io, config, STR("default"), out, c->arena, diags))
        return false;
    (*out)->backup_path = STR_EMPTY;
    return true;
}

static inline bool suite_case_read_store(SuiteStore *store, Diags *diags) {
    SuiteCaseStore *self = store->self;
    Str text;
    bool found;
    store->is_in_doubt = false;
    return backend_read(self->backend, &text, self->c->arena, diags) &&
           statefile_decode(self->backend->path, text, &store->state, self->c->arena, diags) &&
           journal_replay(self->backend->journal, NULL, store->state, &found, self->c->arena,
                          diags);
}

static inline bool suite_case_begin_changes(SuiteStore *store, State *state, WorkingState **out,
                                            Diags *diags) {
    SuiteCaseStore *self = store->self;
    SuiteCase *c = self->c;
    if (!journal_open(self->backend->journal, c->world.io.clock, state, &self->journal, c->arena,
                      diags))
        return false;
    self->working = working_state_open(state, self->backend, self->journal, &c->world.io, c->arena);
    *out = self->working;
    return true;
}

static inline bool suite_case_has_journal(const SuiteCaseStore *self) {
    Str text, problem;
    bool found;
    assert_true(self->backend->journal->read(self->backend->journal, &text, &found, &problem,
                                             self->c->arena));
    return text.len > 0;
}

static inline State *suite_case_end_changes(SuiteStore *store) {
    SuiteCaseStore *self = store->self;
    State *state = working_state_close(self->working);
    journal_close(self->journal);
    store->is_in_doubt = suite_case_has_journal(self);
    return state;
}

static inline void suite_case_close_store(SuiteStore *store, bool is_kept, Diags *diags) {
    SuiteCaseStore *self = store->self;
    if (self->is_file && !is_kept)
        assert_int_equal(disk_real.remove(NULL, self->backend->path), 0);
    assert_true(backend_unlock(self->backend, diags));
    backend_close(self->backend);
    self->c->opened--;
}

static inline bool suite_case_open_store(SuiteCase *c, Str path, bool is_file, SuiteStore **out,
                                         Diags *diags) {
    SuiteCaseStore *self = arena_new(c->arena, SuiteCaseStore);
    self->c = c;
    self->is_file = is_file;
    self->store = (SuiteStore){
        .self = self,
        .read = suite_case_read_store,
        .begin = suite_case_begin_changes,
        .end = suite_case_end_changes,
        .close = suite_case_close_store,
    };
    if (!suite_case_open_path(c, path, &self->backend, diags))
        return false;
    LockInfo lock = state_lock_new(&c->world.io, LOCK_APPLY, path, c->arena);
    if (backend_lock(self->backend, &lock, 0, NULL, diags) &&
        suite_case_read_store(&self->store, diags)) {
        *out = &self->store;
        c->opened++;
        return true;
    }
    backend_close(self->backend);
    return false;
}

static inline bool suite_case_open_document(void *self, Str name, bool is_changed, Backend **out,
                                            Diags *diags) {
    SuiteCase *c = self;
    (void)is_changed;
    return suite_case_open_path(c, disk_join(c->storage.directory, name, c->arena), out, diags);
}

static inline bool suite_case_open_file(void *self, Str name, SuiteStore **out, Diags *diags) {
    SuiteCase *c = self;
    return suite_case_open_store(c, disk_join(c->storage.directory, name, c->arena), true, out,
                                 diags);
}

static inline bool suite_case_open_backend(void *self, const BackendConfig *config,
                                           SuiteStore **out, Diags *diags) {
    SuiteCase *c = self;
    BodyContent content = {0};
    Value path;
    assert_true(body_attributes(config->body, BODY_LITERAL, &content, c->arena, diags));
    assert_true(eval_constant(content.attributes.items[0].expr, &path, c->arena, diags));
    return suite_case_open_store(c, value_text(path), false, out, diags);
}

/* Returns the names of the stored states with their objects and outputs, without random IDs. */
static inline Str suite_case_stored(SuiteCase *c, const char *file) {
    StrBuf out = strbuf_new(c->arena);
    static const char *const reasons[] = {"none", "skip", "dependency", "error"};
    SuiteEntries entries = {0};
    Diags diags = diags_new(c->arena);
    assert_true(suite_manifest_read(&c->storage, str_from_cstr(file), &entries, c->arena, &diags));
    vec_each(&entries, entry) {
        SuiteStore *store;
        strbuf_add_format(&out, "\"%.*s\" %s %.*s:", STR_ARG(entry->key), reasons[entry->reason],
                          STR_ARG(entry->run));
        if (entry->id.len > 0) {
            assert_true(c->storage.open_file(c, suite_manifest_file_name(entry->id, c->arena),
                                             &store, &diags));
            map_each(&store->state->resources, resource) {
                strbuf_add_format(&out, " %.*s", STR_ARG(resource->key));
            }
            map_each(&store->state->outputs, output) {
                strbuf_add_format(&out, " %.*s", STR_ARG(output->key));
            }
            store->close(store, true, &diags);
        }
        strbuf_add_char(&out, '\n');
    }
    return strbuf_str(&out);
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
    c->storage = (SuiteStorage){
        .self = c,
        .directory = STR(".loam/test"),
        .open_document = suite_case_open_document,
        .open_file = suite_case_open_file,
        .open_backend = suite_case_open_backend,
    };
    SuiteRequest request = {
        .mode = c->mode,
        .engine = &engine,
        .input = &c->input,
        .test_directory = STR("tests"),
        .filters = &c->filters,
        .stop = c->stop,
        .events = &events,
        .storage = &c->storage,
        .diags = &c->diags,
    };
    suite_execute(&request, &c->suite, c->arena);
    assert_int_equal(c->opened, 0);
    return strbuf_str(&c->events);
}

/* Runs again in another mode; returns the events of this time. */
static inline Str suite_case_again(SuiteCase *c, SuiteMode mode) {
    c->events = strbuf_new(c->arena);
    c->mode = mode;
    return suite_case_run_all(c);
}
