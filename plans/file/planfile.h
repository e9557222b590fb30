/* planfile: a Plan as a file: a zip of plan.json (lossless, our own), prior-state.json,
 * previous-state.json, the configuration's files, and manifest.json with a SHA-256 for each and the
 * paths of the configuration's files. Mode 0600. A cipher, if any, encrypts the whole zip.
 *
 *    plan.json                {"format":1,"mode":"normal","lineage":"329520e7-…","serial":3,
 *                             "changes":[{"address":"local_file.b","action":"create",
 *                             "before":{"type":["object",…]},"after":{"type":…,"of":{"content":
 *                             {"unknown":true},"filename":"b.txt",…}},…}],…}
 *    prior-state.json         the state after the refresh
 *    previous-state.json      the state before it
 *    configuration/1-main.tf  the first file of the configuration
 *    manifest.json            {"format":1,"entries":[{"name":"plan.json","sha256":"2b5877c1…"},
 *                             {"name":"configuration/1-main.tf","path":"main.tf",…},…]}
 *
 * Values carry their types, marks and unknown parts: an apply compares them with its own plan. A
 * zip with the configuration, because the apply evaluates it again, on another machine perhaps. */
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

MUST_USE bool planfile_write(const PlanFilePlace *place, const Plan *plan,
                             const PlanFileSources *configuration, Arena *scratch, Diags *diags);
/* Verifies every digest. A file that is not a plan file gets a separate error. */
MUST_USE bool planfile_read(const PlanFilePlace *place, Plan **out, PlanFileSources *configuration,
                            Arena *arena, Diags *diags);
/* Returns whether the file looks like a plan file: a zip, or encrypted data that is not a state. */
bool planfile_is_planfile(Str bytes);
