/* foreign_type: the slots of resource, data source and ephemeral types of a program. A type is made
 * from its decoded schema; all types of a kind share their slots. */
#pragma once

#include "foreign_provider.h"

const ResourceType *foreign_type_resource(const char *name,
                                          const Schema *schema,
                                          bool plans_destroy,
                                          Arena *arena);
const DataSourceType *foreign_type_data(const char *name, const Schema *schema, Arena *arena);
const EphemeralType *foreign_type_ephemeral(const char *name, const Schema *schema, Arena *arena);
