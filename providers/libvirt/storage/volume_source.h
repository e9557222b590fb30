/* volume_source: the local file that a volume is filled from: its digest, its format, its size as
 * the guest sees it. The digest is what decides whether a volume is made anew. */
#pragma once

#include "provider.h"

typedef struct VolumeSource {
    Str digest;        /* "sha256:…"; empty when the file is not there */
    Str format;        /* qcow2 or raw */
    uint64_t length;   /* of the file */
    uint64_t capacity; /* of the disk in it */
} VolumeSource;

/* `memory` is what an earlier look left (private data of the resource): a file of the same path,
 * size and time is not read again. False when there is no such file, without a diagnostic. */
MUST_USE bool volume_source_look(
    const Call *call, Str path, Str memory, VolumeSource *out, Str *remember);
/* Checks the "sha256:…" or "sha512:…" that the user gave. */
MUST_USE bool volume_source_verify(const Call *call, Str path, Str checksum, Diags *diags);
/* Format, length and capacity alone. */
MUST_USE bool volume_source_probe(const Call *call, Str path, VolumeSource *out);
