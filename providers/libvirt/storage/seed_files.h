/* seed_files: the files of a NoCloud seed, and their ISO image.
 *
 * The digest of the files identifies a seed: image bytes contain the time of creation. */
#pragma once

#include "diag.h"
#include "vec.h"

typedef struct SeedFile {
    Str name; /* such as user-data */
    Str content;
} SeedFile;

typedef VEC(SeedFile) SeedFiles; /* sorted by name */

void seed_files_add(SeedFiles *files, Str name, Str content, Arena *arena);
/* Finds a file's content by name; returns false if none. */
MUST_USE bool seed_files_find(const SeedFiles *files, Str name, Str *content);
/* Returns the hex SHA-256 of names and contents. */
Str seed_files_digest(const SeedFiles *files, Arena *arena);
/* Creates an ISO 9660 image with Joliet and Rock Ridge, labelled CIDATA (Joliet: cidata). */
MUST_USE bool seed_files_to_iso(const SeedFiles *files, Str *image, Arena *arena, Diags *diags);
/* Returns false if the image is not a seed. */
MUST_USE bool seed_files_from_iso(Str image, SeedFiles *files, Arena *arena);
