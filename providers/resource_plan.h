/* resource_plan: the framework's plan of a proposed object, before the provider's `plan`. Values
 * are unmarked. */
#pragma once

#include "provider.h"

/* Plans one object. Create: null computed attributes without a default become unknown, also in
 * nested objects. Update: they keep their prior values, except that those with CHANGES_ON_UPDATE
 * become unknown; new nested objects are planned as created. Returns prior if nothing differs, and
 * null if proposed is null. */
Value resource_plan_object(const Schema *schema, const PlanRequest *request, Arena *arena);
