/* flux: objects of Flux in a Kubernetes cluster. */
#pragma once

#include "provider.h"

/* clang-format off */
#define FLUX_RESOURCES(ROW)
/* clang-format on */

FLUX_RESOURCES(RESOURCE_DECLARE)

extern const Provider flux_provider;
