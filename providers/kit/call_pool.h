/* call_pool: works on several objects or machines of one call, in several threads. */
#pragma once

#include "provider.h"

/* `call` and `diags` are those of the thread. call->arena is emptied after each index; results in
 * `keep` live as long as those of the caller's call. */
typedef void (*CallWork)(void *payload, size_t index, const Call *call, Arena *keep, Diags *diags);

/* Calls `work` for each index below `count`; returns when all have ended. Diagnostics are added in
 * the order of the indexes. */
void call_pool_run(const Call *call, size_t count, CallWork work, void *payload, Diags *diags);
