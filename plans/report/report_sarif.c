/* report_sarif: a rule is a kind of finding, a result one finding. Its fingerprint is stable over
 * runs: the rule with the address, or with file, line and text. */
#include "digest.h"
#include "json_writer.h"
#include "render_title.h"
#include "report_checks.h"
#include "report_section.h"
#include "report_text.h"
#include "utf8.h"

typedef struct SarifRule {
    const char *id;
    const char *text;
    const char *level;
} SarifRule;

typedef enum RuleId {
    RULE_ERROR,
    RULE_WARNING,
    RULE_CHECK,
    RULE_DESTROY,
    RULE_REPLACE,
    RULE_FORGET,
    RULE_DRIFT,
} RuleId;

static const SarifRule rules[] = {
    [RULE_ERROR] = {.id = "loam/error", .text = "The run encountered an error.", .level = "error"},
    [RULE_WARNING] = {.id = "loam/warning",
                      .text = "The run produced a warning.",
                      .level = "warning"},
    [RULE_CHECK] = {.id = "loam/check",
                    .text = "A condition of the configuration is false.",
                    .level = "error"},
    [RULE_DESTROY] = {.id = "loam/destroy",
                      .text = "An object will be destroyed.",
                      .level = "warning"},
    [RULE_REPLACE] = {.id = "loam/replace",
                      .text = "An object will be destroyed and created again.",
                      .level = "warning"},
    [RULE_FORGET] = {.id = "loam/forget",
                     .text = "An object will no longer be managed.",
                     .level = "note"},
    [RULE_DRIFT] = {.id = "loam/drift",
                    .text = "An object has changed outside of loam.",
                    .level = "warning"},
};

typedef struct Finding {
    RuleId rule;
    Str text;
    Str address; /* empty: not about an object */
    SourceRange range;
} Finding;

typedef struct Report {
    const ReportInput *input;
    JsonWriter writer;
    Arena *scratch;
} Report;

static void sarif_write_message(JsonWriter *writer, const char *key, Str text) {
    json_key_object(writer, key);
    json_key_string(writer, "text", text);
    json_object_end(writer);
}

/* A path as a URI: relative to the directory, percent-encoded. */
static Str sarif_uri_of(Str path, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if (isalnum(c) || strchr("-._~/", c))
            strbuf_add_char(&out, (char)c);
        else
            strbuf_add_format(&out, "%%%02X", c);
    }
    return strbuf_str(&out);
}

/* Counts code points from the start of the line, as `columnKind` declares. */
static int64_t column_of(const SourceText *source, uint32_t offset) {
    uint32_t start;
    Str line = source_text_line(source, offset, &start);
    Str before = str_slice(source->bytes, start, offset);
    int64_t column = start == 0 && str_starts_with(line, STR("\xef\xbb\xbf")) ? 0 : 1;
    size_t width;
    for (size_t at = 0; at < before.len; at += width, column++)
        (void)utf8_decode(before, at, &width);
    return column > 0 ? column : 1;
}

static void write_physical(Report *report, SourceRange range) {
    SourceRange outer = source_range_resolve(range);
    if (!outer.source || outer.source->path.len == 0 || outer.source->path.ptr[0] == '<')
        return;
    uint32_t last = outer.end > outer.start ? outer.end : outer.start;
    JsonWriter *writer = &report->writer;
    json_key_object(writer, "physicalLocation");
    json_key_object(writer, "artifactLocation");
    json_key_string(writer, "uri", sarif_uri_of(outer.source->path, report->scratch));
    json_object_end(writer);
    json_key_object(writer, "region");
    json_key_int(writer, "startLine", source_text_position(outer.source, outer.start).line);
    json_key_int(writer, "startColumn", column_of(outer.source, outer.start));
    json_key_int(writer, "endLine", source_text_position(outer.source, last).line);
    json_key_int(writer, "endColumn", column_of(outer.source, last));
    json_object_end(writer);
    json_object_end(writer);
}

static void write_locations(Report *report, const Finding *finding) {
    JsonWriter *writer = &report->writer;
    if (!finding->range.source && finding->address.len == 0)
        return;
    json_key_array(writer, "locations");
    json_object_start(writer);
    if (finding->range.source)
        write_physical(report, finding->range);
    if (finding->address.len > 0) {
        json_key_array(writer, "logicalLocations");
        json_object_start(writer);
        json_key_string(writer, "fullyQualifiedName", finding->address);
        json_key_string(writer, "kind", STR("resource"));
        json_object_end(writer);
        json_array_end(writer);
    }
    json_object_end(writer);
    json_array_end(writer);
}

static void write_fingerprint(Report *report, const Finding *finding) {
    JsonWriter *writer = &report->writer;
    Str what = finding->address.len > 0
                   ? finding->address
                   : str_concat(report_text_place(finding->range, report->scratch), finding->text,
                                report->scratch);
    Str key = str_format(report->scratch, "%s %.*s", rules[finding->rule].id, STR_ARG(what));
    json_key_object(writer, "partialFingerprints");
    json_key_string(writer, "loamFinding/v1", digest_hex(DIGEST_SHA256, key, report->scratch));
    json_object_end(writer);
}

