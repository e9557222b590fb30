/* s3_settings: what the block of the s3 backend, the environment and the files in ~/.aws say
 * together. */
#pragma once

#include "backend.h"
#include "s3_client.h"

/* Of all that the block may say. */
#define S3_SETTINGS_COUNT     34
#define S3_SETTINGS_VARIABLES 9
extern const Attribute s3_settings_attributes[];
extern const BackendVariable s3_settings_variables[];

/* False: something is missing or contradicts. Does not ask the store. */
MUST_USE bool s3_settings_read(
    const Io *io, Value config, S3Settings *out, Arena *arena, Diags *diags);
