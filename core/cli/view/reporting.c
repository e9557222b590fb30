/* Implements -report, -metrics and the telemetry of the environment: records the run, writes the
 * files, sends the rest. */
#include "reporting.h"

#include "error_type.h"
#include "report_outcome.h"
#include "run_metrics.h"
#include "span_recorder.h"
#include "state_object.h"
#include "thread.h"
#include "version.h"

#define SEND_MS 3000 /* for telemetry, after the command */

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
    SpanRecorder *spans;  /* NULL: no report, metric or collector needs them */
    OtlpSpans kept;       /* for a report */
    Str trace;            /* ID */
    Str parent;           /* of the command's span; empty: none */
    bool is_unsampled;    /* TRACEPARENT says that this trace is not recorded */
    OtlpSender *sender;   /* NULL: no collector of traces */
    OtlpExport collector; /* of metrics */
    RunMetrics *metrics;  /* NULL: neither a file nor a collector */
    Str metrics_path;     /* empty: no file */
    int64_t began_ms;     /* Unix time */
};

void reporting_part(Reporting *reporting, const char *name, bool has_ended, bool ok) {
    if (!reporting || !reporting->spans)
        return;
    if (reporting->metrics && !has_ended && strcmp(name, "apply") == 0)
        run_metrics_begin_apply(reporting->metrics);
    span_recorder_part(reporting->spans, name, has_ended, ok);
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
    const Reporting *reporting = recorder->reporting;
    if (reporting->spans)
        span_recorder_event(reporting->spans, event);
    if (reporting->metrics)
        run_metrics_add_event(reporting->metrics, event);
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
    case EVENT_INSTANCE_END:
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

static const Option report_options[] = {
    {"report", OPTION_GROUP_CHOICE, "KIND:FILE",
     "Write a report of this kind to a file. May be repeated."},
    {"report-limit", OPTION_TEXT, "N",
     "Maximum size of a Markdown report in characters (default 65536; 0: no limit)."},
    {"metrics", OPTION_OUTPUT, "FILE",
     "Write metrics of the run to a file, as text for Prometheus (textfile collector)."},
};

static bool describe_kind(size_t i, const char **name, const char **help) {
    if (i >= report_kind_count)
        return false;
    *name = report_kinds[i]->name;
    *help = report_kinds[i]->help;
    return true;
}

const OptionGroup reporting_options = {
    .options = report_options,
    .count = ARRAY_COUNT(report_options),
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
        "The directory \"%.*s\" for the file \"%.*s\" does not exist. Create it first.",
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

static Str reporting_variable(const Cli *cli, const char *name) {
    return cli->io.process ? process_variable(cli->io.process, name) : STR_EMPTY;
}

static OtlpResource reporting_resource(const Cli *cli) {
    return (OtlpResource){.service = reporting_variable(cli, "OTEL_SERVICE_NAME"),
                          .attributes = reporting_variable(cli, "OTEL_RESOURCE_ATTRIBUTES"),
                          .version = STR(VERSION_LOAM)};
}

/* A text that is no header is ignored, as W3C Trace Context demands. */
static void read_parent(Reporting *reporting) {
    Str header = reporting_variable(reporting->cli, "TRACEPARENT");
    if (!otlp_body_read_parent(header, &reporting->trace, &reporting->parent))
        reporting->trace = otlp_body_random_id(OTLP_TRACE_SIZE, reporting->cli->arena);
    else
        reporting->is_unsampled = !otlp_body_is_sampled(header);
}

static bool fail_telemetry(const char *what, Str problem, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Telemetry cannot be sent",
                      "The environment requests %s, but %.*s.", what, STR_ARG(problem));
}

/* Opens the collectors that the environment names. */
static bool open_collectors(Reporting *reporting, Diags *diags) {
    const Cli *cli = reporting->cli;
    OtlpSenderOptions sending = {
        .io = &cli->io,
        .resource = reporting_resource(cli),
        .trace = reporting->trace,
        .state = reporting_variable(cli, "TRACESTATE"),
    };
    Str problem = STR_EMPTY;
    reporting->collector = otlp_export_open(&cli->io, OTLP_METRICS, cli->arena);
    if (reporting->collector.problem.len > 0)
        return fail_telemetry("metrics", reporting->collector.problem, diags);
    if (!reporting->is_unsampled)
        reporting->sender = otlp_sender_open(&sending, &problem, cli->arena);
    return problem.len == 0 || fail_telemetry("traces", problem, diags);
}

static void count_span(void *payload, const OtlpSpan *span) {
    run_metrics_add_span(payload, span);
}

static bool wants_spans(const Reporting *reporting) {
    vec_each(&reporting->files, file) {
        if (file->kind->of_spans)
            return true;
    }
    return false;
}

static void open_spans(Reporting *reporting) {
    bool is_kept = wants_spans(reporting);
    if (reporting->metrics_path.len > 0 || reporting->collector.url.len > 0)
        reporting->metrics = run_metrics_open(reporting->cli->arena);
    if (!is_kept && !reporting->sender && !reporting->metrics)
        return;
    reporting->spans = span_recorder_open(&(SpanRecorderOptions){
        .clock = reporting->cli->io.clock,
        .trace = reporting->trace,
        .parent = reporting->parent,
        .kept = is_kept ? &reporting->kept : NULL,
        .sender = reporting->sender,
        .ended = reporting->metrics ? count_span : NULL,
        .payload = reporting->metrics,
        .has_children = is_kept || reporting->sender,
    });
}

/* Whether the environment requests telemetry; without it a run without reports records nothing. */
static bool has_telemetry(const Cli *cli) {
    return reporting_variable(cli, "OTEL_TRACES_EXPORTER").len > 0 ||
           reporting_variable(cli, "OTEL_METRICS_EXPORTER").len > 0;
}

static bool read_options(Reporting *reporting, const Arguments *arguments, Diags *diags) {
    bool ok = reporting_read_limit(reporting, option_text(arguments, "report-limit"), diags);
    vec_each(&arguments->options, option) {
        if (strcmp(option->option->name, "report") == 0)
            ok = reporting_add_file(reporting, option->text, diags) && ok;
    }
    reporting->metrics_path = option_text(arguments, "metrics");
    if (reporting->metrics_path.len > 0)
        ok = reporting_check_directory(reporting, reporting->metrics_path, diags) && ok;
    return ok;
}

bool reporting_open(Cli *cli, const Arguments *arguments, Diags *diags) {
    if (!option_is_given(arguments, "report") && !option_is_given(arguments, "metrics") &&
        !has_telemetry(cli))
        return true;
    Reporting *reporting = arena_new(cli->arena, Reporting);
    *reporting =
        (Reporting){.cli = cli, .size_limit = REPORT_SIZE_LIMIT, .began_ms = cli_now_ms(cli)};
    read_parent(reporting);
    if (!read_options(reporting, arguments, diags) || !open_collectors(reporting, diags))
        return false;
    open_spans(reporting);
    if (reporting->spans || reporting->files.count > 0)
        cli->reporting = reporting;
    return true;
}

void reporting_set_plan(Reporting *reporting, const Plan *plan, const Config *config) {
    if (!reporting)
        return;
    reporting->plan = plan;
    reporting->config = config;
    if (reporting->metrics)
        run_metrics_set_plan(reporting->metrics, plan);
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
    if (reporting->plan && working && reporting->files.count > 0)
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

static bool has_failed(const Diags *diags, int status) {
    return diags_has_errors(diags) || status == 1;
}

static void end_spans(Reporting *reporting, Str title, const char *error_type) {
    Arena *arena = reporting->cli->arena;
    const Plan *plan = reporting->plan;
    SpanRecorderEnd end = {.name = str_concat(STR("loam "), title, arena),
                           .error_type = error_type};
    if (plan) {
        end.attributes[0] = (OtlpAttribute){"loam.workspace", plan->workspace, false};
        end.attributes[1] = (OtlpAttribute){
            "loam.serial", str_format(arena, "%llu", (unsigned long long)plan->serial), true};
    }
    span_recorder_end(reporting->spans, &end);
    span_recorder_close(reporting->spans, arena);
    reporting->spans = NULL;
}

static MetricContext metric_context(const Reporting *reporting, const OtlpResource *resource,
                                    Str title) {
    return (MetricContext){
        .resource = resource,
        .command = title,
        .workspace = reporting->plan ? reporting->plan->workspace : reporting->cli->workspace,
        .start_ms = reporting->began_ms,
        .end_ms = cli_now_ms(reporting->cli),
    };
}

static bool write_metrics(const Reporting *reporting, Str title, Diags *diags) {
    const Cli *cli = reporting->cli;
    Str path = reporting->metrics_path;
    if (path.len == 0)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("metrics");
    OtlpResource resource = reporting_resource(cli);
    MetricContext context = metric_context(reporting, &resource, title);
    Metric metrics[RUN_METRICS_COUNT];
    StrBuf text = strbuf_new(scratch);
    run_metrics_collect(reporting->metrics, &context, metrics, scratch);
    metric_write_text(metrics, RUN_METRICS_COUNT, &context, &text);
    int status = cli->io.disk->write_file(cli->io.disk->self, path, strbuf_str(&text), 0644);
    return status == 0 ||
           diags_fail(diags, NO_RANGE, "Metrics not written",
                      "The metrics could not be written to \"%.*s\": %s. The command itself "
                      "completed; only its metrics are missing.",
                      STR_ARG(path), strerror(-status));
}

bool reporting_write(Reporting *reporting, Str title, int status, Diags *diags) {
    if (!reporting)
        return true;
    Cli *cli = reporting->cli;
    if (reporting->spans)
        end_spans(reporting, title,
                  has_failed(diags, status) ? error_type_first(diags, 0, ERROR_TYPE_OTHER) : NULL);
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
        .spans = &reporting->kept,
        .resource = reporting_resource(cli),
        .trace = reporting->trace,
        .trace_state = reporting_variable(cli, "TRACESTATE"),
        .locate = reporting->config ? reporting_locate : NULL,
        .payload = reporting,
    };
    bool ok = write_metrics(reporting, title, diags);
    vec_each(&reporting->files, file) {
        ok = reporting_write_file(reporting, file, &input, diags) && ok;
    }
    return ok;
}

/* Returns the time for telemetry that is left; none after a second signal. */
static int64_t time_left_ms(const Cli *cli, int64_t until_ms) {
    int64_t left_ms = until_ms - cli->io.clock->monotonic_ms(cli->io.clock->self);
    return cancel_level(cli->cancel) == CANCEL_NOW || left_ms < 1 ? 1 : left_ms;
}

static void send_metrics(const Reporting *reporting, Str title, int64_t timeout_ms, Str *problem) {
    const Cli *cli = reporting->cli;
    SCOPED(ArenaRef) scratch = arena_open("metrics");
    OtlpResource resource = reporting_resource(cli);
    MetricContext context = metric_context(reporting, &resource, title);
    Metric metrics[RUN_METRICS_COUNT];
    StrBuf body = strbuf_new(scratch);
    Str why = STR_EMPTY;
    run_metrics_collect(reporting->metrics, &context, metrics, scratch);
    metric_write_otlp(metrics, RUN_METRICS_COUNT, &context, &body, scratch);
    if (!otlp_export_post(&reporting->collector, &cli->io, strbuf_str(&body),
                          &(OtlpSending){.timeout_ms = timeout_ms}, &why, scratch))
        *problem =
            str_format(cli->arena, "Metrics were not sent to %.*s: %.*s.",
                       STR_ARG(otlp_export_shown(&reporting->collector, scratch)), STR_ARG(why));
}

/* On standard error: the output of the command does not depend on a collector. */
void reporting_send(Reporting *reporting, Str title) {
    if (!reporting)
        return;
    Cli *cli = reporting->cli;
    int64_t until_ms = cli->io.clock->monotonic_ms(cli->io.clock->self) + SEND_MS;
    Str problem = STR_EMPTY;
    if (reporting->collector.url.len > 0)
        send_metrics(reporting, title, time_left_ms(cli, until_ms), &problem);
    if (reporting->sender) {
        Str other;
        if (!otlp_sender_close(reporting->sender, time_left_ms(cli, until_ms), &other, cli->arena))
            problem = other;
    }
    if (problem.len > 0)
        terminal_err(str_format(cli->arena, "Warning: %.*s\n", STR_ARG(problem)));
}
