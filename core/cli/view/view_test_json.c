/* Reports tests as lines of the event stream. */
#include "config_json.h"
#include "relevant_json.h"
#include "render_json.h"
#include "statefile.h"
#include "version.h"
#include "view_diag.h"
#include "view_json_line.h"
#include "view_outputs.h"
#include "view_test.h"

typedef struct TestStream {
    SuiteEvents events;
    View *view;
    bool verbose;
} TestStream;

static void write_origin(ViewJsonLine *line, const SuiteFile *file, const SuiteRun *run) {
    json_key_string(&line->writer, "@testfile", file->config->path);
    if (run)
        json_key_string(&line->writer, "@testrun", run->config->name);
}

static void test_json_write_diags(const TestStream *stream, const SuiteFile *file,
                                  const SuiteRun *run, const Diags *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        bool is_error = diag->severity == DIAG_ERROR;
        if (view_is_repeated(diags, i))
            continue;
        SCOPED(ViewJsonLine) line = view_json_line_open(stream->view->cli);
        view_json_line_begin(&line, "diagnostic", is_error ? "error" : "warn", "%s: %.*s",
                             is_error ? "Error" : "Warning", STR_ARG(diag->summary));
        write_origin(&line, file, run);
        json_key(&line.writer, STR("diagnostic"));
        view_diag_write_json(diag, stream->view->cli->functions, &line.writer);
    }
}

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

static void test_json_on_begin(void *self, const Suite *suite) {
    const TestStream *stream = self;
    SCOPED(ViewJsonLine) line = view_json_line_open(stream->view->cli);
    size_t runs = 0;
    vec_each(&suite->files, file) {
        runs += file->runs.count;
    }
    view_json_line_begin(&line, "test_abstract", "info", "Found %zu file%s and %zu run block%s",
                         suite->files.count, plural(suite->files.count), runs, plural(runs));
    json_key_object(&line.writer, "test_abstract");
    vec_each(&suite->files, file) {
        json_key(&line.writer, file->config->path);
        json_array_start(&line.writer);
        vec_each(&file->runs, run) {
            json_write_string(&line.writer, run->config->name);
        }
        json_array_end(&line.writer);
    }
    json_object_end(&line.writer);
}

static const char *progress_name(SuiteProgress progress) {
    switch (progress) {
    case SUITE_STARTING: return "starting";
    case SUITE_TEARDOWN: return "teardown";
    case SUITE_COMPLETE: break;
    }
    return "complete";
}

static const char *progress_word(SuiteProgress progress, SuiteStatus status) {
    switch (progress) {
    case SUITE_STARTING: return "in progress";
    case SUITE_TEARDOWN: return "tearing down";
    case SUITE_COMPLETE: break;
    }
    return view_test_word(status);
}

static void write_file(const TestStream *stream, const SuiteFile *file, SuiteProgress progress) {
    SCOPED(ViewJsonLine) line = view_json_line_open(stream->view->cli);
    view_json_line_begin(&line, "test_file", "info", "%.*s... %s", STR_ARG(file->config->path),
                         progress_word(progress, file->status));
    write_origin(&line, file, NULL);
    json_key_object(&line.writer, "test_file");
    json_key_string(&line.writer, "path", file->config->path);
    json_key_string(&line.writer, "progress", str_from_cstr(progress_name(progress)));
    if (progress == SUITE_COMPLETE)
        json_key_string(&line.writer, "status", str_from_cstr(suite_status_name(file->status)));
    json_object_end(&line.writer);
}

static void test_json_on_file(void *self, const SuiteFile *file, SuiteProgress progress) {
    const TestStream *stream = self;
    write_file(stream, file, progress);
    if (progress == SUITE_COMPLETE)
        test_json_write_diags(stream, file, NULL, &file->diags);
}

