/* http: responses of web servers. */
#pragma once

#include "provider.h"

/* clang-format off */
#define HTTP_DATA_SOURCES(ROW) \
    ROW(data_http)
/* clang-format on */

HTTP_DATA_SOURCES(DATA_SOURCE_DECLARE)

extern const Provider http_provider;
