/* view_diag_json: a diagnostic as JSON, as `validate -json` and the event stream have it. */
#pragma once

#include "diag.h"
#include "function.h"
#include "json_writer.h"

/* {severity, summary, detail, address, range, snippet} */
/* `functions`: where the signature of a call that failed is found; NULL: it is left out. */
void view_diag_write_json(const Diag *diag, const FunctionTable *functions, JsonWriter *writer);