/* Returns the document that `show -json` would print for the plan of the run. */
static Str plan_document(const SuiteRun *run, Arena *scratch) {
    Plan plan = *run->plan;
    StrBuf text = strbuf_new(scratch);
    plan.previous_state = statefile_encode(run->prior, scratch);
    plan.prior_state = plan.previous_state;
    plan.configuration = config_json_write(run->engine, NULL, scratch);
    plan.relevant_attributes = relevant_json_write(run->engine, &plan, scratch);
    render_json_plan(&plan, view_outputs_find_schema, (void *)run->engine, STR(VERSION_TERRAFORM),
                     &text, scratch);
    return strbuf_str(&text);
}

/* The same for its state. */
static Str state_document(const SuiteRun *run, Arena *scratch) {
    StrBuf text = strbuf_new(scratch);
    render_json_state(statefile_encode(run->state, scratch), view_outputs_find_schema,
                      (void *)run->engine, STR(VERSION_TERRAFORM), &text, scratch);
    return strbuf_str(&text);
}

/* Writes the plan of a run that plans, or the state of a run that applied. */
static void write_result(const TestStream *stream, const SuiteFile *file, const SuiteRun *run) {
    bool is_plan = run->config->is_plan;
    if (is_plan ? !run->plan : !run->state)
        return;
    SCOPED(ViewJsonLine) line = view_json_line_open(stream->view->cli);
    Arena *scratch = line.scratch;
    const char *type = is_plan ? "test_plan" : "test_state";
    view_json_line_begin(&line, type, "info", "-verbose flag enabled, printing %s",
                         is_plan ? "plan" : "state");
    write_origin(&line, file, run);
    json_key(&line.writer, str_from_cstr(type));
    json_raw(&line.writer, is_plan ? plan_document(run, scratch) : state_document(run, scratch));
}

static void write_run(const TestStream *stream, const SuiteFile *file, const SuiteRun *run,
                      SuiteProgress progress) {
    SCOPED(ViewJsonLine) line = view_json_line_open(stream->view->cli);
    view_json_line_begin(&line, "test_run", "info", "  \"%.*s\"... %s", STR_ARG(run->config->name),
                         progress_word(progress, run->status));
    write_origin(&line, file, run);
    json_key_object(&line.writer, "test_run");
    json_key_string(&line.writer, "path", file->config->path);
    json_key_string(&line.writer, "run", run->config->name);
    json_key_string(&line.writer, "progress", str_from_cstr(progress_name(progress)));
    if (progress == SUITE_COMPLETE)
        json_key_string(&line.writer, "status", str_from_cstr(suite_status_name(run->status)));
    else
        json_key_int(&line.writer, "elapsed", 0);
    json_object_end(&line.writer);
}

static void test_json_on_run(void *self, const SuiteFile *file, const SuiteRun *run,
                             SuiteProgress progress) {
    const TestStream *stream = self;
    write_run(stream, file, run, progress);
    if (progress != SUITE_COMPLETE)
        return;
    if (stream->verbose)
        write_result(stream, file, run);
    test_json_write_diags(stream, file, run, &run->diags);
}

static void write_left(JsonWriter *writer, ResourceAddr address, Str deposed, Arena *scratch) {
    json_object_start(writer);
    json_key_string(writer, "instance", resource_addr_to_str(address, scratch));
    if (deposed.len > 0)
        json_key_string(writer, "deposed_key", deposed);
    json_object_end(writer);
}

static void test_json_write_instances(JsonWriter *writer, const State *state, Arena *scratch) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        ResourceAddr address = resource->address;
        if (address.mode != MODE_MANAGED)
            continue;
        vec_each(&resource->instances, instance) {
            address.key = instance->key;
            if (instance->current)
                write_left(writer, address, STR_EMPTY, scratch);
            vec_each(&instance->deposed, deposed) {
                write_left(writer, address, deposed->key, scratch);
            }
        }
    }
}

