/* report: a plan, or what became of it, as a file for others: a comment on a merge request, a page,
 * the documents that build servers read. A kind of report is a row.
 *
 * What they show is masked as on the terminal: nothing sensitive, ephemeral or write-only. */
#pragma once

#include "plan.h"
#include "timeline.h"

typedef struct ReportInput {
    const Plan *plan;         /* NULL: there was none */
    const Diags *diags;       /* all that was said */
    const Timeline *timeline; /* what ran; NULL: nothing did */
    Str title;                /* "Plan", "Apply" */
    Str version;              /* of loam */
    int64_t now_ms;
    size_t size_limit; /* characters of a report for a forge; 0: no limit */
    /* The block of a configuration address (no keys), NO_RANGE where nobody knows. NULL: nobody. */
    SourceRange (*locate)(void *payload, Str address);
    void *payload;
} ReportInput;

typedef struct ReportKind {
    const char *name;
    const char *help;
    bool of_runs; /* needs a timeline */
    void (*write)(const ReportInput *input, StrBuf *out, Arena *scratch);
} ReportKind;

extern const ReportKind *const report_kinds[];
extern const size_t report_kind_count;

const ReportKind *report_find_kind(Str name);

/* What forges take at the least. */
#define REPORT_SIZE_LIMIT 65536

/* What the kinds have in common. */

/* Of changes, what may hurt first. */
typedef enum ReportSection {
    REPORT_DESTROY,
    REPORT_REPLACE,
    REPORT_UPDATE,
    REPORT_FORGET,
    REPORT_CREATE,
    REPORT_IMPORT,
    REPORT_READ,
    REPORT_MOVE,
} ReportSection;
#define REPORT_SECTION_COUNT ((size_t)REPORT_MOVE + 1)

typedef struct ReportSectionRow {
    const char *name;  /* "destroy" */
    const char *title; /* "Destroyed" */
    const char *glyph;
} ReportSectionRow;

extern const ReportSectionRow report_sections[];

/* The section of a change that is shown (plan_is_shown). */
ReportSection report_section_of(const ResourceChange *change);
typedef VEC(const ResourceChange *) ReportChanges;
/* Those of a section, in the plan's order. */
ReportChanges report_changes_in(const Plan *plan, ReportSection section, Arena *arena);
/* "3 to add, 0 to change, 1 to destroy.", or why there is nothing to do; of a run what was done
 * comes first. */
Str report_summary(const ReportInput *input, Arena *arena);
/* Characters of valid UTF-8. */
size_t report_length(Str text);
/* The file's place of a diagnostic or a block: "main.loam.yaml:3"; empty: nowhere. */
Str report_place(SourceRange range, Arena *arena);
