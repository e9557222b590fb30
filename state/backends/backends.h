/* backends: the kinds of store for states.
 *
 * To add one: a file that defines `const BackendType <name>_backend`, and its row here. */
#pragma once

#include "backend.h"

/* clang-format off */
#define BACKENDS(ROW)       \
    ROW(local_backend)      \
    ROW(inmem_backend)      \
    ROW(http_backend)       \
    ROW(etcd_backend)       \
    ROW(pg_backend)         \
    ROW(kubernetes_backend) \
    ROW(s3_backend)         \
    ROW(azurerm_backend)    \
    ROW(gcs_backend)        \
    ROW(consul_backend)     \
    ROW(remote_backend)     \
    ROW(cloud_backend)
/* clang-format on */

#define BACKEND_DECLARE(type) extern const BackendType type;
BACKENDS(BACKEND_DECLARE)

extern const BackendType *const backends_table[];
extern const size_t backends_count;

/* Returns the backend of this name, or NULL if none. */
const BackendType *backends_find(Str name);
