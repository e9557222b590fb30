/* http: answers of web servers. */
#pragma once

#include "provider.h"

extern const DataSourceType data_http;

extern const Provider http_provider;
