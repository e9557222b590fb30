#include "random_provider.h"

static const ObjectType *const types[] = {RANDOM_TYPES(PROVIDER_ROW)};

bool random_update(const Call *, const ApplyRequest *request, ApplyResponse *response, Diags *) {
    response->state = request->planned;
    return true;
}

const Provider random_provider = {
    .name = "random",
    .address = "registry.terraform.io/hashicorp/random",
    .imitates = "3.9.0",
    .description = "Random values that are stored in the state.",
    PROVIDER_TYPES(types),
};
