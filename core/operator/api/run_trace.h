/* run_trace: the trace of a Run. Its IDs follow from the UID of the Run, so that the operator and
 * the pods, also after a restart, speak of the same spans:
 *
 *   "run"                 the whole Run; parent of the next four
 *   "queue" "approval"    it waited for lanes, for a person
 *   "plan" "apply"        a phase; parent of what its pods send */
#pragma once

#include "otlp_body.h"
#include "otlp_export.h"

Str run_trace_id(Str run_uid, Arena *arena);
Str run_trace_span(Str run_uid, const char *name, Arena *arena);
