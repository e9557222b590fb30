/* data_source_type: the calls of a data source with the defaults filled in. */
#pragma once

#include "provider.h"

MUST_USE bool data_source_type_read(const DataSourceType *type,
                                    const Call *call,
                                    const DataReadRequest *request,
                                    DataReadResponse *response,
                                    Diags *diags);
