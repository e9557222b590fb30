/* What there is: a row each. */
#include "backends.h"
#include "etcd_backend.h"
#include "http_backend.h"
#include "kubernetes_backend.h"
#include "local_backend.h"
#include "pg_backend.h"
#include "s3_backend.h"

const BackendType *const backends_table[] = {
    &local_backend, &http_backend, &etcd_backend, &pg_backend, &kubernetes_backend, &s3_backend,
};
const size_t backends_count = ARRAY_COUNT(backends_table);

const BackendType *backends_find(Str name) {
    for (size_t i = 0; i < backends_count; i++) {
        if (str_equal_cstr(name, backends_table[i]->name))
            return backends_table[i];
    }
    return NULL;
}
