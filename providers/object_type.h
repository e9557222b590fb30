/* object_type: a type of any of the three kinds, as the engine handles it. */
#pragma once

#include "provider.h"

ObjectType object_type_of_resource(const ResourceType *type);
ObjectType object_type_of_data_source(const DataSourceType *type);
ObjectType object_type_of_ephemeral(const EphemeralType *type);
/* The configuration against the schema, then the type's own `validate`. */
MUST_USE bool object_type_validate(const ObjectType *type,
                                   const Call *call,
                                   Value config,
                                   Diags *diags);
/* The result of a slot: false exactly when an error was added since `before`. A slot that returns
 * false without an error gets one; `operation` starts its sentence ("Creation"). */
MUST_USE bool object_type_check_answer(
    bool answer, const char *name, const char *operation, size_t before, Diags *diags);
/* Adds the error that an object of the type cannot be `operation` ("imported"); always false. */
bool object_type_refuse(const char *name, const char *operation, Diags *diags);
