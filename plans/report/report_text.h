/* report_text: texts shared by several kinds of report. */
#pragma once

#include "report.h"

/* "3 to add, 0 to change, 1 to destroy.", or why there is nothing to do. Of an apply, the counts of
 * its operations come first. */
Str report_text_summary(const ReportInput *input, Arena *arena);
/* File and line of a diagnostic or a block: "main.loam.yaml:3"; empty without a range. */
Str report_text_place(SourceRange range, Arena *arena);
