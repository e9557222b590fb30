/* planfile: a Plan as a file: a zip of plan.json (lossless, our own), prior-state.json, the
 * configuration's files with their paths, and manifest.json with a SHA-256 for each. Mode 0600.
 * libarchive does the zip, and a cipher seals it. */
#pragma once

#include "cipher.h"
#include "plan.h"

typedef struct PlanFilePlace {
    const Io *io;
    Str path;
    const Cipher *cipher; /* NULL: clear text */
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
/* Verifies every digest. A file that is no plan file is an error of its own. */
MUST_USE bool planfile_read(const PlanFilePlace *place,
                            Plan **out,
                            PlanFileSources *configuration,
                            Arena *arena,
                            Diags *diags);
/* Does the file look like a plan file: a zip, or encrypted data that is no state? */
bool planfile_is_planfile(Str bytes);
/* Does decryption need the keys of the configuration in this directory? False also if the file is
 * missing. */
bool planfile_is_sealed(const PlanFilePlace *place, Arena *arena);
