/* field_path: paths of fields as an API server writes them in errors:
 *
 *     .spec.containers[name="web"].ports[containerPort=80,protocol="TCP"]
 *     .metadata.labels.app.kubernetes.io/name      spec.ports[0]      data[key]
 *
 * Names are not quoted, so only the object shows where a name with dots ends. */
#pragma once

#include "path.h"

/* Returns the path in the object, as far as the object has it. *is_whole: it has the whole path. */
Path field_path_read(Str text, Value object, bool *is_whole, Arena *arena);
