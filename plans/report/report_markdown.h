/* report_markdown: a comment for a merge request, within the size that a forge takes. */
#pragma once

#include "report_kind.h"

extern const ReportKind report_markdown;
