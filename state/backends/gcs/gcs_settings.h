/* gcs_settings: settings of the gcs backend, from its block and the environment. */
#pragma once

#include "backend.h"
#include "gcs_client.h"

extern const BackendType gcs_backend;

/* Sizes of the tables below. */
#define GCS_SETTINGS_COUNT     10
#define GCS_SETTINGS_VARIABLES 10
extern const Attribute gcs_settings_attributes[];
extern const BackendVariable gcs_settings_variables[];

/* Sends no request. Returns false, with errors, if arguments are missing or conflict. `client->api`
 * then has an access that the caller closes, or none if an emulator is used. */
MUST_USE bool gcs_settings_read(const Io *io, Value config, GcsClient *client, Arena *arena,
                                Diags *diags);
/* Returns the normalized prefix of all names: "" or "a/b/". */
Str gcs_settings_prefix(Value config, Arena *arena);
