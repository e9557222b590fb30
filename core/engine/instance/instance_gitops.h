/* instance_gitops: the task of one instance of engine_gitops. */
#pragma once

#include "walk.h"

/* Calls the provider about the stored object; `payload` is the InstanceRecord, which gets the
 * response. */
bool instance_gitops(Walk *pool, void *payload, uint32_t worker);
