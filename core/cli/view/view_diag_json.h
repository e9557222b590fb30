/* view_diag_json: writes a diagnostic as JSON, in the form of `validate -json` and the event
 * stream. */
#pragma once

#include "diag.h"
#include "function.h"
#include "json_writer.h"

/* Writes {severity, summary, detail, address, range, snippet}; the last three if they apply.
 * `functions` has the signature of a failed call; NULL: the signature is omitted. */
void view_diag_write_json(const Diag *diag, const FunctionTable *functions, JsonWriter *writer);
