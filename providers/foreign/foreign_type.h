/* foreign_type: the types of a provider that is a program. */
#pragma once

#include "foreign_client.h"

/* Implements Provider.find_type. */
const ObjectType *foreign_type_find(const Provider *provider, ResourceMode mode, Str name);

/* Return a managed type or list type with its slots, allocated in `arena`. The caller sets the
 * members that types of every kind have. */
ObjectType *foreign_resource_new(Str name, const ProtocolSchemas *schemas, Arena *arena);
