/* call_pool: handles several objects or machines of one call, in several threads. */
#pragma once

#include "provider.h"

/* Handles one index. `call` and `diags` belong to the thread. call->arena is reset after each
 * index; `keep` joins the arena of the caller's call. */
typedef void (*CallWork)(void *payload, size_t index, const Call *call, Arena *keep, Diags *diags);

/* Calls `work` for each index below `count`; returns when all calls have ended. Adds their
 * diagnostics in the order of the indexes. */
void call_pool_run(const Call *call, size_t count, CallWork work, void *payload, Diags *diags);
