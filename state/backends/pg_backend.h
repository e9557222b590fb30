/* pg_backend: the numbers of its advisory locks, which OpenTofu shares. */
#pragma once

#include "str.h"

/* The number that OpenTofu locks before it creates a row in this table. */
int64_t pg_backend_creation_lock(Str schema, Str table);
