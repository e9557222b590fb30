/* libvirt_handle: libvirt's reference-counted objects as scoped handles.
 *
 *     SCOPED(virDomainPtr) domain = virDomainLookupByUUIDString(connection, uuid);
 *
 * Releasing a handle resets the thread's last error: read the error within the block. */
#pragma once

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "arena.h"

#define LIBVIRT_HANDLE(type, free_call)                                                            \
    static inline void libvirt_release_##type(type *handle) {                                      \
        if (*handle)                                                                               \
            (void)free_call(*handle);                                                              \
        *handle = NULL;                                                                            \
    }                                                                                              \
    SCOPED_TYPE(type, libvirt_release_##type)

LIBVIRT_HANDLE(virConnectPtr, virConnectClose);
LIBVIRT_HANDLE(virDomainPtr, virDomainFree);
LIBVIRT_HANDLE(virNetworkPtr, virNetworkFree);
LIBVIRT_HANDLE(virStoragePoolPtr, virStoragePoolFree);
LIBVIRT_HANDLE(virStorageVolPtr, virStorageVolFree);
LIBVIRT_HANDLE(virNWFilterPtr, virNWFilterFree);
LIBVIRT_HANDLE(virStreamPtr, virStreamFree);
