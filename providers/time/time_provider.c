#include "time_provider.h"

static const ObjectType *const types[] = {TIME_TYPES(PROVIDER_ROW)};

const Provider time_provider = {
    .name = "time",
    .address = "registry.terraform.io/hashicorp/time",
    .imitates = "0.14.2",
    .description = "Times and delays that are stored in the state.",
    PROVIDER_TYPES(types),
    PROVIDER_FUNCTIONS(time_functions),
};
