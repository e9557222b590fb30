/* libvirt_pool: what volumes need to know of pools. */
#pragma once

#include "libvirt_handle.h"
#include "str.h"

/* By UUID, else by name; NULL with libvirt's error. */
virStoragePoolPtr libvirt_pool_find(virConnectPtr connection, Str id, Arena *arena);
