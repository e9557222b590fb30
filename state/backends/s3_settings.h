/* s3_settings: settings of the s3 backend, from its block, the environment and the files in
 * ~/.aws. */
#pragma once

#include "backend.h"
#include "s3_client.h"

/* Sizes of the tables below. */
#define S3_SETTINGS_COUNT     57
#define S3_SETTINGS_VARIABLES 9
extern const Attribute s3_settings_attributes[];
extern const BackendVariable s3_settings_variables[];

/* Sends no request, but opens out->session, which the caller closes. Returns false, with errors, if
 * arguments are missing or conflict. */
MUST_USE bool s3_settings_read(const Io *io, Value config, S3Settings *out, Arena *arena,
                               Diags *diags);
/* Returns the address of DynamoDB, without a slash at its end. */
Str s3_settings_table_endpoint(const Io *io, Value config, Str region, Arena *arena);
