/* object_id: ids that are chosen before an object exists, and slots for types whose objects are
 * found by the attribute "id". */
#pragma once

#include "provider.h"

/* A UUID of state lineage, resource address and generation: the same for every attempt to create
 * this object, another one for its replacement. */
Str object_id_uuid(const Call *call);
/* The slot `marker`: that UUID. */
bool object_id_marker(const Call *call,
                      const MarkerRequest *request,
                      MarkerResponse *response,
                      Diags *diags);
/* The slot `import`: an object whose "id" is the import id and whose other attributes are null;
 * `read` fills it. The schema has "id". */
bool object_id_import(const Call *call,
                      const ImportRequest *request,
                      ImportResponse *response,
                      Diags *diags);
