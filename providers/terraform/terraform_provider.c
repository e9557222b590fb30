#include "terraform_provider.h"

static const ObjectType *const types[] = {TERRAFORM_TYPES(PROVIDER_ROW)};

/* Sets the client to the ciphers that decrypt stored states. */
static bool terraform_provider_configure(const Call *, const ConfigureRequest *request,
                                         ConfigureResponse *response, Diags *) {
    response->client = (void *)(uintptr_t)request->context;
    return true;
}

const Provider terraform_provider = {
    .name = "terraform",
    .address = "terraform.io/builtin/terraform",
    .description = "Values in the state, and outputs of other states.",
    .configure = terraform_provider_configure,
    PROVIDER_TYPES(types),
};
