/* libvirt_types: the resource types of the provider.
 *
 * To add one: a file libvirt_<type>.c that defines `const ResourceType libvirt_<type>`, and its
 * name here. */
#pragma once

#include "provider.h"

/* clang-format off */
#define LIBVIRT_TYPES(ROW) \
    ROW(pool)              \
    ROW(volume)            \
    ROW(network)           \
    ROW(nwfilter)          \
    ROW(cloudinit_disk)    \
    ROW(domain)
/* clang-format on */

#define LIBVIRT_TYPE_DECLARE(name) extern const ResourceType libvirt_##name;
LIBVIRT_TYPES(LIBVIRT_TYPE_DECLARE)
