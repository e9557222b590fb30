/* seed_folder: the files of a seed as a folder on the host, for machines that share its kernel.
 *
 * libvirt makes folders by way of pools: the folder is a pool of its own within the pool named. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "seed_files.h"

/* `parent` is active. *path is the folder; set also when the upload then fails. */
MUST_USE bool seed_folder_create(const Call *call,
                                 virConnectPtr connection,
                                 virStoragePoolPtr parent,
                                 Str name,
                                 Str uuid,
                                 const SeedFiles *files,
                                 Str *path,
                                 Diags *diags);
/* What is in it. *is_there false: no such folder. */
MUST_USE bool seed_folder_read(const Call *call,
                               virConnectPtr connection,
                               Str uuid,
                               SeedFiles *files,
                               Str *path,
                               bool *is_there,
                               Diags *diags);
MUST_USE bool seed_folder_delete(const Call *call,
                                 virConnectPtr connection,
                                 Str uuid,
                                 Diags *diags);
