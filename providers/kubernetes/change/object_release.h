/* object_release: gives up the fields that a manager has applied to an object. A field disappears
 * unless another manager owns it too; the object stays. */
#pragma once

#include "object_target.h"

/* Succeeds if the object does not exist any more, or another object has its name. */
MUST_USE bool object_release(const ObjectRequest *request, Diags *diags);
