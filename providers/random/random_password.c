/* random_password: random characters as a sensitive value. */
#include "bcrypt.h"
#include "random_provider.h"
#include "random_text.h"
#include "upgrade_object.h"

/* clang-format off */
static const Attribute password_attributes[] = {
    RANDOM_TEXT_ATTRIBUTES,
    {"result", &TYPE_STRING, COMPUTED | SENSITIVE, "Password."},
    {"bcrypt_hash", &TYPE_STRING, COMPUTED | SENSITIVE, "bcrypt hash of the first 72 bytes, with cost 10."},
    {"id",     &TYPE_STRING, COMPUTED, "Always \"none\"."},
};
/* clang-format on */

static Value password_with_text(ObjectBuilder *builder, Str text, Arena *arena) {
    Str hash;
    object_builder_set(builder, "result", value_from_str(text));
    if (bcrypt_hash(text, BCRYPT_COST_USUAL, &hash, arena))
        object_builder_set(builder, "bcrypt_hash", value_from_str(hash));
    object_builder_set(builder, "id", value_from_str(STR("none")));
    return object_builder_value(builder);
}

static bool password_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *) {
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    response->state =
        password_with_text(&builder, random_text_draw(request->planned, call->arena), call->arena);
    return true;
}

/* The import ID is the password. */
static bool password_import(const Call *call, const ImportRequest *request,
                            ImportResponse *response, Diags *) {
    Str id = request->id;
    Value *state = &response->state;
    ObjectBuilder builder = object_builder_empty(&random_password.schema, call->arena);
    random_text_adopt(&builder, id);
    *state = password_with_text(&builder, str_clone(id, call->arena), call->arena);
    return true;
}

static bool password_upgrade(const Call *call, const UpgradeRequest *request,
                             UpgradeResponse *response, Diags *) {
    ObjectBuilder builder;
    Str hash;
    if (!upgrade_object_begin(call, request, &builder))
        return true;
    random_text_complete(&builder);
    Value result = object_builder_get(&builder, "result");
    bool lacks_hash = value_is_null(object_builder_get(&builder, "bcrypt_hash"));
    if (lacks_hash && value_is_present(result) &&
        bcrypt_hash(value_text(result), BCRYPT_COST_USUAL, &hash, call->arena))
        object_builder_set(&builder, "bcrypt_hash", value_from_str(hash));
    upgrade_object_end(call, &builder, response);
    return true;
}

const ResourceType random_password = {
    .name = "random_password",
    .schema = {SCHEMA_ATTRIBUTES(password_attributes), .version = 3,
               .description = "Random text, which is never shown."},
    .effect = EFFECT_NONE,
    .validate = random_text_validate,
    .plan = random_text_plan,
    .create = password_create,
    .update = random_update,
    .import = password_import,
    .import_id = "password",
    .upgrade = password_upgrade,
};
