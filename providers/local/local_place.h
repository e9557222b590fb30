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

bool local_place_plan(const Call *call,
                      const PlanRequest *request,
                      PlanResponse *response,
                      Diags *diags);
bool local_place_marker(const Call *call,
                        const MarkerRequest *request,
                        MarkerResponse *response,
                        Diags *diags);
bool local_place_create(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags);
/* Permissions only; new content is a new object. */
bool local_place_update(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags);
bool local_place_delete(const Call *call,
                        const DeleteRequest *request,
                        DeleteResponse *response,
                        Diags *diags);
bool local_place_read(const Call *call,
                      const ReadRequest *request,
                      ReadResponse *response,
                      Diags *diags);
bool local_place_recover(const Call *call,
                         const RecoverRequest *request,
                         RecoverResponse *response,
                         Diags *diags);
