/* object_frozen: objects of Flux and Argo CD that their controllers leave alone, because a user has
 * suspended them. The configuration may not set that field, so no plan shows it as a change. */
#pragma once

#include "provider.h"

/* Returns the field that freezes the live object, such as "spec.suspend"; NULL if none does. */
const char *object_frozen_by(Value live);
/* Adds a warning if the live object is frozen. */
void object_frozen_warn(const Call *call, Value live, Diags *diags);
