/* report_junit: the XML that build servers read as test results. */
#pragma once

#include "report_kind.h"

extern const ReportKind report_junit;
