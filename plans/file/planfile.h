/* planfile: a Plan as a file: a zip of plan.json (lossless, our own), prior-state.json, the
 * configuration's files with their paths, and manifest.json with a SHA-256 for each. Mode 0600.
 * libarchive does the zip, and a cipher seals it. */
#pragma once

#include "cipher.h"
#include "plan.h"

typedef struct PlanFilePlace {
    const Io *io;
    Str path;
    const Cipher *cipher; /* NULL: it is in the clear */
} PlanFilePlace;

typedef struct PlanFileSource {
    Str path;
    Str bytes;
} PlanFileSource;

typedef VEC(PlanFileSource) PlanFileSources;

MUST_USE bool planfile_write(const PlanFilePlace *place,
                             const Plan *plan,
                             const PlanFileSources *configuration,
                             Arena *scratch,
                             Diags *diags);
/* Every digest is checked. A file that is no plan file is an error that says so. */
MUST_USE bool planfile_read(const PlanFilePlace *place,
                            Plan **out,
                            PlanFileSources *configuration,
                            Arena *arena,
                            Diags *diags);
/* Does it look like one (a zip, or something sealed that is no state)? */
bool planfile_is_planfile(Str bytes);
/* Must it be opened with the keys of the folder's configuration? False also if it is not there. */
bool planfile_is_sealed(const PlanFilePlace *place, Arena *arena);
