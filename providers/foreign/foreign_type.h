/* foreign_type: resource, data source, ephemeral and action types of a provider that is a program.
 */
#pragma once

#include "foreign_client.h"

/* Implements Provider.find_type. */
const ObjectType *foreign_type_find(const Provider *provider, ResourceMode mode, Str name);
