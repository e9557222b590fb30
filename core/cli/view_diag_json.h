/* view_diag_json: a diagnostic as JSON, as `validate -json` and the event stream have it. */
#pragma once

#include "diag.h"
#include "json_writer.h"

/* {severity, summary, detail, address, range, snippet} */
void view_diag_write_json(const Diag *diag, JsonWriter *writer);
