/* s3_place: the bucket of a block's arguments, and how its address is made. */
#pragma once

#include "s3_client.h"
#include "value.h"

/* Reads bucket, endpoint (also as endpoints.s3), use_path_style and force_path_style; the default
 * endpoint is that of out->region in AWS. Sets the bucket, the endpoint and path_style. Returns
 * false if the endpoint is no address of a store. */
MUST_USE bool s3_place_read(Value config, S3Settings *out, Arena *arena);
