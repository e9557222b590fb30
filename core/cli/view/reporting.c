/* Implements -report: records the run and writes the files. */
#include "reporting.h"
#include "report_outcome.h"
#include "state_object.h"
#include "thread.h"
#include "version.h"

typedef struct ReportFile {
    const ReportKind *kind;
    Str path;
} ReportFile;

struct Reporting {
    Cli *cli;
    VEC(ReportFile) files;
    size_t size_limit;
    const Plan *plan;
    const Config *config;
    struct Recorder *recorder; /* of the current run; NULL: none */
    Timeline *timeline;
    pthread_mutex_t mutex; /* guards the members below */
    Arena *arena;          /* of the spans */
    TimelineSpans *spans;  /* NULL: no report has them */
    int64_t started_ms;    /* monotonic */
    Map open;     /* the parent's index, and the name → index of the last such span, from 1 */
    size_t phase; /* the open span of a plan or an apply, or TIMELINE_NONE */
    size_t state; /* the open span of an operation on the state, or TIMELINE_NONE */
};

static int64_t reporting_span_ms(const Reporting *reporting) {
    const Clock *clock = reporting->cli->io.clock;
    return clock->monotonic_ms(clock->self) - reporting->started_ms;
}

static Str span_key(size_t parent, Str name, Arena *arena) {
    return str_format(arena, "%zu %.*s", parent, STR_ARG(name));
}

/* Begins a span. The caller holds the mutex, here and below. */
static size_t span_begin(Reporting *reporting, size_t parent, Str name, Str address) {
    Arena *arena = reporting->arena;
    size_t at = reporting->spans->items.count;
    TimelineSpan span = {
        .name = str_clone(name, arena),
        .address = str_clone(address, arena),
        .parent = parent,
        .start_ms = reporting_span_ms(reporting),
    };
    span.end_ms = span.start_ms;
    vec_push(arena, &reporting->spans->items, span);
    map_set(&reporting->open, span_key(parent, name, arena), (void *)(uintptr_t)(at + 1));
    return at;
}

/* Returns the last span of that name, or TIMELINE_NONE. */
static size_t span_find(const Reporting *reporting, size_t parent, Str name) {
    SCOPED(ArenaRef) scratch = arena_open("span");
    size_t at = (uintptr_t)map_find(&reporting->open, span_key(parent, name, scratch));
    return at ? at - 1 : TIMELINE_NONE;
}

static void span_end(Reporting *reporting, size_t at, bool failed) {
    if (at == TIMELINE_NONE)
        return;
    TimelineSpan *span = &reporting->spans->items.items[at];
    span->end_ms = reporting_span_ms(reporting);
    span->failed |= failed;
}

/* Adds the event to the spans: an instance has one in a plan and one in an apply, from its first
 * event to its last one. Below it are the calls of its provider, and its provisioners. */
static void record_span(Reporting *reporting, const WalkEvent *event) {
    if (!reporting->spans || event->address.len == 0)
        return;
    bool is_call = event->kind == EVENT_CALL_START || event->kind == EVENT_CALL_END;
    bool is_provision = event->kind == EVENT_PROVISION_START || event->kind == EVENT_PROVISION_END;
    bool has_ended = event->kind == EVENT_CALL_END || event->kind == EVENT_PROVISION_END;
    SCOPED(ArenaRef) scratch = arena_open("span");
    LOCKED(&reporting->mutex);
    if (reporting->phase == TIMELINE_NONE)
        return;
    Str phase = reporting->spans->items.items[reporting->phase].name;
    Str name = str_format(scratch, "%.*s %.*s", STR_ARG(phase), STR_ARG(event->address));
    size_t instance = span_find(reporting, reporting->phase, name);
    if (instance == TIMELINE_NONE)
        instance = span_begin(reporting, reporting->phase, name, event->address);
    if (is_call || is_provision) {
        Str of = is_call ? str_from_cstr(event->operation) : event->provisioner;
        name = str_format(scratch, "%s %.*s", is_call ? "provider" : "provisioner", STR_ARG(of));
        if (has_ended)
            span_end(reporting, span_find(reporting, instance, name), event->failed);
        else
            (void)span_begin(reporting, instance, name, event->address);
    }
    span_end(reporting, instance, event->failed);
}

