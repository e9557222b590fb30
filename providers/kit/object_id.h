/* object_id: IDs chosen before an object exists, and slots for types whose objects are found by the
 * attribute "id". */
#pragma once

#include "provider.h"

/* Returns a UUID derived from state lineage, resource address and generation: equal for every
 * attempt to create this object, different for its replacement. */
Str object_id_uuid(const Call *call);
/* The slot `marker`: returns that UUID. */
bool object_id_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                      Diags *diags);
/* The slot `import`: returns an object with the import ID as "id" and all other attributes null,
 * which `read` fills in. The schema must have "id". */
bool object_id_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                      Diags *diags);
