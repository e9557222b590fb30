/* curl_http: implements Http with libcurl. */
#pragma once

#include "http.h"

extern const Http curl_http;
