/* builtin: what there is: providers and provisioners. The one place that names them. */
#pragma once

#include "provisioner.h"
#include "registry.h"

extern const ProviderRow builtin_providers[];
extern const size_t builtin_provider_count;
extern const ProvisionerTable builtin_provisioners;