static void test_json_on_left(void *self, const SuiteFile *file, const SuiteRun *run,
                              const State *state, SuiteReason reason) {
    const TestStream *stream = self;
    SCOPED(ViewJsonLine) line = view_json_line_open(stream->view->cli);
    Arena *scratch = line.scratch;
    bool is_wanted = reason == SUITE_REASON_SKIP;
    view_json_line_begin(&line, "test_cleanup", is_wanted ? "info" : "error", "%.*s",
                         STR_ARG(view_test_left(file, run, reason, scratch)));
    write_origin(&line, file, run);
    json_key_object(&line.writer, "test_cleanup");
    json_key(&line.writer, is_wanted ? STR("skipped_resources") : STR("failed_resources"));
    json_array_start(&line.writer);
    test_json_write_instances(&line.writer, state, scratch);
    json_array_end(&line.writer);
    json_object_end(&line.writer);
}

static void write_leftover(JsonWriter *writer, const char *key, const State *state,
                           Arena *scratch) {
    json_key_array(writer, key);
    if (state)
        test_json_write_instances(writer, state, scratch);
    json_array_end(writer);
}

static void test_json_write_planned(JsonWriter *writer, const Plan *planned, Arena *scratch) {
    json_key_array(writer, "planned");
    for (size_t i = 0; planned && i < planned->changes.count; i++) {
        const ResourceChange *change = &planned->changes.items[i];
        if (view_test_creates(change))
            json_write_string(writer, resource_addr_to_str(change->address, scratch));
    }
    json_array_end(writer);
}

/* The key "state" has the last state of the module under test, if there is one; "states" has the
 * states of other runs. */
static void test_json_on_interrupt(void *self, const SuiteFile *file, const SuiteLeftovers *left,
                                   const Plan *planned) {
    const TestStream *stream = self;
    SCOPED(ViewJsonLine) line = view_json_line_open(stream->view->cli);
    Arena *scratch = line.scratch;
    view_json_line_begin(
        &line, "test_interrupt", "error",
        "The test was interrupted in %.*s. The objects of its runs still exist. To "
        "destroy them, run \"loam test cleanup\".",
        STR_ARG(file->config->path));
    write_origin(&line, file, NULL);
    json_key_object(&line.writer, "test_interrupt");
    const State *own = NULL;
    vec_each(left, leftover) {
        if (leftover->run->config->state_key.len == 0)
            own = leftover->state;
    }
    write_leftover(&line.writer, "state", own, scratch);
    json_key_object(&line.writer, "states");
    vec_each(left, leftover) {
        if (leftover->state != own)
            write_leftover(&line.writer, str_to_cstr(leftover->run->config->name, scratch),
                           leftover->state, scratch);
    }
    json_object_end(&line.writer);
    test_json_write_planned(&line.writer, planned, scratch);
    json_object_end(&line.writer);
}

static void test_json_on_end(void *self, const Suite *suite) {
    const TestStream *stream = self;
    SCOPED(ViewJsonLine) line = view_json_line_open(stream->view->cli);
    view_json_line_begin(&line, "test_summary", "info", "%.*s",
                         STR_ARG(view_test_summary(suite, line.scratch)));
    json_key_object(&line.writer, "test_summary");
    json_key_string(&line.writer, "status", str_from_cstr(suite_status_name(suite->status)));
    json_key_int(&line.writer, "passed", (int64_t)suite->counts[SUITE_PASS]);
    json_key_int(&line.writer, "failed", (int64_t)suite->counts[SUITE_FAIL]);
    json_key_int(&line.writer, "errored", (int64_t)suite->counts[SUITE_ERROR]);
    json_key_int(&line.writer, "skipped", (int64_t)suite->counts[SUITE_SKIP]);
    json_object_end(&line.writer);
}

const SuiteEvents *view_test_json(View *view, bool verbose) {
    TestStream *stream = arena_new(view->cli->arena, TestStream);
    *stream = (TestStream){
        .events =
            {
                .self = stream,
                .begin = test_json_on_begin,
                .file = test_json_on_file,
                .run = test_json_on_run,
                .left = test_json_on_left,
                .interrupt = test_json_on_interrupt,
                .end = test_json_on_end,
            },
        .view = view,
        .verbose = verbose,
    };
    return &stream->events;
}
