/* foreign_type: the types and functions of a provider that is a program. */
#pragma once

#include "foreign_client.h"

/* Implements Provider.find_type. */
const ObjectType *foreign_type_find(const Provider *provider, ResourceMode mode, Str name);
/* Implements Provider.find_function. */
const ProviderFunction *foreign_function_find(const Provider *provider, Str name);

/* Return a managed type or list type with its slots, allocated in `arena`. The caller sets the
 * members that types of every kind have. */
ObjectType *foreign_resource_new(Str name, const ProtocolSchemas *schemas, Arena *arena);
ObjectType *foreign_list_new(Arena *arena);

/* Implements ResourceType.recover: finds the object of an interrupted call.
 *
 * The protocol has no call for that. The outcome keeper may have kept the response to the call; if
 * not, it is unknown whether an object was created, and the user must decide. */
bool foreign_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                     Diags *diags);
