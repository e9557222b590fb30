/* sample_provider: a provider whose schemas have every nesting mode and every flag, for whole runs
 * of the program and for walks over schemas. Its objects exist only in the state, and every
 * generated value follows from its path: "made.disks[0].serial", 42, true.
 *
 *   sample_thing          resource, data source and ephemeral resource
 *   sample_strict         blocks with minimum and maximum numbers
 *   sample_outside        with an intent in the journal; a file `die-NAME` ends the process within
 *                         its creation, and the object is found later
 *   sample_bundle         a directory of files, each an object of its own (tests/fake/bundle.h)
 *
 * A file `drift-NAME` in the working directory is the new label and password of that object at the
 * next read; a file `gone-NAME` means that the object no longer exists. With a file `stuck-NAME`
 * updates end half-way and deletions fail, and the error names label and password. */
#pragma once

#include "provider.h"

extern const Provider sample_provider;
