/* seed_directory: the files of a seed as a directory on the host, for containers, which share its
 * kernel.
 *
 * libvirt creates directories only for pools: the directory is a pool within the given pool. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "seed_files.h"

/* `parent` is active. *path is the directory; set even if the upload fails. */
MUST_USE bool seed_directory_create(const Call *call, virConnectPtr connection,
                                    virStoragePoolPtr parent, Str name, Str uuid,
                                    const SeedFiles *files, Str *path, Diags *diags);
/* Reads the files. *is_there false: the directory does not exist. */
MUST_USE bool seed_directory_read(const Call *call, virConnectPtr connection, Str uuid,
                                  SeedFiles *files, Str *path, bool *is_there, Diags *diags);
MUST_USE bool seed_directory_delete(const Call *call, virConnectPtr connection, Str uuid,
                                    Diags *diags);