static void write_finding(Report *report, const Finding *finding) {
    JsonWriter *writer = &report->writer;
    json_object_start(writer);
    json_key_string(writer, "ruleId", str_from_cstr(rules[finding->rule].id));
    json_key_int(writer, "ruleIndex", (int64_t)finding->rule);
    json_key_string(writer, "level", str_from_cstr(rules[finding->rule].level));
    sarif_write_message(writer, "message", finding->text);
    write_locations(report, finding);
    write_fingerprint(report, finding);
    json_object_end(writer);
}

static void sarif_write_diags(Report *report) {
    const Diags *diags = report->input->diags;
    for (size_t i = 0; diags && i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        Str gap = diag->detail.len > 0 ? STR(": ") : STR_EMPTY;
        Finding finding = {
            .rule = diag->severity == DIAG_ERROR ? RULE_ERROR : RULE_WARNING,
            .text = str_format(report->scratch, "%.*s%.*s%.*s", STR_ARG(diag->summary),
                               STR_ARG(gap), STR_ARG(diag->detail)),
            .address = diag->address,
            .range = diag->range,
        };
        write_finding(report, &finding);
    }
}

static SourceRange sarif_locate(const Report *report, Str block) {
    const ReportInput *input = report->input;
    return input->locate ? input->locate(input->payload, block) : NO_RANGE;
}

static void sarif_write_check(const ReportCheck *check, void *payload) {
    Report *report = payload;
    if (check->status != REPORT_CHECK_FAIL && check->status != REPORT_CHECK_ERROR)
        return;
    Finding finding = {
        .rule = RULE_CHECK,
        .text = str_format(report->scratch, "%.*s: %.*s", STR_ARG(check->address),
                           STR_ARG(check->message)),
        .address = check->address,
        .range = sarif_locate(report, check->block),
    };
    write_finding(report, &finding);
}

static void write_changes(Report *report, ReportSection section, RuleId rule) {
    ReportChanges changes = report_section_changes(report->input->plan, section, report->scratch);
    vec_each(&changes, change) {
        Str block = resource_addr_to_config_str((*change)->address, report->scratch);
        Finding finding = {
            .rule = rule,
            .text = render_title_of_change(*change, report->scratch),
            .address = resource_addr_to_str((*change)->address, report->scratch),
            .range = sarif_locate(report, block),
        };
        write_finding(report, &finding);
    }
}

static void sarif_write_drift(Report *report) {
    vec_each(&report->input->plan->drift, drift) {
        Str block = resource_addr_to_config_str(drift->address, report->scratch);
        Finding finding = {
            .rule = RULE_DRIFT,
            .text = render_title_of_drift(drift, report->scratch),
            .address = resource_addr_to_str(drift->address, report->scratch),
            .range = sarif_locate(report, block),
        };
        write_finding(report, &finding);
    }
}

static void sarif_write_rules(JsonWriter *writer) {
    json_key_array(writer, "rules");
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++) {
        json_object_start(writer);
        json_key_string(writer, "id", str_from_cstr(rules[i].id));
        sarif_write_message(writer, "shortDescription", str_from_cstr(rules[i].text));
        json_key_object(writer, "defaultConfiguration");
        json_key_string(writer, "level", str_from_cstr(rules[i].level));
        json_object_end(writer);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void write_tool(Report *report) {
    JsonWriter *writer = &report->writer;
    json_key_object(writer, "tool");
    json_key_object(writer, "driver");
    json_key_string(writer, "name", STR("loam"));
    json_key_string(writer, "semanticVersion", report->input->version);
    sarif_write_rules(writer);
    json_object_end(writer);
    json_object_end(writer);
}

static void sarif_write_invocation(Report *report) {
    JsonWriter *writer = &report->writer;
    const Diags *diags = report->input->diags;
    json_key_array(writer, "invocations");
    json_object_start(writer);
    json_key_bool(writer, "executionSuccessful", !diags || diags->error_count == 0);
    json_object_end(writer);
    json_array_end(writer);
}

static void write_results(Report *report) {
    JsonWriter *writer = &report->writer;
    json_key_array(writer, "results");
    sarif_write_diags(report);
    if (report->input->plan) {
        report_checks_each(report->input->plan, sarif_write_check, report, report->scratch);
        write_changes(report, REPORT_DESTROY, RULE_DESTROY);
        write_changes(report, REPORT_REPLACE, RULE_REPLACE);
        write_changes(report, REPORT_FORGET, RULE_FORGET);
        if (report->input->plan->only_reports)
            sarif_write_drift(report);
    }
    json_array_end(writer);
}

static void sarif_write_report(const ReportInput *input, StrBuf *out, Arena *scratch) {
    Report report = {.input = input, .scratch = scratch};
    JsonWriter *writer = &report.writer;
    json_writer_init(writer, out, 2);
    json_object_start(writer);
    json_key_string(writer, "$schema", STR("https://json.schemastore.org/sarif-2.1.0.json"));
    json_key_string(writer, "version", STR("2.1.0"));
    json_key_array(writer, "runs");
    json_object_start(writer);
    write_tool(&report);
    json_key_string(writer, "columnKind", STR("unicodeCodePoints"));
    sarif_write_invocation(&report);
    write_results(&report);
    json_object_end(writer);
    json_array_end(writer);
    json_object_end(writer);
    strbuf_add_char(out, '\n');
}

const ReportKind report_sarif = {
    .name = "sarif",
    .help = "SARIF for code scanners: messages, failed checks, destructions and drift, with their "
            "locations.",
    .write = sarif_write_report,
};
