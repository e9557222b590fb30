/* deferred_read: data sources and ephemeral resources that the plan leaves to the apply. */
#pragma once

#include "job.h"

/* True if something that the instance depends on is about to change. */
bool deferred_read_is_needed(const Job *job);
/* Returns the object that is known before the read: the configuration, and unknown values where the
 * provider may set some. Without marks. */
Value deferred_read_object(Job *job, Value config);
