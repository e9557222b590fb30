/* seed_files: the files of a NoCloud seed, and the ISO image that holds them.
 *
 * A seed is who it is by the digest of its files: image bytes hold the time of their making. */
#pragma once

#include "diag.h"
#include "vec.h"

typedef struct SeedFile {
    Str name; /* user-data */
    Str content;
} SeedFile;

typedef VEC(SeedFile) SeedFiles; /* sorted by name */

void seed_files_add(SeedFiles *files, Str name, Str content, Arena *arena);
/* Content of the file of that name; false when there is none. */
MUST_USE bool seed_files_find(const SeedFiles *files, Str name, Str *content);
/* SHA-256 in hex over names and contents. */
Str seed_files_digest(const SeedFiles *files, Arena *arena);
/* An ISO 9660 image with Joliet and Rock Ridge, labelled CIDATA, and cidata in Joliet. */
MUST_USE bool seed_files_to_iso(const SeedFiles *files, Str *image, Arena *arena, Diags *diags);
/* False: no such image. */
MUST_USE bool seed_files_from_iso(Str image, SeedFiles *files, Arena *arena);
