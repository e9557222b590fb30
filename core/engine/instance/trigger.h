/* trigger: evaluates replace_triggered_by. */
#pragma once

#include "module_scope.h"

/* Sets `*fires` to whether a planned change requires a replacement of this instance. A resource or
 * instance triggers if it is updated or replaced, an attribute only if its value differs too. A
 * creation does not trigger. A reference to a missing instance is an error. */
MUST_USE bool trigger_fires(const InstanceRecord *record, const ModuleScope *scope, bool *fires,
                            Arena *arena, Diags *diags);