void reporting_part(Reporting *reporting, const char *name, bool has_ended, bool ok) {
    if (!reporting || !reporting->spans)
        return;
    LOCKED(&reporting->mutex);
    Str text = str_from_cstr(name);
    bool is_phase = str_equal(text, STR("plan")) || str_equal(text, STR("apply"));
    bool is_request = str_starts_with(text, STR("backend "));
    size_t *current = is_phase ? &reporting->phase : &reporting->state;
    size_t parent = is_request ? reporting->state : TIMELINE_NONE;
    if (has_ended)
        span_end(reporting, span_find(reporting, parent, text), !ok);
    size_t at = has_ended ? TIMELINE_NONE : span_begin(reporting, parent, text, STR_EMPTY);
    if (!is_request)
        *current = at;
}

/* Records when each operation of a walk ran, and forwards every event. Locks its own data, since
 * events come from many threads. */
typedef struct Recorder {
    const Cli *cli;
    const Hooks *listener;
    Hooks hooks;
    pthread_mutex_t mutex; /* guards the members below */
    int64_t started_ms;    /* monotonic */
    Timeline *timeline;
    Map open; /* kind, address, deposed → row, from 1 */
    Reporting *reporting;
} Recorder;

static int64_t reporting_now_ms(const Recorder *recorder) {
    const Clock *clock = recorder->cli->io.clock;
    return clock->monotonic_ms(clock->self) - recorder->started_ms;
}

static Str reporting_key_of(const WalkEvent *event, TimelineKind kind, Arena *arena) {
    return str_format(arena, "%d %.*s %.*s", (int)kind, STR_ARG(event->address),
                      STR_ARG(event->deposed));
}

static void begin_row(Recorder *recorder, const WalkEvent *event, TimelineKind kind) {
    Arena *arena = recorder->cli->arena;
    LOCKED(&recorder->mutex);
    TimelineRow row = {
        .kind = kind,
        .address = str_clone(event->address, arena),
        .block = resource_addr_to_config_str(event->resource, arena),
        .deposed = str_clone(event->deposed, arena),
        .what = str_clone(event->provisioner, arena),
        .action = event->action,
        .start_ms = reporting_now_ms(recorder),
        .is_open = true,
        .waited_for = TIMELINE_NONE,
        .turn_after = TIMELINE_NONE,
    };
    row.end_ms = row.start_ms;
    vec_push(arena, &recorder->timeline->rows, row);
    map_set(&recorder->open, reporting_key_of(event, kind, arena),
            (void *)(uintptr_t)recorder->timeline->rows.count);
}

static void end_row(Recorder *recorder, const WalkEvent *event, TimelineKind kind) {
    SCOPED(ArenaRef) scratch = arena_open("record");
    LOCKED(&recorder->mutex);
    uintptr_t at = (uintptr_t)map_find(&recorder->open, reporting_key_of(event, kind, scratch));
    if (at) {
        TimelineRow *row = &recorder->timeline->rows.items[at - 1];
        row->end_ms = reporting_now_ms(recorder);
        row->is_open = false;
        row->failed = event->failed;
    }
}

static void reporting_record(Recorder *recorder, const WalkEvent *event) {
    record_span(recorder->reporting, event);
    if (!recorder->timeline)
        return;
    switch (event->kind) {
    case EVENT_REFRESH_START: begin_row(recorder, event, TIMELINE_READ); break;
    case EVENT_REFRESH_END: end_row(recorder, event, TIMELINE_READ); break;
    case EVENT_APPLY_START: begin_row(recorder, event, TIMELINE_APPLY); break;
    case EVENT_APPLY_END: end_row(recorder, event, TIMELINE_APPLY); break;
    case EVENT_PROVISION_START: begin_row(recorder, event, TIMELINE_PROVISION); break;
    case EVENT_PROVISION_END: end_row(recorder, event, TIMELINE_PROVISION); break;
    case EVENT_REFRESH_PROGRESS:
    case EVENT_APPLY_PROGRESS:
    case EVENT_PROVISION_OUTPUT:
    case EVENT_OPERATION_START:
    case EVENT_OPERATION_END:
    case EVENT_INVOKE_START:
    case EVENT_INVOKE_PROGRESS:
    case EVENT_INVOKE_END:
    case EVENT_LIST_START:
    case EVENT_LIST_FOUND:
    case EVENT_LIST_END:
    case EVENT_CALL_START:
    case EVENT_CALL_END:
    case EVENT_APPLY_TOTAL: break;
    }
}

static void reporting_on_event(void *self, const WalkEvent *event) {
    Recorder *recorder = self;
    reporting_record(recorder, event);
    hooks_send(recorder->listener, event);
}

