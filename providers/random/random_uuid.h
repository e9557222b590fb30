/* random_uuid: shared by the three types of UUIDs. */
#pragma once

#include "map_change.h"
#include "object_builder.h"
#include "provider.h"

/* clang-format off */
#define RANDOM_UUID_ATTRIBUTES                                                                     \
    {"keepers", &TYPE_MAP_OF_STRING, OPTIONAL | ANY_TEXT, "Any values; a change generates a new UUID.", .forces_new = map_change_forces_new}, \
    {"result",  &TYPE_STRING,        COMPUTED, "The UUID."},                                       \
    {"id",      &TYPE_STRING,        COMPUTED, "The UUID."}
/* clang-format on */

/* Returns `planned` with this UUID. */
Value random_uuid_describe(Value planned, Str uuid, Arena *arena);
/* The import ID is the UUID. */
bool random_uuid_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                        Diags *diags);
