/* pg_backend: IDs of advisory locks, which OpenTofu shares. */
#pragma once

#include "str.h"

/* Returns the ID that OpenTofu locks before it inserts a row into this table. */
int64_t pg_backend_creation_lock(Str schema, Str table);
