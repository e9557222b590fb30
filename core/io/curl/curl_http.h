/* curl_http: libcurl as the client behind Http. */
#pragma once

#include "http.h"

extern const Http curl_http;
