/* libvirt_types: the resource types and data sources of the provider.
 *
 * To add one: a file that defines `const ResourceType libvirt_<type>` or `const DataSourceType
 * data_libvirt_<type>`, and its row here. */
#pragma once

#include "provider.h"

/* clang-format off */
#define LIBVIRT_TYPES(ROW)                                       \
    ROW(ResourceType, libvirt_secret)                            \
    ROW(ResourceType, libvirt_pool)                              \
    ROW(ResourceType, libvirt_volume)                            \
    ROW(ResourceType, libvirt_network)                           \
    ROW(ResourceType, libvirt_nwfilter)                          \
    ROW(ResourceType, libvirt_dhcp_host)                         \
    ROW(ResourceType, libvirt_dns_host)                          \
    ROW(ResourceType, libvirt_cloudinit_disk)                    \
    ROW(ResourceType, libvirt_domain)                            \
    ROW(ResourceType, libvirt_snapshot)                          \
    ROW(ResourceType, libvirt_checkpoint)                        \
    ROW(DataSourceType, data_libvirt_pool)                       \
    ROW(DataSourceType, data_libvirt_volume)                     \
    ROW(DataSourceType, data_libvirt_network)                    \
    ROW(DataSourceType, data_libvirt_network_leases)             \
    ROW(DataSourceType, data_libvirt_nwfilters)                  \
    ROW(DataSourceType, data_libvirt_nwfilter_bindings)          \
    ROW(DataSourceType, data_libvirt_secrets)                    \
    ROW(DataSourceType, data_libvirt_domain)                     \
    ROW(DataSourceType, data_libvirt_domains)                    \
    ROW(DataSourceType, data_libvirt_domain_interface_addresses) \
    ROW(DataSourceType, data_libvirt_domain_capabilities)        \
    ROW(DataSourceType, data_libvirt_node_info)                  \
    ROW(DataSourceType, data_libvirt_node_devices)
/* clang-format on */

LIBVIRT_TYPES(TYPE_DECLARE)
