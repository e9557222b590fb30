/* object_view: an object of the server as the attribute `object`, and as a plan predicts it.
 *
 * The attribute leaves out metadata.managedFields, metadata.resourceVersion and
 * metadata.generation, with which the server only counts and attributes changes. A kind with a
 * status always has the member `status`, which may be null. */
#pragma once

#include "kube_resource.h"
#include "path.h"

/* Returns the attribute `object`. */
Value object_view_live(Value live, const KubeResource *resource, Arena *arena);
/* Returns the parts that configurations and managers set, without status and the server's own
 * metadata: two objects with equal settings need no change. */
Value object_view_settings(Value live, Arena *arena);
/* Returns the settings as a manifest, for imports: without the mark. */
Value object_view_manifest(Value live, Arena *arena);

/* Returns the attribute `object` after a planned creation. `result` is the response to a dry run of
 * `body`. What the server chooses is unknown: uid, times, status, addresses and ports of a Service
 * that `body` does not set, volumes and containers of a Pod, and each text that contains the uid of
 * the dry run. */
Value object_view_created(Value result, Value body, const KubeResource *resource, Arena *arena);
/* Returns the attribute `object` after a planned update: the status is unknown. */
Value object_view_updated(Value result, const KubeResource *resource, Arena *arena);
/* Returns the object with an unknown value at each of these paths ("spec.replicas") that exists. */
Value object_view_unknown_at(Value object, const StrVec *paths, Arena *arena);
/* Returns the object without the values at these paths. */
Value object_view_without(Value object, const Paths *paths, Arena *arena);
/* Returns `planned` with its unknown parts from `live`, or null where `live` lacks them. */
Value object_view_fill(Value planned, Value live, Arena *arena);
