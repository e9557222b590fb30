/* archive_provider: the provider of archives. */
#include "archive_provider.h"

static const ResourceType *const resources[] = {ARCHIVE_RESOURCES(PROVIDER_ROW)};
static const DataSourceType *const data_sources[] = {ARCHIVE_DATA_SOURCES(PROVIDER_ROW)};

const Provider archive_provider = {
    .name = "archive",
    .address = "registry.terraform.io/hashicorp/archive",
    .imitates = "2.8.0",
    .description = "Reproducible archives of files.",
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
};
