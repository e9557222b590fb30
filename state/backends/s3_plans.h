/* s3_plans: saved plans as objects of a bucket. */
#pragma once

#include "s3_client.h"

/* Returns the stored plans with the keys PREFIX + KEY. `client` must live as long. */
PlanStore *s3_plans_new(const S3Client *client, Str prefix, Arena *arena);
