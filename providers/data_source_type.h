/* data_source_type: the engine's call of a data source. A NULL `read` returns the configuration. */
#pragma once

#include "provider.h"

MUST_USE bool data_source_type_read(const DataSourceType *type, const Call *call,
                                    const DataReadRequest *request, DataReadResponse *response,
                                    Diags *diags);
