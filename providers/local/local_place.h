/* local_place: how a file of given content stands on disk; the operations that local_file and
 * local_sensitive_file share.
 *
 * Content is written beside the file and renamed, so a half-written file never exists: what is
 * there with the right content is whole. Permissions are subject to the umask. The ones that the
 * file really got are remembered in the private data; a read that finds others reports them. */
#pragma once

#include "provider.h"

/* Octal text of three or four digits. */
Str local_place_check_permission(Value value, Arena *arena);

bool local_place_validate(const Call *call, Value config, Diags *diags);
bool local_place_plan(const Call *call,
                      const PlanRequest *request,
                      PlanResponse *response,
                      Diags *diags);
Str local_place_identity(const Call *call, Value planned);
bool local_place_create(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags);
/* Permissions only; new content is a new object. */
bool local_place_update(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags);
bool local_place_delete(const Call *call, const ApplyRequest *request, Diags *diags);
bool local_place_read(const Call *call, Value *state, Str *private_data, Diags *diags);
bool local_place_recover(const Call *call,
                         const RecoverRequest *request,
                         RecoverOutcome *outcome,
                         Value *state,
                         Diags *diags);
