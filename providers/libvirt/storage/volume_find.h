/* volume_find: volumes by key, path or name, and whether they are really there or really gone. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

/* By key, path or "pool/name". A pool is refreshed before a volume counts as missing. NULL with
 * libvirt's error. */
virStorageVolPtr volume_find_by_id(virConnectPtr connection, Str id, Arena *arena);
typedef enum VolumeLook {
    VOLUME_THERE,
    VOLUME_GONE,   /* believed of an active, freshly read pool only */
    VOLUME_HIDDEN, /* the pool is not active; a warning says so */
    VOLUME_ERROR,  /* added */
} VolumeLook;
/* Is the volume with that key, of that pool, still there, its file included? */
VolumeLook volume_find_fresh(const Call *call,
                             virConnectPtr connection,
                             Str pool,
                             Str id,
                             virStorageVolPtr *out,
                             Diags *diags);
/* An active pool by name; adds the error. */
MUST_USE bool volume_find_pool(
    const Call *call, virConnectPtr connection, Str name, virStoragePoolPtr *out, Diags *diags);
/* The volume's format as its description says ("qcow2"), empty when unknown. */
Str volume_find_format(virStorageVolPtr volume, Arena *arena);
/* Adds the error of a failed creation: whose name it is where the name is taken. Always false. */
bool volume_find_add_error(
    const Call *call, virStoragePoolPtr pool, Str pool_name, Str name, Diags *diags);
/* The identity of things that are volumes: "pool/name", or "taken" when one is there already, so
 * that a crash never makes a stranger's volume ours. */
Str volume_find_identity(const Call *call, Str pool, Str name);
/* RECOVER: the volume that an intent of that identity made, NULL when there is none. */
MUST_USE bool volume_find_recovered(
    const Call *call, virConnectPtr connection, Str identity, virStorageVolPtr *out, Diags *diags);
