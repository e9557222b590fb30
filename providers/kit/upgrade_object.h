/* upgrade_object: helpers for the slot `upgrade` of types whose newer versions only added
 * attributes. */
#pragma once

#include "object_builder.h"
#include "provider.h"

/* Reads the stored object; attributes that its version lacks are null. Returns false if the stored
 * text does not match the schema; then the slot returns true, and the text stays as it is. */
MUST_USE bool upgrade_object_begin(const Call *call, const UpgradeRequest *request,
                                   ObjectBuilder *builder);
void upgrade_object_end(const Call *call, ObjectBuilder *builder, UpgradeResponse *response);