/* Starts a recording now; a walk sends its events to *hooks. `listener` (may be NULL) receives
 * every event too. */
static Recorder *open_recorder(const Cli *cli, const Hooks *listener, const Hooks **hooks) {
    Recorder *recorder = arena_new(cli->arena, Recorder);
    *recorder = (Recorder){.cli = cli, .listener = listener, .open = map_new(cli->arena)};
    recorder->timeline = arena_new(cli->arena, Timeline);
    recorder->timeline->began_ms = cli_now_ms(cli);
    recorder->started_ms = reporting_now_ms(recorder);
    pthread_mutex_init(&recorder->mutex, NULL);
    recorder->hooks = (Hooks){recorder, reporting_on_event};
    *hooks = &recorder->hooks;
    return recorder;
}

/* Called after the walk. An operation without an end keeps `is_open`, and ends now. */
static Timeline *close_recorder(Recorder *recorder) {
    Timeline *timeline = recorder->timeline;
    timeline->length_ms = reporting_now_ms(recorder);
    vec_each(&timeline->rows, row) {
        if (row->is_open)
            row->end_ms = timeline->length_ms;
    }
    pthread_mutex_destroy(&recorder->mutex);
    return timeline;
}

static const Option options[] = {
    {"report", OPTION_GROUP_CHOICE, "KIND:FILE",
     "Write a report of this kind to a file. May be repeated."},
    {"report-limit", OPTION_TEXT, "N",
     "Maximum size of a Markdown report in characters (default 65536; 0: no limit)."},
};

static bool describe_kind(size_t i, const char **name, const char **help) {
    if (i >= report_kind_count)
        return false;
    *name = report_kinds[i]->name;
    *help = report_kinds[i]->help;
    return true;
}

const OptionGroup reporting_options = {
    .options = options,
    .count = ARRAY_COUNT(options),
    .choices_title = "Kinds of reports",
    .choice = describe_kind,
};

static Str kind_names(Arena *arena) {
    StrVec names = {0};
    for (size_t i = 0; i < report_kind_count; i++)
        vec_push(arena, &names, str_from_cstr(report_kinds[i]->name));
    return str_join(names.items, names.count, STR(", "), arena);
}

/* Checked before the run: an error after an hour of work would be too late. */
static bool reporting_check_directory(const Reporting *reporting, Str path, Diags *diags) {
    const Disk *disk = reporting->cli->io.disk;
    Str directory = disk_directory_of(path);
    DiskStat stat;
    int status = disk->stat(disk->self, directory, &stat);
    if (status == 0 && stat.kind == DISK_DIRECTORY)
        return true;
    return diags_fail(
        diags, NO_RANGE, "Report directory not found",
        "The directory \"%.*s\" for the report \"%.*s\" does not exist. Create it first.",
        STR_ARG(directory), STR_ARG(path));
}

static bool reporting_add_file(Reporting *reporting, Str text, Diags *diags) {
    Arena *arena = reporting->cli->arena;
    size_t colon = str_find_char(text, ':', 0);
    Str name = str_slice(text, 0, colon);
    ReportFile file = {.kind = report_find_kind(name)};
    if (!file.kind)
        return diags_fail(
            diags, NO_RANGE, "Unknown report kind",
            "-report requires KIND:FILE, and \"%.*s\" is not a kind of report. The kinds are %.*s.",
            STR_ARG(name), STR_ARG(kind_names(arena)));
    if (colon != SIZE_MAX)
        file.path = str_after(text, colon + 1);
    if (file.path.len == 0)
        return diags_fail(diags, NO_RANGE, "Missing report file",
                          "-report=%.*s has no file name. Write -report=%.*s:FILE.", STR_ARG(text),
                          STR_ARG(name));
    vec_push(arena, &reporting->files, file);
    return reporting_check_directory(reporting, file.path, diags);
}

static bool reporting_read_limit(Reporting *reporting, Str text, Diags *diags) {
    uint64_t limit;
    if (!text.ptr)
        return true;
    if (!str_to_uint64(text, &limit) || (limit > 0 && limit < 2000))
        return diags_fail(diags, NO_RANGE, "Invalid report size",
                          "-report-limit requires a number of characters, 2000 or more, or 0 for "
                          "no limit, not \"%.*s\".",
                          STR_ARG(text));
    reporting->size_limit = (size_t)limit;
    return true;
}

