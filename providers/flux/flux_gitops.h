/* flux_gitops: Flux as a controller of `loam gitops`. */
#pragma once

#include "gitops_object.h"

extern const GitopsController flux_controller;
/* Slot of types with the payload SpecObject. */
bool flux_gitops(const Call *call, const GitopsRequest *request, GitopsResponse *response,
                 Diags *diags);
