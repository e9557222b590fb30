/* The provider of values drawn once and kept in the state. */
#include "random_provider.h"

static const ResourceType *const resources[] = {
    &random_id, &random_integer, &random_password, &random_pet, &random_string, &random_uuid,
};
static const ResourceType *const ephemerals[] = {&ephemeral_random_password};

const Provider random_provider = {
    .name = "random",
    .address = "registry.terraform.io/hashicorp/random",
    .description = "Values drawn once and kept in the state.",
    PROVIDER_RESOURCES(resources),
    PROVIDER_EPHEMERALS(ephemerals),
};