static void open_spans(Reporting *reporting) {
    reporting->arena = arena_open("spans");
    reporting->spans = arena_new(reporting->arena, TimelineSpans);
    reporting->spans->began_ms = cli_now_ms(reporting->cli);
    reporting->open = map_new(reporting->arena);
    reporting->started_ms = reporting_span_ms(reporting);
    pthread_mutex_init(&reporting->mutex, NULL);
}

bool reporting_open(Cli *cli, const Arguments *arguments, Diags *diags) {
    if (!option_is_given(arguments, "report"))
        return true;
    Reporting *reporting = arena_new(cli->arena, Reporting);
    *reporting = (Reporting){
        .cli = cli,
        .size_limit = REPORT_SIZE_LIMIT,
        .phase = TIMELINE_NONE,
        .state = TIMELINE_NONE,
    };
    bool ok = reporting_read_limit(reporting, option_text(arguments, "report-limit"), diags);
    vec_each(&arguments->options, option) {
        if (strcmp(option->option->name, "report") == 0)
            ok = reporting_add_file(reporting, option->text, diags) && ok;
    }
    vec_each(&reporting->files, file) {
        if (ok && file->kind->of_spans && !reporting->spans)
            open_spans(reporting);
    }
    if (ok)
        cli->reporting = reporting;
    return ok;
}

void reporting_set_plan(Reporting *reporting, const Plan *plan, const Config *config) {
    if (!reporting)
        return;
    reporting->plan = plan;
    reporting->config = config;
}

const Hooks *reporting_plan_begin(Reporting *reporting, const Hooks *listener) {
    if (!reporting || !reporting->spans)
        return listener;
    Recorder *recorder = arena_new(reporting->cli->arena, Recorder);
    *recorder = (Recorder){.listener = listener, .reporting = reporting};
    recorder->hooks = (Hooks){recorder, reporting_on_event};
    return &recorder->hooks;
}

const Hooks *reporting_run_begin(Reporting *reporting, const Hooks *listener) {
    if (!reporting)
        return listener;
    const Hooks *hooks;
    reporting->recorder = open_recorder(reporting->cli, listener, &hooks);
    reporting->recorder->reporting = reporting;
    return hooks;
}

/* Replaces the planned value with that of the object after the run: the plan had unknown values. */
static void set_result(ResourceChange *change, WorkingState *working, Arena *arena) {
    Diags ignored = diags_new(arena);
    const StateObject *object = working_state_object(working, change->address, STR_EMPTY, arena);
    Value result;
    if (object && object->schema_version == (uint64_t)change->schema->version &&
        state_object_decode(object, change->schema, &result, arena, &ignored))
        change->after = result;
}

/* Copies the plan; successful changes get their final values. */
static const Plan *plan_with_results(const Reporting *reporting, WorkingState *working) {
    Arena *arena = reporting->cli->arena;
    Plan *plan = arena_new(arena, Plan);
    *plan = *reporting->plan;
    plan->changes.items = arena_new_array(arena, ResourceChange, plan->changes.count);
    plan->changes.capacity = plan->changes.count;
    ReportOutcomes outcomes = report_outcome_collect(reporting->timeline, arena);
    for (size_t i = 0; i < plan->changes.count; i++) {
        ResourceChange *change = &plan->changes.items[i];
        const ResourceChange *one = change;
        ReportOutcome outcome;
        *change = reporting->plan->changes.items[i];
        if (change->schema && change->deposed.len == 0 && !value_is_wholly_known(change->after) &&
            report_outcome_find(&outcomes, &one, 1, &outcome) && outcome.done == 1)
            set_result(change, working, arena);
    }
    return plan;
}

void reporting_run_end(Reporting *reporting, WorkingState *working) {
    if (!reporting || !reporting->recorder)
        return;
    reporting->timeline = close_recorder(reporting->recorder);
    reporting->recorder = NULL;
    if (reporting->plan)
        timeline_link(reporting->timeline, reporting->plan, reporting->cli->arena);
    if (reporting->plan && working)
        reporting->plan = plan_with_results(reporting, working);
}

void reporting_set_outputs(Reporting *reporting, const State *state) {
    if (!reporting || !reporting->plan || !reporting->timeline)
        return;
    Arena *arena = reporting->cli->arena;
    Plan *plan = arena_new(arena, Plan);
    *plan = *reporting->plan;
    plan->outputs.items = arena_new_array(arena, OutputChange, plan->outputs.count);
    plan->outputs.capacity = plan->outputs.count;
    for (size_t i = 0; i < plan->outputs.count; i++) {
        plan->outputs.items[i] = reporting->plan->outputs.items[i];
        OutputChange *output = &plan->outputs.items[i];
        const StateOutput *result = map_find(&state->outputs, output->name);
        if (result && !value_is_wholly_known(output->after))
            output->after = result->value;
    }
    reporting->plan = plan;
}

