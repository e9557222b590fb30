/* random: random values, generated once and stored in the state. */
#pragma once

#include "provider.h"

/* clang-format off */
#define RANDOM_RESOURCES(ROW) \
    ROW(random_bytes)         \
    ROW(random_id)            \
    ROW(random_integer)       \
    ROW(random_password)      \
    ROW(random_pet)           \
    ROW(random_shuffle)       \
    ROW(random_string)        \
    ROW(random_uuid)          \
    ROW(random_uuid4)         \
    ROW(random_uuid7)

#define RANDOM_EPHEMERALS(ROW)     \
    ROW(ephemeral_random_bytes)    \
    ROW(ephemeral_random_password)
/* clang-format on */

RANDOM_RESOURCES(RESOURCE_DECLARE)
RANDOM_EPHEMERALS(EPHEMERAL_DECLARE)

/* The slot `update` of the types whose `keepers` have map_change_forces_new: reached if a change of
 * keepers does not replace the object, as when only null entries are added. */
bool random_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                   Diags *diags);

extern const Provider random_provider;
