/* gcs_objects: the objects of a bucket whose names begin with one prefix. */
#pragma once

#include "gcs_client.h"
#include "named_objects.h"

/* `client` must live as long. */
NamedObjects *gcs_objects_new(const GcsClient *client, Str prefix, Arena *arena);
