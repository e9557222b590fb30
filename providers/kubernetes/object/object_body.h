/* object_body: a configured manifest → the object that a server-side apply sends.
 *
 *   null members             are left out, as if the configuration did not have them; null items of
 *                            lists stay
 *   maps, lists and sets     become objects and tuples, as in JSON
 *   metadata of the server   (uid, resourceVersion, managedFields …) is left out
 *   metadata.namespace       is that of the reference; left out in cluster scope
 *   status                   is left out if the kind has it as a subresource
 *   stringData of a Secret   becomes data: the server would record stringData as the owned field,
 *                            and never remove its keys */
#pragma once

#include "diag.h"
#include "kube_resource.h"
#include "path.h"

/* Adds an error for a manifest that no server accepts. Unknown members are accepted. `at` is the
 * path of the manifest in its resource. */
MUST_USE bool object_body_check(Value manifest, Path at, Arena *arena, Diags *diags);
/* `manifest` is wholly known and valid; `ref` its object. */
Value object_body_make(Value manifest, const KubeRef *ref, Arena *arena);
/* Returns the value without null members, with tuples and objects for all collections. */
Value object_body_without_nulls(Value v, Arena *arena);
/* Returns whether the live object has every member of the body with the same value. For objects
 * that the server cannot compare. */
bool object_body_is_in(Value body, Value live);
