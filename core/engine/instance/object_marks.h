/* object_marks: which values of an object are sensitive. Providers return objects without marks. */
#pragma once

#include "configured.h"

/* Returns a planned or real object with the marks of the schema and the configuration; NULL: of the
 * schema alone. Adds the marked texts to the job's secrets. */
Value object_marks_add(Job *job, Value object, const Configured *configured);
/* Returns `after` with the marks of `before` and of the schema: an object after a read or a partial
 * deletion. */
Value object_marks_keep(Job *job, Value before, Value after);
/* Adds the marks of the prior object to `configured`, at paths whose value the plan keeps and the
 * configuration leaves to the provider. */
void object_marks_inherit(Job *job, Value prior, Value planned, Configured *configured);
