/* foreign_type: the types and functions of a provider that is a program. */
#pragma once

#include "foreign_client.h"

/* Implements Provider.find_type. */
const ObjectType *foreign_type_find(const Provider *provider, ResourceMode mode, Str name);
/* Implements Provider.find_function. */
const ProviderFunction *foreign_function_find(const Provider *provider, Str name);

/* Return the managed type or list type with this name and schema, allocated in `arena`. */
const ObjectType *foreign_resource_new(const char *name, const Schema *schema,
                                       const ProtocolSchemas *schemas, Arena *arena);
const ObjectType *foreign_list_new(const char *name, const Schema *schema, Arena *arena);

/* Implements ResourceType.recover: finds the object of an interrupted call.
 *
 * The protocol has no call for that. The outcome keeper may have kept the response to the call; if
 * not, it is unknown whether an object was created, and the user must decide. */
bool foreign_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                     Diags *diags);
