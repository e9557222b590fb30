/* sample_provider: a provider whose schemas have every nesting mode and every flag, for whole runs
 * of the program and for walks over schemas. Its objects exist in the state alone, and every value
 * that it makes up follows from its place: "made.disks[0].serial", 42, true.
 *
 *   sample_thing          resource, data source and ephemeral resource
 *   sample_strict         blocks with least and most numbers
 *   sample_outside        with an intent in the journal; a file `die-NAME` ends the process within
 *                         its creation, and the object is found later
 *   sample_bundle         a directory of files, each an object of its own (tests/fake/bundle.h)
 *
 * A file `drift-NAME` in the working directory is the new label and password of that thing at the
 * next reading; a file `gone-NAME` means that it does not exist any more. With a
 * file `stuck-NAME` updates end half way and deletions fail, and the error names label and
 * password. */
#pragma once

#include "provider.h"

extern const Provider sample_provider;
