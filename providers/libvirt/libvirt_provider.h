/* libvirt_provider: the table of the provider. */
#pragma once

#include "libvirt_types.h"

extern const Provider libvirt_provider;
