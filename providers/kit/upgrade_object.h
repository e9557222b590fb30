/* upgrade_object: the slot `upgrade` for types whose newer versions only added attributes. */
#pragma once

#include "object_builder.h"
#include "provider.h"

/* Starts with the stored object; attributes that its version did not have are null. False: the
 * stored text does not fit the schema, and stays as it is. */
MUST_USE bool upgrade_object_begin(const Call *call,
                                   const UpgradeRequest *request,
                                   ObjectBuilder *builder);
void upgrade_object_end(const Call *call, ObjectBuilder *builder, UpgradeResponse *response);
