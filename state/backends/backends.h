/* backends: what kinds of store there are for states; the one place that names them. */
#pragma once

#include "backend.h"

extern const BackendType *const backends_table[];
extern const size_t backends_count;

/* NULL when there is no backend of this name. */
const BackendType *backends_find(Str name);
