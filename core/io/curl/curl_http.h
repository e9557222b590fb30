/* curl_http: implements Http with libcurl. */
#pragma once

#include "http.h"

#include <curl/curl.h>

extern const Http curl_http;

/* For the files of this directory. */
void curl_http_set_up_library(void);
/* Opens a socket that programs started later do not inherit. */
curl_socket_t curl_http_open_socket(void *payload, curlsocktype purpose,
                                    struct curl_sockaddr *address);
/* Returns the file of the system's certificate authorities; NULL: libcurl's default. */
const char *curl_http_find_bundle(void);
