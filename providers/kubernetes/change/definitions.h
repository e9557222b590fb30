/* Definitions: the CustomResourceDefinitions that this plan creates or changes on one server. Their
 * schemas validate objects whose kind the server does not serve yet. Thread-safe. */
#pragma once

#include "kube_schema.h"

typedef struct Definitions Definitions;

/* All provider configurations with the same URL of the server share the result, so that one may
 * define the kinds of another. Each calls definitions_close. */
Definitions *definitions_open(Str server);
void definitions_close(Definitions *definitions); /* accepts NULL */

/* Stores the manifest if it is a wholly known CustomResourceDefinition; ignores others. A later
 * definition of the same group and kind replaces the earlier one. */
void definitions_add(Definitions *definitions, Value manifest, Arena *scratch);
/* Sets *out to the schema of this version of the kind, allocated in `arena`. Returns false if no
 * stored definition has it. */
MUST_USE bool definitions_find(const Definitions *definitions, Str group, Str version, Str kind,
                               KubeSchema *out, Arena *arena);
