/* provisioner_schema: the arguments of the provisioners that there are, and of connections. */
#pragma once

#include "schema.h"

/* NULL: there is no such provisioner. */
const Schema *provisioner_schema_find(Str type);
const Schema *provisioner_schema_connection(void);
/* What the schema alone does not say: which arguments exclude each other. */
MUST_USE bool provisioner_schema_check(Str type, Value config, SourceRange range, Diags *diags);
