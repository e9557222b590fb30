/* foreign_resource: managed types of a provider that is a program. */
#pragma once

#include "foreign_client.h"

/* Returns the type with this name and schema, allocated in `arena`. */
const ObjectType *foreign_resource_new(const char *name, const Schema *schema,
                                       const ProtocolSchemas *schemas, Arena *arena);
