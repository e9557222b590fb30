/* random_string: random characters that are not secret. */
#include "random_provider.h"
#include "random_text.h"
#include "upgrade_object.h"

static const Attribute string_attributes[] = {
    RANDOM_TEXT_ATTRIBUTES,
    {"result", &TYPE_STRING, COMPUTED, "Text."},
    {"id", &TYPE_STRING, COMPUTED, "Text."},
};

static Value random_string_with_text(ObjectBuilder *builder, Str text) {
    object_builder_set(builder, "result", value_from_str(text));
    object_builder_set(builder, "id", value_from_str(text));
    return object_builder_value(builder);
}

static bool string_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *) {
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    response->state =
        random_string_with_text(&builder, random_text_draw(request->planned, call->arena));
    return true;
}

static bool string_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                          Diags *) {
    Str id = request->id;
    Value *state = &response->state;
    ObjectBuilder builder = object_builder_empty(&random_string.schema, call->arena);
    random_text_adopt(&builder, id);
    *state = random_string_with_text(&builder, str_clone(id, call->arena));
    return true;
}

static bool string_upgrade(const Call *call, const UpgradeRequest *request,
                           UpgradeResponse *response, Diags *) {
    ObjectBuilder builder;
    if (!upgrade_object_begin(call, request, &builder))
        return true;
    random_text_complete(&builder);
    upgrade_object_end(call, &builder, response);
    return true;
}

const ResourceType random_string = {
    .name = "random_string",
    .schema = {SCHEMA_ATTRIBUTES(string_attributes), .version = 2,
               .description = "Random text that is not secret."},
    .effect = EFFECT_NONE,
    .validate = random_text_validate,
    .plan = random_text_plan,
    .create = string_create,
    .update = random_update,
    .import = string_import,
    .import_id = "text",
    .upgrade = string_upgrade,
};
