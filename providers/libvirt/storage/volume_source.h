/* volume_source: the local file that fills a volume: its digest, format and size. The digest
 * decides whether the volume is replaced. */
#pragma once

#include "provider.h"

typedef struct VolumeSource {
    Str digest;        /* "sha256:…"; empty if the file does not exist */
    Str format;        /* qcow2 or raw */
    uint64_t length;   /* of the file */
    uint64_t capacity; /* of the disk in the image */
} VolumeSource;

/* `memory` is the result of an earlier call (private data of the resource): an unchanged file, by
 * path, size and time, is not read again. Returns false without a diagnostic if the file does not
 * exist. */
MUST_USE bool volume_source_look(const Call *call, Str path, Str memory, VolumeSource *out,
                                 Str *remember);
/* Verifies the configured checksum "sha256:…" or "sha512:…". */
MUST_USE bool volume_source_verify(const Call *call, Str path, Str checksum, Diags *diags);
/* Reads only format, length and capacity. */
MUST_USE bool volume_source_probe(const Call *call, Str path, VolumeSource *out);
