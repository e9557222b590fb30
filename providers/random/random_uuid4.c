/* random_uuid4: a version 4 UUID. */
#include "random_provider.h"
#include "random_uuid.h"
#include "uuid.h"

static const Attribute uuid4_attributes[] = {RANDOM_UUID_ATTRIBUTES};

static bool uuid4_uuid_create(const Call *call, const ApplyRequest *request,
                              ApplyResponse *response, Diags *) {
    response->state = random_uuid_describe(request->planned, uuid_v4(call->arena), call->arena);
    return true;
}

const ResourceType random_uuid4 = {
    .name = "random_uuid4",
    .schema = {SCHEMA_ATTRIBUTES(uuid4_attributes), .description = "A random UUID of version 4."},
    .effect = EFFECT_NONE,
    .create = uuid4_uuid_create,
    .update = random_update,
    .import = random_uuid_import,
    .import_id = "UUID",
};
