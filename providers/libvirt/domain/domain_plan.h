/* domain_plan: the planned object of a machine: validation of its configuration, the plan with
 * notes on how each change reaches the machine, and values that only the host determines. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

bool domain_plan_validate(const Call *call, const ValidateRequest *request, Diags *diags);
bool domain_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                 Diags *diags);
/* Verifies that the networks, filters and volumes exist that `prior` does not have. */
MUST_USE bool domain_plan_check(const Call *call, const PlanRequest *request,
                                const PlanResponse *response, Diags *diags);
/* Sets values that the plan left unknown: type, board, targets, formats, MAC addresses. */
MUST_USE bool domain_plan_resolve(const Call *call, virConnectPtr connection, Value *domain,
                                  Diags *diags);
