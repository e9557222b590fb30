/* backends: the table of all backends. */
#include "backends.h"

#define BACKEND_ROW(type) &(type),
const BackendType *const backends_table[] = {BACKENDS(BACKEND_ROW)};
const size_t backends_count = ARRAY_COUNT(backends_table);

const BackendType *backends_find(Str name) {
    for (size_t i = 0; i < backends_count; i++) {
        if (str_equal_cstr(name, backends_table[i]->name))
            return backends_table[i];
    }
    return NULL;
}
