/* The tables of providers and provisioners. */
#include "builtin.h"
#include "provisioners.h"

#define BUILTIN_PROVIDER_ROW(provider, name, address) {name, address, &(provider), NULL},

/* clang-format off */
const ProviderRow builtin_providers[] = {
    BUILTIN_PROVIDERS(BUILTIN_PROVIDER_ROW)
    {"libvirt", "loam.internal/builtin/libvirt", NULL, "loam-libvirt.so"},
};
/* clang-format on */
const size_t builtin_provider_count = ARRAY_COUNT(builtin_providers);

static const ProvisionerType *const provisioners[] = {
    &local_exec_provisioner,
    &remote_exec_provisioner,
    &file_provisioner,
};
const ProvisionerTable builtin_provisioners = {provisioners, ARRAY_COUNT(provisioners)};
