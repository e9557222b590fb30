/* curl_pool: implements HttpPool. Each handle that drives a transfer has connections of its own, so
 * a pool is a list of handles that drive none. Locks itself. */
#pragma once

#include "http.h"

#include <curl/curl.h>

/* A handle for one transfer at a time. */
typedef struct CurlPoolEntry {
    CURLM *multi; /* NULL: libcurl has no memory */
    HttpPool *pool;
} CurlPoolEntry;

HttpPool *curl_pool_open(void);
void curl_pool_close(HttpPool *pool);
/* Returns the handle that was used last, because its connection is the least likely to be closed
 * by the server, else a new one. `pool` NULL: a new one, which is not kept. */
CurlPoolEntry curl_pool_take(HttpPool *pool);

/* Returns the handle to its pool. */
void curl_pool_entry_release(CurlPoolEntry *entry);
SCOPED_TYPE(CurlPoolEntry, curl_pool_entry_release);
