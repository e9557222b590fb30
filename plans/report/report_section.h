/* report_section: changes by the severity of their action, the most destructive first. */
#pragma once

#include "plan.h"

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

/* Returns the section of a change that plan_is_shown accepts. */
ReportSection report_section_of(const ResourceChange *change);
typedef VEC(const ResourceChange *) ReportChanges;
/* Returns the changes of a section, in the order of the plan. */
ReportChanges report_section_changes(const Plan *plan, ReportSection section, Arena *arena);
