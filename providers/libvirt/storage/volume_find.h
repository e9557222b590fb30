/* volume_find: finds volumes by key, path or name, and verifies whether they exist. */
#pragma once

#include "libvirt_handle.h"
#include "plan_check.h"
#include "provider.h"

/* Finds a volume by key, path or "pool/name". Refreshes pools before it reports a missing volume.
 * NULL: libvirt's error is set. */
virStorageVolPtr volume_find_by_id(virConnectPtr connection, Str id, Arena *arena);
typedef enum VolumeLook {
    VOLUME_THERE,
    VOLUME_GONE,   /* only reported for an active, refreshed pool */
    VOLUME_HIDDEN, /* the pool is inactive; a warning was added */
    VOLUME_ERROR,  /* an error was added */
} VolumeLook;
/* Checks whether the volume with that key still exists in that pool, including its file. */
VolumeLook volume_find_fresh(const Call *call, virConnectPtr connection, Str pool, Str id,
                             virStorageVolPtr *out, Diags *diags);
/* Finds an active pool by name; adds an error on failure. */
MUST_USE bool volume_find_pool(const Call *call, virConnectPtr connection, Str name,
                               virStoragePoolPtr *out, Diags *diags);
/* Returns the volume's format ("qcow2"); empty if unknown. */
Str volume_find_format(virStorageVolPtr volume, Arena *arena);
/* Adds the error of a failed creation, with the owner if the name is in use. Always returns
 * false. */
bool volume_find_add_error(const Call *call, virStoragePoolPtr pool, Str pool_name, Str name,
                           Diags *diags);
/* Returns the marker of a volume: "pool/name", or "taken" if the name is in use, so that `recover`
 * never adopts a foreign volume. */
Str volume_find_identity(const Call *call, Str pool, Str name);
/* For `recover`: finds the volume created under that marker; NULL if none. */
MUST_USE bool volume_find_recovered(const Call *call, virConnectPtr connection, Str identity,
                                    virStorageVolPtr *out, Diags *diags);
/* Adds an error at the argument if no volume has this ID, path or name "POOL/VOLUME". */
void volume_find_check(PlanCheck *check, const CheckedName *name);
