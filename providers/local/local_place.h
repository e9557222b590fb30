/* local_place: a file of given content on disk; operations shared by local_file and
 * local_sensitive_file.
 *
 * Exactly one of content, sensitive_content, content_base64 and source sets the bytes; a type may
 * lack sensitive_content. Content is written beside the file and renamed, so a file with the right
 * content is complete. Permissions are subject to the umask, so the private data holds the actual
 * ones after a write; a read reports others as drift. Without that private data, as after a
 * recovery, a read ignores permissions. */
#pragma once

#include "provider.h"

/* Attribute check: octal text of three or four digits. */
Str local_place_check_permission(Value value, Arena *arena);

bool local_place_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags);
bool local_place_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                        Diags *diags);
bool local_place_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags);
/* Changes only permissions of the file, and none of existing directories; new content replaces the
 * object. */
bool local_place_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags);
bool local_place_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                        Diags *diags);
bool local_place_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                      Diags *diags);
bool local_place_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                         Diags *diags);
