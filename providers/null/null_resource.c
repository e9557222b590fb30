/* null_resource: has no effect; its replacement can trigger provisioners and other replacements. */
#include "map_change.h"
#include "null_provider.h"
#include "object_builder.h"

/* clang-format off */
static const Attribute null_resource_attributes[] = {
    {"triggers", &TYPE_MAP_OF_STRING, OPTIONAL | ANY_TEXT, "Any values; a change replaces the object and runs its provisioners again.", .forces_new = map_change_forces_new},
    {"id",       &TYPE_STRING,        COMPUTED, "Random number."},
};
/* clang-format on */

static bool resource_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *) {
    response->state = object_with(request->planned, "id",
                                  value_from_str(null_random_text(call->arena)), call->arena);
    return true;
}

static bool resource_update(const Call *, const ApplyRequest *request, ApplyResponse *response,
                            Diags *) {
    response->state = request->planned;
    return true;
}

const ResourceType null_resource = {
    .name = "null_resource",
    .schema = {SCHEMA_ATTRIBUTES(null_resource_attributes),
               .description = "An object without effect, for provisioners and replacements."},
    .effect = EFFECT_NONE,
    .create = resource_create,
    .update = resource_update,
};
