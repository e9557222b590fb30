/* ignore_changes: arguments whose changes the lifecycle of a block ignores. */
#pragma once

#include "configured.h"

/* Puts prior values, with their marks, at the paths of ignore_changes. `prior` is marked. */
void ignore_changes_apply(Job *job, Value prior, Configured *configured);
