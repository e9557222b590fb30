/* manifests_pool: works on the objects of one resource instance in several threads. */
#pragma once

#include "provider.h"

/* `call` and `diags` are those of the thread: results in call->arena live as long as those of the
 * caller's call. */
typedef void (*ManifestsWork)(void *payload, size_t index, const Call *call, Diags *diags);

/* Calls `work` for each index below `count`; returns when all have ended. Diagnostics are added in
 * the order of the indexes. */
void manifests_pool_run(
    const Call *call, size_t count, ManifestsWork work, void *payload, Diags *diags);
