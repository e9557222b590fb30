#include "http_provider.h"

static const ObjectType *const types[] = {HTTP_TYPES(PROVIDER_ROW)};

const Provider http_provider = {
    .name = "http",
    .address = "registry.terraform.io/hashicorp/http",
    .imitates = "3.6.0",
    .description = "Responses to HTTP requests.",
    PROVIDER_TYPES(types),
};
