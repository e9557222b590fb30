/* JUnit by hand: libxml2 would bring ICU along into every start of the program. */
#include "junit.h"
#include "clock.h"
#include "utf8.h"
#include "view_diag.h"

/* -- XML ---------------------------------------------------------------------------------- */

static bool is_allowed(uint32_t codepoint) {
    return codepoint == '\t' || codepoint == '\n' || codepoint == '\r' ||
           (codepoint >= 0x20 && codepoint != 0xfffe && codepoint != 0xffff);
}

static const char *entity_of(uint32_t codepoint) {
    switch (codepoint) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\n': return "&#10;";
    case '\r': return "&#13;";
    case '\t': return "&#9;";
    default: return NULL;
    }
}

/* What XML cannot hold becomes a replacement character. */
static void write_text(StrBuf *out, Str text, bool is_attribute) {
    size_t width;
    for (size_t at = 0; at < text.len; at += width) {
        uint32_t codepoint = utf8_decode(text, at, &width);
        bool is_blank = codepoint == '\n' || codepoint == '\t';
        const char *entity = is_blank && !is_attribute ? NULL : entity_of(codepoint);
        if (entity)
            strbuf_add_cstr(out, entity);
        else
            strbuf_add_codepoint(out, is_allowed(codepoint) ? codepoint : 0xfffd);
    }
}

static void write_attribute(StrBuf *out, const char *name, Str text) {
    strbuf_add_format(out, " %s=\"", name);
    write_text(out, text, true);
    strbuf_add_char(out, '"');
}

static void write_count(StrBuf *out, const char *name, size_t count) {
    strbuf_add_format(out, " %s=\"%zu\"", name, count);
}

/* -- cases -------------------------------------------------------------------------------- */

static void write_problem(StrBuf *out, const char *element, Str message, Str text) {
    strbuf_add_format(out, "      <%s", element);
    write_attribute(out, "message", message);
    strbuf_add_char(out, '>');
    write_text(out, text, false);
    strbuf_add_format(out, "</%s>\n", element);
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

static void write_outcome(StrBuf *out, const SuiteFile *file, const SuiteRun *run, Arena *scratch) {
    Str errors = diags_text(&run->diags, DIAG_ERROR, scratch);
    Str warnings = diags_text(&run->diags, DIAG_WARNING, scratch);
    switch (run->status) {
    case SUITE_FAIL: write_problem(out, "failure", failure_message(run, scratch), errors); break;
    case SUITE_ERROR: write_problem(out, "error", STR("Encountered an error"), errors); break;
    case SUITE_SKIP:
    case SUITE_PENDING:
        write_problem(out, "skipped", skip_reason(file, run, scratch), STR_EMPTY);
        break;
    case SUITE_PASS: break;
    }
    if (warnings.len == 0)
        return;
    strbuf_add_cstr(out, "      <system-err>");
    write_text(out, warnings, false);
    strbuf_add_cstr(out, "</system-err>\n");
}

static void write_case(StrBuf *out, const SuiteFile *file, const SuiteRun *run, Arena *scratch) {
    strbuf_add_cstr(out, "    <testcase");
    write_attribute(out, "name", run->config->name);
    write_attribute(out, "classname", file->config->path);
    if (run->started_ms > 0) {
        strbuf_add_format(out, " time=\"%lld.%03lld\"", (long long)(run->elapsed_ms / 1000),
                          (long long)(run->elapsed_ms % 1000));
        write_attribute(out, "timestamp", clock_format_rfc3339(run->started_ms, scratch));
    }
    strbuf_add_cstr(out, ">\n");
    write_outcome(out, file, run, scratch);
    strbuf_add_cstr(out, "    </testcase>\n");
}

/* -- suites ------------------------------------------------------------------------------- */

static size_t count_runs(const SuiteFile *file, SuiteStatus status) {
    size_t count = 0;
    vec_each(&file->runs, run) {
        count += run->status == status;
    }
    return count;
}

static void write_file(StrBuf *out, const SuiteFile *file, Arena *scratch) {
    Str errors = diags_text(&file->diags, DIAG_ERROR, scratch);
    strbuf_add_cstr(out, "  <testsuite");
    write_attribute(out, "name", file->config->path);
    write_count(out, "tests", file->runs.count);
    write_count(out, "skipped", count_runs(file, SUITE_SKIP));
    write_count(out, "failures", count_runs(file, SUITE_FAIL));
    write_count(out, "errors", count_runs(file, SUITE_ERROR));
    strbuf_add_cstr(out, ">\n");
    vec_each(&file->runs, run) {
        write_case(out, file, run, scratch);
    }
    if (errors.len > 0) {
        strbuf_add_cstr(out, "    <system-err>");
        write_text(out, errors, false);
        strbuf_add_cstr(out, "</system-err>\n");
    }
    strbuf_add_cstr(out, "  </testsuite>\n");
}

void junit_write(const Suite *suite, StrBuf *out, Arena *scratch) {
    strbuf_add_cstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    vec_each(&suite->files, file) {
        write_file(out, file, scratch);
    }
    strbuf_add_cstr(out, "</testsuites>\n");
}
