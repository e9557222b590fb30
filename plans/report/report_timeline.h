/* report_timeline: a page that draws a run: what ran when, and what waited for what. */
#pragma once

#include "report_kind.h"

extern const ReportKind report_timeline;
