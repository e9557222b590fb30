/* The provider of files on the machine that loam runs on. */
#include "local_provider.h"

static const ResourceType *const resources[] = {&local_file, &local_sensitive_file};
static const ResourceType *const data_sources[] = {&data_local_file, &data_local_sensitive_file};
static const ResourceType *const ephemerals[] = {&ephemeral_local_sensitive_file};

const Provider local_provider = {
    .name = "local",
    .address = "registry.terraform.io/hashicorp/local",
    .description = "Files on the machine that loam runs on.",
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
    PROVIDER_EPHEMERALS(ephemerals),
};
