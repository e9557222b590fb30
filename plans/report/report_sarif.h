/* report_sarif: the JSON that code scanners hand to a forge (version 2.1.0). */
#pragma once

#include "report_kind.h"

extern const ReportKind report_sarif;
