/* http: responses of web servers. */
#pragma once

#include "provider.h"

/* clang-format off */
#define HTTP_TYPES(ROW)            \
    ROW(DataSourceType, data_http)
/* clang-format on */

HTTP_TYPES(TYPE_DECLARE)

extern const Provider http_provider;
