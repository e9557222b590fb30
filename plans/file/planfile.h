/* planfile: a Plan as a file: a zip of plan.json (lossless, our own), prior-state.json,
 * previous-state.json, the configuration's files, and manifest.json with a SHA-256 for each and the
 * paths of the configuration's files. Mode 0600. A cipher, if any, encrypts the whole zip.
 *
 *    plan.json                {"format":1,"mode":"normal","lineage":"329520e7-…","serial":3,
 *                             "changes":[{"address":"local_file.b","action":"create",
 *                             "before":{"type":["object",…]},"after":{"type":…,"of":{"content":
 *                             {"unknown":true},"filename":"b.txt",…}},…}],"code":"sha256:bf0c…",
 *                             "files":[{"path":"b.tpl","content":"sha256:98ea…"}],…}
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
    Str expected;         /* digest that the stored bytes must have; empty: any */
} PlanFilePlace;

typedef struct PlanFileSource {
    Str path;
    Str bytes;
} PlanFileSource;

typedef VEC(PlanFileSource) PlanFileSources;

/* Returns the digest of a plan file's bytes as stored: "sha256:…". */
Str planfile_digest(Str bytes, Arena *arena);
/* Sets *out to the bytes of the file, encrypted by the cipher, and plan->digest to their digest. */
MUST_USE bool planfile_pack(const PlanFilePlace *place, Plan *plan,
                            const PlanFileSources *configuration, Str *out, Arena *arena,
                            Diags *diags);
MUST_USE bool planfile_write(const PlanFilePlace *place, Plan *plan,
                             const PlanFileSources *configuration, Arena *scratch, Diags *diags);
/* Compares the digest of the bytes with the expected one before it decrypts them, then verifies the
 * digest of every entry. Bytes that are not a plan file get a separate error. */
MUST_USE bool planfile_unpack(const PlanFilePlace *place, Str bytes, Plan **out,
                              PlanFileSources *configuration, Arena *arena, Diags *diags);
/* planfile_unpack of the file. */
MUST_USE bool planfile_read(const PlanFilePlace *place, Plan **out, PlanFileSources *configuration,
                            Arena *arena, Diags *diags);
/* Returns whether the file looks like a plan file: a zip, or encrypted data that is not a state. */
bool planfile_is_planfile(Str bytes);
