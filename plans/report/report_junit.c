/* report_junit: three suites: diagnostics, conditions, and changes (with durations after an
 * apply). */
#include "clock.h"
#include "render_secret.h"
#include "render_text.h"
#include "render_title.h"
#include "report_checks.h"
#include "report_section.h"
#include "report_text.h"
#include "xml_writer.h"

typedef struct JunitCase {
    Str name;
    Str suite_class;
    int64_t took_ms;     /* -1: unknown */
    const char *problem; /* element: "failure", "error", "skipped"; NULL: passed */
    Str problem_text;
    Str output;
} JunitCase;

typedef struct Suite {
    VEC(JunitCase) cases;
    const char *name;
    Arena *scratch;
} Suite;

static size_t count_problems(const Suite *suite, const char *kind) {
    size_t count = 0;
    vec_each(&suite->cases, item) {
        count += item->problem && strcmp(item->problem, kind) == 0;
    }
    return count;
}

static void report_junit_write_case(XmlWriter *xml, const JunitCase *item) {
    xml_writer_open(xml, "testcase");
    xml_writer_attribute(xml, "name", item->name);
    xml_writer_attribute(xml, "classname", item->suite_class);
    if (item->took_ms >= 0)
        xml_writer_seconds(xml, "time", item->took_ms);
    if (item->problem) {
        xml_writer_open(xml, item->problem);
        xml_writer_attribute(
            xml, "message",
            str_slice(item->problem_text, 0, str_find_char(item->problem_text, '\n', 0)));
        xml_writer_text(xml, item->problem_text);
        xml_writer_close(xml);
    }
    if (item->output.len > 0) {
        xml_writer_open(xml, "system-out");
        xml_writer_text(xml, item->output);
        xml_writer_close(xml);
    }
    xml_writer_close(xml);
}

static void write_suite(XmlWriter *xml, const Suite *suite, Str timestamp) {
    if (suite->cases.count == 0)
        return;
    xml_writer_open(xml, "testsuite");
    xml_writer_attribute(xml, "name", str_from_cstr(suite->name));
    xml_writer_count(xml, "tests", suite->cases.count);
    xml_writer_count(xml, "failures", count_problems(suite, "failure"));
    xml_writer_count(xml, "errors", count_problems(suite, "error"));
    xml_writer_count(xml, "skipped", count_problems(suite, "skipped"));
    xml_writer_attribute(xml, "timestamp", timestamp);
    vec_each(&suite->cases, item) {
        report_junit_write_case(xml, item);
    }
    xml_writer_close(xml);
}

static Str diag_text(const Diag *diag, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str place = report_text_place(diag->range, arena);
    strbuf_add(&text, diag->summary);
    if (diag->detail.len > 0)
        strbuf_add_format(&text, "\n\n%.*s", STR_ARG(diag->detail));
    if (place.len > 0)
        strbuf_add_format(&text, "\n\non %.*s", STR_ARG(place));
    return strbuf_str(&text);
}

static void collect_messages(Suite *suite, const Diags *diags) {
    for (size_t i = 0; diags && i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        bool is_error = diag->severity == DIAG_ERROR;
        Str text = diag_text(diag, suite->scratch);
        JunitCase item = {
            .name = diag->address.len > 0 ? diag->address : diag->summary,
            .suite_class = is_error ? STR("error") : STR("warning"),
            .took_ms = -1,
            .problem = is_error ? "error" : NULL,
            .problem_text = is_error ? text : STR_EMPTY,
            .output = is_error ? STR_EMPTY : text,
        };
        vec_push(suite->scratch, &suite->cases, item);
    }
}

static void collect_check(const ReportCheck *check, void *payload) {
    Suite *suite = payload;
    static const char *const PROBLEMS[] = {
        [REPORT_CHECK_PASS] = NULL,
        [REPORT_CHECK_FAIL] = "failure",
        [REPORT_CHECK_ERROR] = "error",
        [REPORT_CHECK_UNKNOWN] = "skipped",
    };
    JunitCase item = {
        .name = check->address,
        .suite_class = check->kind,
        .took_ms = -1,
        .problem = PROBLEMS[check->status],
        .problem_text =
            check->status == REPORT_CHECK_UNKNOWN ? STR("Known after apply.") : check->message,
    };
    vec_push(suite->scratch, &suite->cases, item);
}

static JunitCase change_case(const ResourceChange *change, const Map *secrets, Arena *scratch) {
    StrBuf body = strbuf_new(scratch);
    strbuf_add_format(&body, "# %.*s\n", STR_ARG(render_title_of_change(change, scratch)));
    render_text_change(change, (RenderStyle){.secrets = secrets}, &body, scratch);
    return (JunitCase){
        .name = resource_addr_to_str(change->address, scratch),
        .suite_class = str_from_cstr(report_sections[report_section_of(change)].name),
        .took_ms = -1,
        .output = strbuf_str(&body),
    };
}

