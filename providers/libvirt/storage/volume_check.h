/* volume_check: what a planned volume needs: its pool, its base, and the local file of its source.
 */
#pragma once

#include "provider.h"

/* Adds an error at the argument for each that does not exist; plan_check.h says when. */
MUST_USE bool volume_check_host(const Call *call, const PlanRequest *request,
                                const PlanResponse *response, Diags *diags);
/* Adds the error that the local file does not exist. Always returns false. */
bool volume_check_add_source_error(const Call *call, Str path, Diags *diags);
