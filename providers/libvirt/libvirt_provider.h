/* The provider's types. */
#pragma once

#include "provider.h"

extern const Provider libvirt_provider;
extern const ResourceType libvirt_pool;
extern const ResourceType libvirt_volume;
extern const ResourceType libvirt_network;
extern const ResourceType libvirt_nwfilter;
extern const ResourceType libvirt_cloudinit_disk;
extern const ResourceType libvirt_domain;
