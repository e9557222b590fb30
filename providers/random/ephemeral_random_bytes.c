/* ephemeral random_bytes: random bytes, new in every run and never stored. */
#include "random_octets.h"
#include "random_provider.h"

static const Attribute ephemeral_bytes_attributes[] = {RANDOM_OCTETS_ATTRIBUTES(0)};

static bool bytes_open(const Call *call, const OpenRequest *request, OpenResponse *response,
                       Diags *) {
    response->result = random_octets_draw(request->config, call->arena);
    return true;
}

const EphemeralType ephemeral_random_bytes = {
    .mode = MODE_EPHEMERAL,
    .name = "random_bytes",
    .schema = {SCHEMA_ATTRIBUTES(ephemeral_bytes_attributes),
               .description = "Random bytes, generated in every run and not stored."},
    .open = bytes_open,
};
