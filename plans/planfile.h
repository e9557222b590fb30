/* planfile: a Plan as a file: a zip of plan.json (lossless, our own), prior-state.json, the
 * configuration's files with their paths, and manifest.json with a SHA-256 for each. Mode 0600.
 * libarchive does the zip. */
#pragma once

#include "io.h"
#include "plan.h"

typedef struct PlanFileSource {
    Str path;
    Str bytes;
} PlanFileSource;

typedef VEC(PlanFileSource) PlanFileSources;

MUST_USE bool planfile_write(const Io *io,
                             Str path,
                             const Plan *plan,
                             const PlanFileSources *configuration,
                             Arena *scratch,
                             Diags *diags);
/* Every digest is checked. A file that is no plan file is an error that says so. */
MUST_USE bool planfile_read(
    const Io *io, Str path, Plan **out, PlanFileSources *configuration, Arena *arena, Diags *diags);
/* Does it look like one (a zip)? */
bool planfile_is_planfile(Str bytes);
