#include "archive_provider.h"

static const ObjectType *const types[] = {ARCHIVE_TYPES(PROVIDER_ROW)};

const Provider archive_provider = {
    .name = "archive",
    .address = "registry.terraform.io/hashicorp/archive",
    .imitates = "2.8.0",
    .description = "Reproducible archives of files.",
    PROVIDER_TYPES(types),
};
