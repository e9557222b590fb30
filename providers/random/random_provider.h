/* random: random values, generated once and stored in the state. */
#pragma once

#include "provider.h"

/* clang-format off */
#define RANDOM_TYPES(ROW)                         \
    ROW(ResourceType, random_bytes)               \
    ROW(ResourceType, random_id)                  \
    ROW(ResourceType, random_integer)             \
    ROW(ResourceType, random_password)            \
    ROW(ResourceType, random_pet)                 \
    ROW(ResourceType, random_shuffle)             \
    ROW(ResourceType, random_string)              \
    ROW(ResourceType, random_uuid)                \
    ROW(ResourceType, random_uuid4)               \
    ROW(ResourceType, random_uuid7)               \
    ROW(EphemeralType, ephemeral_random_bytes)    \
    ROW(EphemeralType, ephemeral_random_password)
/* clang-format on */

RANDOM_TYPES(TYPE_DECLARE)

/* The slot `update` of the types whose `keepers` have map_change_forces_new: reached if a change of
 * keepers does not replace the object, as when only null entries are added. */
bool random_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                   Diags *diags);

extern const Provider random_provider;
