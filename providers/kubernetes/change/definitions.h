/* Definitions: the CustomResourceDefinitions that this plan creates or changes, for the check of
 * objects that the server cannot compare yet. Any thread may use it. */
#pragma once

#include "kube_schema.h"

typedef struct Definitions Definitions;

Definitions *definitions_open(void);
void definitions_close(Definitions *definitions); /* NULL: does nothing */

/* Keeps the definition, if the manifest is one and its name is known. A later one of the same group
 * and kind replaces it. */
void definitions_add(Definitions *definitions, Value manifest, Arena *scratch);
/* Finds the schema of a version. The schema lives in `arena`. */
MUST_USE bool definitions_find(const Definitions *definitions,
                               Str group,
                               Str version,
                               Str kind,
                               KubeSchema *out,
                               Arena *arena);
