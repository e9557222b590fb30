/* report_html: one self-contained page: to search, to fold, to print. */
#pragma once

#include "report_kind.h"

extern const ReportKind report_html;
