#include "external_provider.h"

static const ObjectType *const types[] = {EXTERNAL_TYPES(PROVIDER_ROW)};

const Provider external_provider = {
    .name = "external",
    .address = "registry.terraform.io/hashicorp/external",
    .imitates = "2.4.0",
    .description = "Results of local programs.",
    PROVIDER_TYPES(types),
};
