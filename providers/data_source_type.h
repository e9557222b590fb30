/* data_source_type: the engine's calls of a data source; NULL slots get their defaults. */
#pragma once

#include "provider.h"

MUST_USE bool data_source_type_read(const DataSourceType *type,
                                    const Call *call,
                                    const DataReadRequest *request,
                                    DataReadResponse *response,
                                    Diags *diags);
