/* time_provider: the provider of timestamps and delays. */
#include "time_provider.h"

static const ResourceType *const resources[] = {TIME_RESOURCES(PROVIDER_ROW)};

const Provider time_provider = {
    .name = "time",
    .address = "registry.terraform.io/hashicorp/time",
    .imitates = "0.14.2",
    .description = "Times and delays that are stored in the state.",
    PROVIDER_RESOURCES(resources),
    PROVIDER_FUNCTIONS(time_functions),
};
