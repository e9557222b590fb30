/* object_takeover: fields that other tools have written to an object which is ours from now on.
 *
 * kubectl, Helm and Terraform's provider write whole objects. An apply of ours never removes a
 * field that one of them owns too. So before the first apply of an imported or adopted object,
 * their entries in metadata.managedFields are merged into ours. The entries of all other managers
 * stay, such as those of controllers, autoscalers and changes by hand. */
#pragma once

#include "field_manager.h"
#include "kube_error.h"
#include "object_target.h"

typedef struct ObjectTakeover {
    FieldManagers taken;
    FieldManagers others; /* with our own */
} ObjectTakeover;

/* Divides the managers of an object by target->takeover. */
ObjectTakeover object_takeover_of(const ObjectTarget *target, Value object);
/* Returns the result of a dry run without the fields that only these tools own: our apply will
 * remove them. A server may give some of them a default again. */
Value object_takeover_without(const ObjectTarget *target, Value result);
/* Returns the object without the annotation in which kubectl keeps the last manifest. It is removed
 * with the first change, but is no reason for one. */
Value object_takeover_without_manifest(Value object, Arena *arena);

/* Merges the entries on the server; sends nothing if there are none. */
MUST_USE bool object_takeover_apply(const ObjectTarget *target, Diags *diags);
