/* report: a plan, or the outcome of an apply, as a file: a comment on a merge request, a page,
 * documents for build servers. A kind of report is a row.
 *
 * Reports mask values as the terminal does: they contain no sensitive, ephemeral or write-only
 * values. */
#pragma once

#include "report_kind.h"

extern const ReportKind *const report_kinds[];
extern const size_t report_kind_count;

const ReportKind *report_find_kind(Str name);
