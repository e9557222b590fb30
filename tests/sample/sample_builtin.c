/* The program with the sample provider in place of most others. This file replaces builtin.c; all
 * else is the unchanged program. */
#include "builtin.h"
#include "provisioners.h"
#include "random_provider.h"
#include "sample_provider.h"
#include "terraform_provider.h"

const ProviderRow builtin_providers[] = {
    {"terraform", "terraform.io/builtin/terraform", &terraform_provider, NULL},
    {"random", "registry.terraform.io/hashicorp/random", &random_provider, NULL},
    {"sample", "loam.internal/test/sample", &sample_provider, NULL},
};
const size_t builtin_provider_count = ARRAY_COUNT(builtin_providers);

static const ProvisionerType *const provisioners[] = {&local_exec_provisioner};
const ProvisionerTable builtin_provisioners = {provisioners, ARRAY_COUNT(provisioners)};
