/* The provider that Terraform has built in. */
#include "terraform_provider.h"

static const ResourceType *const resources[] = {&terraform_data};

const Provider terraform_provider = {
    .name = "terraform",
    .address = "terraform.io/builtin/terraform",
    .description = "Values that live in the state alone.",
    PROVIDER_RESOURCES(resources),
};
