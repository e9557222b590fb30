/* Writes test results as a JUnit XML document. */
#include "view_diag.h"
#include "view_test.h"
#include "xml_writer.h"

static void write_element(XmlWriter *xml, const char *name, Str text) {
    xml_writer_open(xml, name);
    xml_writer_text(xml, text);
    xml_writer_close(xml);
}

static void write_problem(XmlWriter *xml, const char *element, Str message, Str text) {
    xml_writer_open(xml, element);
    xml_writer_attribute(xml, "message", message);
    if (text.len > 0)
        xml_writer_text(xml, text);
    xml_writer_close(xml);
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
            return str_format(scratch, "\"%.*s\" failed, so the rest of the file was skipped.",
                              STR_ARG(run->config->name));
    }
    return file->status == SUITE_ERROR
               ? STR("The file was not executed: the reason is in its system-err.")
               : STR("The tests were interrupted.");
}

static void write_outcome(XmlWriter *xml, const SuiteFile *file, const SuiteRun *run,
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

static void junit_write_case(XmlWriter *xml, const SuiteFile *file, const SuiteRun *run,
                             Arena *scratch) {
    xml_writer_open(xml, "testcase");
    xml_writer_attribute(xml, "name", run->config->name);
    xml_writer_attribute(xml, "classname", file->config->path);
    if (run->started_ms > 0) {
        xml_writer_seconds(xml, "time", run->elapsed_ms);
        xml_writer_attribute(xml, "timestamp", clock_format_rfc3339(run->started_ms, scratch));
    }
    write_outcome(xml, file, run, scratch);
    xml_writer_close(xml);
}

static size_t count_runs(const SuiteFile *file, SuiteStatus status) {
    size_t count = 0;
    vec_each(&file->runs, run) {
        count += run->status == status;
    }
    return count;
}

static void junit_write_file(XmlWriter *xml, const SuiteFile *file, Arena *scratch) {
    Str errors = diags_text(&file->diags, DIAG_ERROR, scratch);
    xml_writer_open(xml, "testsuite");
    xml_writer_attribute(xml, "name", file->config->path);
    xml_writer_count(xml, "tests", file->runs.count);
    xml_writer_count(xml, "skipped",
                     count_runs(file, SUITE_SKIP) + count_runs(file, SUITE_PENDING));
    xml_writer_count(xml, "failures", count_runs(file, SUITE_FAIL));
    xml_writer_count(xml, "errors", count_runs(file, SUITE_ERROR));
    vec_each(&file->runs, run) {
        junit_write_case(xml, file, run, scratch);
    }
    if (errors.len > 0)
        write_element(xml, "system-err", errors);
    xml_writer_close(xml);
}

void junit_write(const Suite *suite, StrBuf *out, Arena *scratch) {
    XmlWriter xml = xml_writer_new(out, scratch);
    xml_writer_open(&xml, "testsuites");
    vec_each(&suite->files, file) {
        junit_write_file(&xml, file, scratch);
    }
    xml_writer_close(&xml);
}
