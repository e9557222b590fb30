/* resource_plan: the plan that the framework makes of a proposed object, before a provider's own
 * `plan` sees it. Marks are the engine's; values come without. */
#pragma once

#include "provider.h"

/* Create: computed places that are null become unknown, inside nested objects too. Update: they
 * keep what they were, those with CHANGES_ON_UPDATE become unknown; nested objects that are new
 * count as created. Nothing differs from prior: prior itself. Proposed null: null. */
Value resource_plan_object(const Schema *schema, const PlanRequest *request, Arena *arena);
