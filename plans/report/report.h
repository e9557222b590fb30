/* report: a plan, or the outcome of an apply, as a file: a comment on a merge request, a page,
 * documents for build servers. A kind of report is a row.
 *
 * Reports mask values as the terminal does: they contain no sensitive, ephemeral or write-only
 * values. */
#pragma once

#include "otlp_body.h"
#include "timeline.h"

typedef struct ReportInput {
    const Plan *plan;         /* NULL: an error occurred before it was complete */
    const Diags *diags;       /* of the whole run */
    const Timeline *timeline; /* of the operations; NULL: of a plan alone */
    Str title;                /* the command: "plan", "apply" */
    Str version;              /* of loam */
    int64_t now_ms;
    size_t size_limit;      /* characters of a report for a forge; 0: no limit */
    const OtlpSpans *spans; /* of the command */
    OtlpResource resource;
    Str trace, trace_state; /* of the spans: the ID, and TRACESTATE */
    /* The block of a configuration address without keys; NO_RANGE if unknown. NULL: all unknown. */
    SourceRange (*locate)(void *payload, Str address);
    void *payload;
} ReportInput;

typedef struct ReportKind {
    const char *name;
    const char *help;
    bool of_runs;  /* needs a timeline */
    bool of_spans; /* needs spans */
    void (*write)(const ReportInput *input, StrBuf *out, Arena *scratch);
} ReportKind;

/* Characters of a comment that GitHub accepts; other forges accept more. */
#define REPORT_SIZE_LIMIT 65536

extern const ReportKind report_html;
extern const ReportKind report_junit;
extern const ReportKind report_markdown;
extern const ReportKind report_sarif;
extern const ReportKind report_spans;
extern const ReportKind report_timeline;

extern const ReportKind *const report_kinds[];
extern const size_t report_kind_count;

const ReportKind *report_find_kind(Str name);
