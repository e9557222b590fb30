/* manifests_plan: the plan of kubernetes_manifests: each object by object_plan, and the objects of
 * the inventory that the source no longer has. */
#pragma once

#include "provider.h"

/* The slot `plan`. */
bool manifests_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                    Diags *diags);
