/* random_uuid: a version 4 UUID. */
#include "digest.h"
#include "draft.h"
#include "random_provider.h"

/* clang-format off */
static const Attribute attributes[] = {
    {"keepers", &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW, "Any values; a change draws anew."},
    {"result",  &TYPE_STRING,        COMPUTED, "The UUID."},
    {"id",      &TYPE_STRING,        COMPUTED, "The UUID."},
};
/* clang-format on */

static Value with_uuid(Draft *draft, Str uuid) {
    draft_set(draft, "result", value_from_str(uuid));
    draft_set(draft, "id", value_from_str(uuid));
    return draft_value(draft);
}

static bool uuid_create(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags) {
    (void)diags;
    Draft draft = draft_of(request->planned, call->arena);
    response->state = with_uuid(&draft, digest_uuid4(call->arena));
    return true;
}

static bool is_uuid(Str text) {
    if (text.len != 36)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.ptr[i] != '-' : !isxdigit((unsigned char)text.ptr[i]))
            return false;
    }
    return true;
}

static bool uuid_import(const Call *call, Str id, Value *state, Diags *diags) {
    if (!is_uuid(id)) {
        diags_error(diags, NO_RANGE, "Invalid id for import", "\"%.*s\" is no UUID.", STR_ARG(id));
        return false;
    }
    Draft draft = draft_empty(&random_uuid.schema, call->arena);
    *state = with_uuid(&draft, str_clone(id, call->arena));
    return true;
}

const ResourceType random_uuid = {
    .name = "random_uuid",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .description = "A random UUID."},
    .effect = EFFECT_NONE,
    .create = uuid_create,
    .import = uuid_import,
};
