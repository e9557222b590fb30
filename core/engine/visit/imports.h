/* imports: what import blocks, or the import command, bring to the instances of one resource. */
#pragma once

#include "visit.h"

/* Gives records that have no object yet the ids that they are imported by. An address that comes
 * twice, or that has no instance, is an error. After all module instances have their records. */
MUST_USE bool imports_assign(Visit *visit);
