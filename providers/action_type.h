/* action_type: the engine's calls of an action. A NULL `plan` accepts everything. */
#pragma once

#include "provider.h"

MUST_USE bool action_type_plan(const ActionType *type,
                               const Call *call,
                               const ActionRequest *request,
                               ActionResponse *response,
                               Diags *diags);
MUST_USE bool action_type_invoke(const ActionType *type,
                                 const Call *call,
                                 const ActionRequest *request,
                                 Diags *diags);
