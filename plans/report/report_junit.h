/* report_junit: the XML that build servers read as test results. */
#pragma once

#include "report.h"

extern const ReportKind report_junit;
