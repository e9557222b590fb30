/* local_lookup: reads a file for the data sources local_file and local_sensitive_file and the
 * ephemeral resource local_sensitive_file. */
#pragma once

#include "provider.h"

bool local_lookup_read(const Call *call, const DataReadRequest *request, DataReadResponse *response,
                       Diags *diags);
/* Sets content, digests and ID of *state, an object with `filename`. */
bool local_lookup_file(const Call *call, Value *state, Diags *diags);
