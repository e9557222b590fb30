#include "random_uuid.h"

#include "random_provider.h"
#include "utf8.h"
#include "uuid.h"

static const Attribute uuid_attributes[] = {RANDOM_UUID_ATTRIBUTES};

static Value random_uuid_with_uuid(ObjectBuilder *builder, Str uuid) {
    object_builder_set(builder, "result", value_from_str(uuid));
    object_builder_set(builder, "id", value_from_str(uuid));
    return object_builder_value(builder);
}

Value random_uuid_describe(Value planned, Str uuid, Arena *arena) {
    ObjectBuilder builder = object_builder_of(planned, arena);
    return random_uuid_with_uuid(&builder, uuid);
}

static bool random_uuid_create(const Call *call, const ApplyRequest *request,
                               ApplyResponse *response, Diags *) {
    response->state = random_uuid_describe(request->planned, uuid_v4(call->arena), call->arena);
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

bool random_uuid_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                        Diags *diags) {
    Str id = request->id;
    if (!is_uuid(id))
        return diags_fail(diags, NO_RANGE, "Invalid import ID", "\"%.*s\" is not a UUID.",
                          STR_ARG(id));
    ObjectBuilder builder = object_builder_empty(&call->type->schema, call->arena);
    response->state = random_uuid_with_uuid(&builder, utf8_lower(id, call->arena));
    return true;
}

const ResourceType random_uuid = {
    .name = "random_uuid",
    .schema = {SCHEMA_ATTRIBUTES(uuid_attributes), .description = "A random UUID."},
    .effect = EFFECT_NONE,
    .create = random_uuid_create,
    .update = random_update,
    .import = random_uuid_import,
    .import_id = "UUID",
};
