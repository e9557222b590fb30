/* The kinds of reports, and what they have in common. */
#include "report.h"

#include "report_html.h"
#include "report_junit.h"
#include "report_markdown.h"
#include "report_sarif.h"
#include "report_timeline.h"

const ReportSectionRow report_sections[] = {
    [REPORT_DESTROY] = {.name = "destroy", .title = "Destroyed", .glyph = "-"  },
    [REPORT_REPLACE] = {.name = "replace", .title = "Replaced",  .glyph = "-/+"},
    [REPORT_UPDATE] = {.name = "update",  .title = "Updated",   .glyph = "~"  },
    [REPORT_FORGET] = {.name = "forget",  .title = "Forgotten", .glyph = "."  },
    [REPORT_CREATE] = {.name = "create",  .title = "Created",   .glyph = "+"  },
    [REPORT_IMPORT] = {.name = "import",  .title = "Imported",  .glyph = "+"  },
    [REPORT_READ] = {.name = "read",    .title = "Read",      .glyph = "<=" },
    [REPORT_MOVE] = {.name = "move",    .title = "Moved",     .glyph = ">"  },
};
static_assert(ARRAY_COUNT(report_sections) == REPORT_SECTION_COUNT, "a row for each section");

ReportSection report_section_of(const ResourceChange *change) {
    switch (change->action) {
    case ACTION_DELETE: return REPORT_DESTROY;
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
    case ACTION_FORGET_THEN_CREATE: return REPORT_REPLACE;
    case ACTION_UPDATE: return REPORT_UPDATE;
    case ACTION_FORGET: return REPORT_FORGET;
    case ACTION_CREATE: return REPORT_CREATE;
    case ACTION_READ: return REPORT_READ;
    case ACTION_NO_OP: break;
    }
    return change->import_id.len > 0 ? REPORT_IMPORT : REPORT_MOVE;
}

ReportChanges report_changes_in(const Plan *plan, ReportSection section, Arena *arena) {
    ReportChanges found = {0};
    vec_each(&plan->changes, change) {
        if (plan_is_shown(change) && report_section_of(change) == section)
            vec_push(arena, &found, change);
    }
    return found;
}

/* "7 operations done, 1 failed." */
static Str run_summary(const Timeline *timeline, Arena *arena) {
    size_t done = 0, failed = 0;
    vec_each(&timeline->rows, row) {
        if (row->kind != TIMELINE_APPLY)
            continue;
        failed += row->failed || row->is_open;
        done += !row->failed && !row->is_open;
    }
    return str_format(arena, "%zu operation%s done, %zu failed.", done, done == 1 ? "" : "s",
                      failed);
}

Str report_summary(const ReportInput *input, Arena *arena) {
    if (!input->plan)
        return STR("There is no plan: errors were met before it was made.");
    if (input->plan->errored)
        return STR("Planning failed part-way.");
    if (!plan_is_applyable(input->plan))
        return STR("No changes.");
    Str planned = plan_summary(input->plan, arena);
    if (!input->timeline)
        return str_format(arena, "%.*s.", STR_ARG(planned));
    return str_format(arena, "%.*s Planned: %.*s.", STR_ARG(run_summary(input->timeline, arena)),
                      STR_ARG(planned));
}

size_t report_length(Str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

Str report_place(SourceRange range, Arena *arena) {
    if (!range.source)
        return STR_EMPTY;
    SourceRange outer = source_resolve(range);
    SourcePos start = source_position(outer.source, outer.start);
    return str_format(arena, "%.*s:%u", STR_ARG(outer.source->path), start.line);
}

const ReportKind *const report_kinds[] = {
    &report_markdown, &report_html, &report_junit, &report_sarif, &report_timeline,
};
const size_t report_kind_count = ARRAY_COUNT(report_kinds);

const ReportKind *report_find_kind(Str name) {
    for (size_t i = 0; i < report_kind_count; i++) {
        if (str_equal_cstr(name, report_kinds[i]->name))
            return report_kinds[i];
    }
    return NULL;
}
