/* The provider of values drawn once and kept in the state. */
#include "random_provider.h"

static const ResourceType *const resources[] = {
    &random_bytes,   &random_id,     &random_integer, &random_password, &random_pet,
    &random_shuffle, &random_string, &random_uuid,    &random_uuid4,    &random_uuid7,
};
static const EphemeralType *const ephemerals[] = {
    &ephemeral_random_bytes,
    &ephemeral_random_password,
};

bool random_update(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags) {
    (void)call;
    (void)diags;
    response->state = request->planned;
    return true;
}

const Provider random_provider = {
    .name = "random",
    .address = "registry.terraform.io/hashicorp/random",
    .imitates = "3.9.0",
    .description = "Values drawn once and kept in the state.",
    PROVIDER_RESOURCES(resources),
    PROVIDER_EPHEMERALS(ephemerals),
};
