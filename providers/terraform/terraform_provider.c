/* The provider that Terraform has built in. */
#include "terraform_provider.h"

static const ResourceType *const resources[] = {&terraform_data};
static const ResourceType *const data_sources[] = {&data_terraform_remote_state};

const Provider terraform_provider = {
    .name = "terraform",
    .address = "terraform.io/builtin/terraform",
    .description = "Values that live in the state alone, and outputs of other states.",
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
};
