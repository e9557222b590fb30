/* drift: the fields that changed outside of loam, and whether they are the configuration's. */
#pragma once

#include "plan.h"

/* Returns the changed fields that loam manages: those of the provider that are not foreign, or, if
 * the provider knows no owners, all differences. Empty for a deleted or moved object. */
DriftFields drift_fields(const Drift *drift, Arena *arena);
/* Removes from the plan all drift that loam would not revert: moves, and changes of foreign fields.
 * What remains of an object differs from `before` only in fields that loam manages. */
void drift_keep_own(Plan *plan, Arena *arena);
