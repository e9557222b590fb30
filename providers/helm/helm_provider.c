#include "helm_provider.h"

static const ObjectType *const provider_types[] = {HELM_TYPES(PROVIDER_ROW)};

const Provider helm_provider = {
    .name = "helm",
    .address = "loam.internal/builtin/helm",
    .description = "Objects of local charts, rendered by the program helm.",
    .schema.foreign = &hashicorp_helm_arguments,
    .twin = &hashicorp_helm,
    PROVIDER_TYPES(provider_types),
};