/* Follows the "module.NAME." prefixes of an address; *rest is the remainder. Returns NULL for an
 * unknown call. */
static const Module *enter_module(const Module *module, Str *rest) {
    while (module && str_starts_with(*rest, STR("module."))) {
        Str name = str_after(*rest, 7);
        name = str_slice(name, 0, str_find_char(name, '.', 0));
        const ModuleCall *call = map_find(&module->calls, name);
        *rest = str_after(*rest, 7 + name.len + 1);
        module = call ? call->module : NULL;
    }
    return module;
}

static SourceRange reporting_locate(void *payload, Str address) {
    const Reporting *reporting = payload;
    Str rest = address;
    const Module *module = enter_module(reporting->config->root, &rest);
    if (!module)
        return NO_RANGE;
    const Resource *resource = map_find(&module->resources, rest);
    if (resource)
        return resource->range;
    Str name = str_after(rest, str_find_char(rest, '.', 0) + 1);
    if (str_starts_with(rest, STR("check."))) {
        const Check *check = map_find(&module->checks, name);
        return check ? check->range : NO_RANGE;
    }
    if (str_starts_with(rest, STR("output."))) {
        const Output *output = map_find(&module->outputs, name);
        return output ? output->range : NO_RANGE;
    }
    const Variable *variable =
        str_starts_with(rest, STR("var.")) ? map_find(&module->variables, name) : NULL;
    return variable ? variable->range : NO_RANGE;
}

/* An earlier error has already explained why nothing ran. */
static bool report_nothing_ran(const ReportFile *file, Diags *diags) {
    if (diags_has_errors(diags))
        return true;
    return diags_fail(diags, NO_RANGE, "Report not written",
                      "A report of kind \"%s\" shows executed operations, and this command "
                      "executed none. Request it from apply or destroy.",
                      file->kind->name);
}

static bool reporting_write_file(const Reporting *reporting, const ReportFile *file,
                                 const ReportInput *input, Diags *diags) {
    if (file->kind->of_runs && !input->timeline)
        return report_nothing_ran(file, diags);
    SCOPED(ArenaRef) scratch = arena_open("report");
    StrBuf text = strbuf_new(scratch);
    file->kind->write(input, &text, scratch);
    const Disk *disk = reporting->cli->io.disk;
    int status = disk->write_file(disk->self, file->path, strbuf_str(&text), 0600);
    if (status == 0)
        return true;
    return diags_fail(diags, NO_RANGE, "Report not written",
                      "The %s report could not be written to \"%.*s\": %s. The command itself "
                      "completed; only the report is missing.",
                      file->kind->name, STR_ARG(file->path), strerror(-status));
}

static Str reporting_variable(const Cli *cli, const char *name) {
    const Process *process = cli->io.process;
    return str_from_cstr(process ? process->environment(process->self, name) : NULL);
}

bool reporting_write(Reporting *reporting, Str title, Diags *diags) {
    if (!reporting)
        return true;
    Cli *cli = reporting->cli;
    Diags said = diags_new(cli->arena); /* so that no report contains the write error of another */
    diags_append(&said, diags);
    ReportInput input = {
        .plan = reporting->plan,
        .diags = &said,
        .timeline = reporting->timeline,
        .title = title,
        .version = STR(VERSION_LOAM),
        .now_ms = cli_now_ms(cli),
        .size_limit = reporting->size_limit,
        .spans = reporting->spans,
        .service = reporting_variable(cli, "OTEL_SERVICE_NAME"),
        .resource = reporting_variable(cli, "OTEL_RESOURCE_ATTRIBUTES"),
        .parent = reporting_variable(cli, "TRACEPARENT"),
        .trace_state = reporting_variable(cli, "TRACESTATE"),
        .locate = reporting->config ? reporting_locate : NULL,
        .payload = reporting,
    };
    if (reporting->spans) {
        reporting->spans->length_ms = reporting_span_ms(reporting);
        arena_join(cli->arena, reporting->arena);
        pthread_mutex_destroy(&reporting->mutex);
    }
    bool ok = true;
    vec_each(&reporting->files, file) {
        ok = reporting_write_file(reporting, file, &input, diags) && ok;
    }
    return ok;
}
