/* random_bytes: random bytes as sensitive values. */
#include "base64.h"
#include "object_builder.h"
#include "random_octets.h"
#include "random_provider.h"

static const Attribute bytes_attributes[] = {
    {"keepers", &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT,
     "Any values; a change generates new bytes."},
    RANDOM_OCTETS_ATTRIBUTES(FORCES_NEW),
};

static bool bytes_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *) {
    response->state = random_octets_draw(request->planned, call->arena);
    return true;
}

/* The import ID is the bytes in base64. */
static bool bytes_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                         Diags *diags) {
    Str bytes;
    if (!base64_decode(request->id, &bytes, call->arena) || bytes.len == 0)
        return diags_fail(
            diags, NO_RANGE, "Invalid import ID",
            "The ID must be the bytes in base64. It is not shown here, because it is secret.");
    ObjectBuilder builder = object_builder_empty(&random_bytes.schema, call->arena);
    object_builder_set(&builder, "length", value_int((int64_t)bytes.len));
    response->state = random_octets_describe(&builder, bytes, call->arena);
    return true;
}

const ResourceType random_bytes = {
    .name = "random_bytes",
    .schema = {SCHEMA_ATTRIBUTES(bytes_attributes),
               .description = "Random bytes, which are never shown."},
    .effect = EFFECT_NONE,
    .create = bytes_create,
    .import = bytes_import,
    .import_id = "bytes in base64",
};
