/* object_type: a managed, data source, ephemeral, action or list type in the form the engine uses.
 */
#pragma once

#include "provider.h"

/* Validates the configuration against the schema; if it is valid, calls the type's `validate`. */
MUST_USE bool object_type_validate(const ObjectType *type, const Call *call, Value config,
                                   Diags *diags);
/* Checks the result of a slot: returns false exactly if errors were added since `before`. If a slot
 * returns false without an error, adds one that starts with `operation` ("Creation"). */
MUST_USE bool object_type_check_result(bool is_ok, const char *name, const char *operation,
                                       size_t before, Diags *diags);
/* Adds the error that the type does not support `operation` ("imported"); always returns false. */
bool object_type_report_unsupported(const char *name, const char *operation, Diags *diags);
