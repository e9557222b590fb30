/* Definitions: the CustomResourceDefinitions that this plan creates or changes. Their schemas
 * validate objects whose kind the server does not serve yet. Thread-safe. */
#pragma once

#include "kube_schema.h"

typedef struct Definitions Definitions;

Definitions *definitions_open(void);
void definitions_close(Definitions *definitions); /* accepts NULL */

/* Stores the manifest if it is a wholly known CustomResourceDefinition; ignores others. A later
 * definition of the same group and kind replaces the earlier one. */
void definitions_add(Definitions *definitions, Value manifest, Arena *scratch);
/* Sets *out to the schema of this version of the kind, allocated in `arena`. Returns false if no
 * stored definition has it. */
MUST_USE bool definitions_find(const Definitions *definitions,
                               Str group,
                               Str version,
                               Str kind,
                               KubeSchema *out,
                               Arena *arena);
