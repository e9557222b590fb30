/* error_type: classes of errors for telemetry, the attribute error.type of spans. The set is
 * bounded, and no class has words of a message:
 *
 *   timeout, connection, permission, state_lock, stale_plan, plan_mismatch, in_doubt, condition,
 *   configuration, and what the caller names: provider, provisioner, state, packages, _OTHER */
#pragma once

#include "diag.h"

#define ERROR_TYPE_OTHER         "_OTHER"
#define ERROR_TYPE_CONFIGURATION "configuration"

/* `otherwise` names a call whose errors these are, or is ERROR_TYPE_OTHER: only then an error can
 * be one of the configuration. Returns the class of the first error from index `from` on that does
 * not follow from another one; `otherwise` if there is none, or if nothing is known of it. */
const char *error_type_first(const Diags *diags, size_t from, const char *otherwise);