static void report_junit_collect_planned(Suite *suite, const Plan *plan) {
    const Map *secrets = render_secret_of_plan(plan, suite->scratch);
    vec_each(&plan->changes, change) {
        if (plan_is_shown(change))
            vec_push(suite->scratch, &suite->cases, change_case(change, secrets, suite->scratch));
    }
}

/* Drift is a failure in a report of drift alone. In a plan, the changes show it. */
static void collect_drift(Suite *suite, const Plan *plan) {
    const Map *secrets = render_secret_of_plan(plan, suite->scratch);
    vec_each(&plan->drift, drift) {
        RenderDrift row = {.drift = *drift};
        StrBuf body = strbuf_new(suite->scratch);
        strbuf_add_format(&body, "%.*s\n", STR_ARG(render_title_of_drift(drift, suite->scratch)));
        render_text_drift(&row, (RenderStyle){.secrets = secrets}, &body, suite->scratch);
        JunitCase item = {
            .name = resource_addr_to_str(drift->address, suite->scratch),
            .suite_class = STR("drift"),
            .took_ms = -1,
            .problem = "failure",
            .problem_text = strbuf_str(&body),
        };
        vec_push(suite->scratch, &suite->cases, item);
    }
}

/* Returns the first error about the object of a failed operation, or a general sentence. */
static Str failure_of(const TimelineRow *row, const Diags *diags, Arena *arena) {
    for (size_t i = 0; row->failed && diags && i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        if (diag->severity == DIAG_ERROR && str_equal(diag->address, row->address))
            return diag_text(diag, arena);
    }
    return row->failed ? STR("The operation failed.")
                       : STR("The run ended before the operation did.");
}

static void collect_not_begun(Suite *suite, const Plan *plan, const Timeline *timeline) {
    Map begun = map_new(suite->scratch);
    vec_each(&timeline->rows, row) {
        map_set(&begun, row->address, row);
    }
    vec_each(&plan->changes, change) {
        Str address = resource_addr_to_str(change->address, suite->scratch);
        if (change->action == ACTION_NO_OP || !plan_is_shown(change) || map_has(&begun, address) ||
            change->action == ACTION_FORGET)
            continue;
        JunitCase item = {
            .name = str_format(suite->scratch, "%.*s: %s", STR_ARG(address),
                               action_name(change->action)),
            .suite_class = resource_addr_to_config_str(change->address, suite->scratch),
            .took_ms = -1,
            .problem = "skipped",
            .problem_text = STR("The operation was not started."),
        };
        vec_push(suite->scratch, &suite->cases, item);
    }
}

/* A replacement is two operations. */
static void collect_ran(Suite *suite, const Timeline *timeline, const Diags *diags) {
    vec_each(&timeline->rows, row) {
        Str what =
            row->kind == TIMELINE_PROVISION ? row->what : str_from_cstr(action_name(row->action));
        const char *problem = row->failed ? "failure" : row->is_open ? "error" : NULL;
        JunitCase item = {
            .name = str_format(suite->scratch, "%.*s: %.*s", STR_ARG(row->address), STR_ARG(what)),
            .suite_class = row->block,
            .took_ms = row->end_ms - row->start_ms,
            .problem = problem,
            .problem_text = problem ? failure_of(row, diags, suite->scratch) : STR_EMPTY,
        };
        vec_push(suite->scratch, &suite->cases, item);
    }
}

static void report_junit_write_report(const ReportInput *input, StrBuf *out, Arena *scratch) {
    Suite messages = {.name = "messages", .scratch = scratch};
    Suite checks = {.name = "checks", .scratch = scratch};
    Suite changes = {.name = input->timeline ? "operations" : "changes", .scratch = scratch};
    Suite drift = {.name = "drift", .scratch = scratch};
    collect_messages(&messages, input->diags);
    if (input->plan)
        report_checks_each(input->plan, collect_check, &checks, scratch);
    if (!input->timeline && input->plan)
        report_junit_collect_planned(&changes, input->plan);
    if (input->plan && input->plan->only_reports)
        collect_drift(&drift, input->plan);
    if (input->timeline)
        collect_ran(&changes, input->timeline, input->diags);
    if (input->timeline && input->plan)
        collect_not_begun(&changes, input->plan, input->timeline);
    Str timestamp = clock_format_rfc3339(input->now_ms, scratch);
    timestamp = str_slice(timestamp, 0, timestamp.len - 1); /* the schema has no zone */
    XmlWriter xml = xml_writer_new(out, scratch);
    xml_writer_open(&xml, "testsuites");
    xml_writer_attribute(&xml, "name", str_format(scratch, "loam: %.*s", STR_ARG(input->title)));
    write_suite(&xml, &messages, timestamp);
    write_suite(&xml, &checks, timestamp);
    write_suite(&xml, &changes, timestamp);
    write_suite(&xml, &drift, timestamp);
    xml_writer_close(&xml);
}

const ReportKind report_junit = {
    .name = "junit",
    .help =
        "JUnit XML: a test case for each change, check and message, and for drift of loam drift.",
    .write = report_junit_write_report,
};
