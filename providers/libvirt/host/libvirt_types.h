/* libvirt_types: the resource types of the provider.
 *
 * To add one: a file that defines `const ResourceType libvirt_<type>`, and its row here. */
#pragma once

#include "provider.h"

/* clang-format off */
#define LIBVIRT_RESOURCES(ROW)  \
    ROW(libvirt_pool)           \
    ROW(libvirt_volume)         \
    ROW(libvirt_network)        \
    ROW(libvirt_nwfilter)       \
    ROW(libvirt_cloudinit_disk) \
    ROW(libvirt_domain)
/* clang-format on */

LIBVIRT_RESOURCES(RESOURCE_DECLARE)
