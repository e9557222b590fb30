/* local_lookup: reads a file for the data sources local_file and local_sensitive_file. */
#pragma once

#include "provider.h"

bool local_lookup_read(const Call *call, Value *state, Str *private_data, Diags *diags);
