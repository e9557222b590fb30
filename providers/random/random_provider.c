/* random_provider: the provider of random values stored in the state. */
#include "random_provider.h"

static const ResourceType *const resources[] = {RANDOM_RESOURCES(PROVIDER_ROW)};
static const EphemeralType *const ephemerals[] = {RANDOM_EPHEMERALS(PROVIDER_ROW)};

bool random_update(const Call *, const ApplyRequest *request, ApplyResponse *response, Diags *) {
    response->state = request->planned;
    return true;
}

const Provider random_provider = {
    .name = "random",
    .address = "registry.terraform.io/hashicorp/random",
    .imitates = "3.9.0",
    .description = "Random values that are stored in the state.",
    PROVIDER_RESOURCES(resources),
    PROVIDER_EPHEMERALS(ephemerals),
};
