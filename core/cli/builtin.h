/* builtin: what there is: providers, provisioners, backends. The one place that names them. */
#pragma once

#include "backend.h"
#include "provisioner.h"
#include "registry.h"

extern const ProviderRow builtin_providers[];
extern const size_t builtin_provider_count;
extern const ProvisionerTable builtin_provisioners;
extern const BackendType *const builtin_backends[];
extern const size_t builtin_backend_count;

/* NULL when there is no backend of this name. */
const BackendType *builtin_find_backend(Str name);
