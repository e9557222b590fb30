/* seed_directory: the files of a seed as a directory on the host, for containers, which share its
 * kernel.
 *
 * libvirt creates directories only for pools: the directory is a pool within the given pool. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "seed_files.h"

typedef struct SeedDirectory {
    Str uuid; /* of its pool */
    Str path; /* empty: it does not exist */
    SeedFiles files;
    bool is_there; /* of a read: the files could be read */
} SeedDirectory;

/* Creates the directory with its files in an active pool, and sets the path; also if an upload
 * fails. */
MUST_USE bool seed_directory_create(const Call *call, virStoragePoolPtr parent, Str name,
                                    SeedDirectory *directory, Diags *diags);
/* Reads path and files of the directory with this UUID. */
MUST_USE bool seed_directory_read(const Call *call, virConnectPtr connection,
                                  SeedDirectory *directory, Diags *diags);
MUST_USE bool seed_directory_delete(const Call *call, virConnectPtr connection, Str uuid,
                                    Diags *diags);
