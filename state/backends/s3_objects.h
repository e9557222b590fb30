/* s3_objects: the objects of a bucket whose keys begin with one prefix. */
#pragma once

#include "s3_lock.h"

/* An object is created on condition that it does not exist if there is a lock, and only while it is
 * held. `lock` and its client must live as long. */
NamedObjects *s3_objects_new(const S3Lock *lock, Str prefix, Arena *arena);
