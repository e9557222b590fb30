/* libvirt_types: the resource types and data sources of the provider.
 *
 * To add one: a file that defines `const ResourceType libvirt_<type>` or `const DataSourceType
 * data_libvirt_<type>`, and its row here. */
#pragma once

#include "provider.h"

/* clang-format off */
#define LIBVIRT_RESOURCES(ROW)  \
    ROW(libvirt_secret)         \
    ROW(libvirt_pool)           \
    ROW(libvirt_volume)         \
    ROW(libvirt_network)        \
    ROW(libvirt_nwfilter)       \
    ROW(libvirt_dhcp_host)      \
    ROW(libvirt_dns_host)       \
    ROW(libvirt_cloudinit_disk) \
    ROW(libvirt_domain)         \
    ROW(libvirt_snapshot)       \
    ROW(libvirt_checkpoint)

#define LIBVIRT_DATA_SOURCES(ROW)            \
    ROW(data_libvirt_pool)                   \
    ROW(data_libvirt_volume)                 \
    ROW(data_libvirt_network)                \
    ROW(data_libvirt_network_leases)         \
    ROW(data_libvirt_nwfilters)              \
    ROW(data_libvirt_nwfilter_bindings)      \
    ROW(data_libvirt_secrets)                \
    ROW(data_libvirt_domain)                 \
    ROW(data_libvirt_domains)                \
    ROW(data_libvirt_domain_interface_addresses) \
    ROW(data_libvirt_domain_capabilities)    \
    ROW(data_libvirt_node_info)              \
    ROW(data_libvirt_node_devices)
/* clang-format on */

LIBVIRT_DATA_SOURCES(DATA_SOURCE_DECLARE)
LIBVIRT_RESOURCES(RESOURCE_DECLARE)
