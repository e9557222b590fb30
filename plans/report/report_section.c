/* report_section: maps each action to a section; imports and moves without an action have separate
 * ones. */
#include "report_section.h"

const ReportSectionRow report_sections[] = {
    [REPORT_DESTROY] = {.name = "destroy", .title = "Destroyed", .glyph = "-"},
    [REPORT_REPLACE] = {.name = "replace", .title = "Replaced", .glyph = "-/+"},
    [REPORT_UPDATE] = {.name = "update", .title = "Updated", .glyph = "~"},
    [REPORT_FORGET] = {.name = "forget", .title = "Forgotten", .glyph = "."},
    [REPORT_CREATE] = {.name = "create", .title = "Created", .glyph = "+"},
    [REPORT_IMPORT] = {.name = "import", .title = "Imported", .glyph = "+"},
    [REPORT_READ] = {.name = "read", .title = "Read", .glyph = "<="},
    [REPORT_MOVE] = {.name = "move", .title = "Moved", .glyph = ">"},
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
    return import_source_is_known(&change->import) ? REPORT_IMPORT : REPORT_MOVE;
}

ReportChanges report_section_changes(const Plan *plan, ReportSection section, Arena *arena) {
    ReportChanges found = {0};
    vec_each(&plan->changes, change) {
        if (plan_is_shown(change) && report_section_of(change) == section)
            vec_push(arena, &found, change);
    }
    return found;
}
