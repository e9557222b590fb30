/* report_timeline: a page that draws the operations of a run and their waits. */
#pragma once

#include "report_kind.h"

extern const ReportKind report_timeline;
