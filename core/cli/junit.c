/* Runs as JUnit's cases. */
#include "junit.h"
#include "clock.h"
#include "report_xml.h"
#include "view_diag.h"

static void write_element(ReportXml *xml, const char *name, Str text) {
    report_xml_open(xml, name);
    report_xml_text(xml, text);
    report_xml_close(xml);
}

static void write_problem(ReportXml *xml, const char *element, Str message, Str text) {
    report_xml_open(xml, element);
    report_xml_attribute(xml, "message", message);
    if (text.len > 0)
        report_xml_text(xml, text);
    report_xml_close(xml);
}

static Str diags_text(const Diags *diags, DiagSeverity severity, Arena *scratch) {
    StrBuf text = strbuf_new(scratch);
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity == severity)
            view_diag_render(&diags->items[i], (RenderStyle){0}, &text, scratch);
    }
    return strbuf_str(&text);
}

static Str failure_message(const SuiteRun *run, Arena *scratch) {
    size_t count = 0;
    Str first = STR_EMPTY;
    for (size_t i = 0; i < run->diags.count; i++) {
        const Diag *diag = &run->diags.items[i];
        if (diag->severity != DIAG_ERROR)
            continue;
        first = count++ == 0 ? diag->detail : first;
    }
    return str_format(scratch, "%zu of %zu assertions failed%s: %.*s", count,
                      run->config->asserts.count, count > 1 ? ", including" : "", STR_ARG(first));
}

static Str skip_reason(const SuiteFile *file, const SuiteRun *skipped, Arena *scratch) {
    vec_each(&file->runs, run) {
        if (run < skipped && run->status == SUITE_ERROR)
            return str_format(scratch,
                              "\"%.*s\" ended in an error, so the rest of the file was skipped.",
                              STR_ARG(run->config->name));
    }
    return STR("The tests were interrupted.");
}

static void write_outcome(ReportXml *xml,
                          const SuiteFile *file,
                          const SuiteRun *run,
                          Arena *scratch) {
    Str errors = diags_text(&run->diags, DIAG_ERROR, scratch);
    Str warnings = diags_text(&run->diags, DIAG_WARNING, scratch);
    switch (run->status) {
    case SUITE_FAIL: write_problem(xml, "failure", failure_message(run, scratch), errors); break;
    case SUITE_ERROR: write_problem(xml, "error", STR("Encountered an error"), errors); break;
    case SUITE_SKIP:
    case SUITE_PENDING:
        write_problem(xml, "skipped", skip_reason(file, run, scratch), STR_EMPTY);
        break;
    case SUITE_PASS: break;
    }
    if (warnings.len > 0)
        write_element(xml, "system-err", warnings);
}

static void write_case(ReportXml *xml, const SuiteFile *file, const SuiteRun *run, Arena *scratch) {
    report_xml_open(xml, "testcase");
    report_xml_attribute(xml, "name", run->config->name);
    report_xml_attribute(xml, "classname", file->config->path);
    if (run->started_ms > 0) {
        report_xml_seconds(xml, "time", run->elapsed_ms);
        report_xml_attribute(xml, "timestamp", clock_format_rfc3339(run->started_ms, scratch));
    }
    write_outcome(xml, file, run, scratch);
    report_xml_close(xml);
}

static size_t count_runs(const SuiteFile *file, SuiteStatus status) {
    size_t count = 0;
    vec_each(&file->runs, run) {
        count += run->status == status;
    }
    return count;
}

static void write_file(ReportXml *xml, const SuiteFile *file, Arena *scratch) {
    Str errors = diags_text(&file->diags, DIAG_ERROR, scratch);
    report_xml_open(xml, "testsuite");
    report_xml_attribute(xml, "name", file->config->path);
    report_xml_count(xml, "tests", file->runs.count);
    report_xml_count(xml, "skipped", count_runs(file, SUITE_SKIP));
    report_xml_count(xml, "failures", count_runs(file, SUITE_FAIL));
    report_xml_count(xml, "errors", count_runs(file, SUITE_ERROR));
    vec_each(&file->runs, run) {
        write_case(xml, file, run, scratch);
    }
    if (errors.len > 0)
        write_element(xml, "system-err", errors);
    report_xml_close(xml);
}

void junit_write(const Suite *suite, StrBuf *out, Arena *scratch) {
    SCOPED(ReportXml) xml = report_xml_new();
    report_xml_open(&xml, "testsuites");
    vec_each(&suite->files, file) {
        write_file(&xml, file, scratch);
    }
    report_xml_close(&xml);
    report_xml_finish(&xml, out);
}
