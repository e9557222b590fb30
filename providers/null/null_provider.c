/* The provider of objects that do nothing. */
#include "null_provider.h"

#include "digest.h"

static const ResourceType *const resources[] = {&null_resource};
static const DataSourceType *const data_sources[] = {&data_null_data_source};

Str null_random_text(Arena *arena) {
    uint64_t number;
    digest_random(&number, sizeof number);
    return str_format(arena, "%llu", (unsigned long long)(number >> 1));
}

const Provider null_provider = {
    .name = "null",
    .address = "registry.terraform.io/hashicorp/null",
    .imitates = "3.3.1",
    .description = "Objects that do nothing, to hang provisioners and triggers on.",
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
};
