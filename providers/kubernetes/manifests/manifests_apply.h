/* manifests_apply: the slots of kubernetes_manifests that change objects: by waves, the objects of
 * a wave at the same time. After a failure, the wave is completed and the next is not begun. */
#pragma once

#include "provider.h"

/* The slots `create` and `update`. */
bool manifests_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                     Diags *diags);
/* The slot `delete`. */
bool manifests_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                      Diags *diags);
