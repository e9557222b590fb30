/* kube_schema: the fields of a kind, by the OpenAPI documents of its API server. */
#pragma once

#include "kube_call.h"
#include "path.h"

/* Returns ` Did you mean "x"?` with the field nearest to `name` in the object at `path`; empty text
 * if no field is near, or the server publishes no schema. Sends one request; adds no diagnostics.
 */
Str kube_schema_did_you_mean(const KubeCall *call,
                             const KubeResource *resource,
                             Path path,
                             Str name);
