/* component_change: differences between two configurations of the kubelet or of kube-proxy, which
 * are objects with the names of Kubernetes, or null. */
#pragma once

#include "value.h"
#include "vec.h"

/* Returns the names of the fields that differ, in order. A field that is null is missing. */
StrVec component_change_fields(Value before, Value after, Arena *arena);
/* Returns `config` with the fields that differ as in `after`; a field that `after` lacks is
 * removed. Other fields stay. */
Value component_change_apply(Value config, Value before, Value after, Arena *arena);
/* Returns those of the fields that a kubelet accepts only on a node without pods. */
StrVec component_change_drains(const StrVec *fields, Arena *arena);
/* Returns whether `shown` has all of `wanted`, but for durations that are zero, which have a
 * default. Objects may have more fields, at any depth. */
bool component_change_is_shown(Value wanted, Value shown, Arena *arena);
