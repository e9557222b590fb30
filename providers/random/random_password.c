/* random_password: text of random characters that is never shown. */
#include "bcrypt.h"
#include "random_provider.h"
#include "random_text.h"

/* clang-format off */
static const Attribute attributes[] = {
    RANDOM_TEXT_ATTRIBUTES,
    {"result", &TYPE_STRING, COMPUTED | SENSITIVE, "The password."},
    {"bcrypt_hash", &TYPE_STRING, COMPUTED | SENSITIVE, "Its bcrypt hash, of cost 10: of the first 72 bytes."},
    {"id",     &TYPE_STRING, COMPUTED, "Always \"none\"."},
};
/* clang-format on */

static Value with_text(Draft *draft, Str text, Arena *arena) {
    Str hash;
    draft_set(draft, "result", value_from_str(text));
    if (bcrypt_hash(text, BCRYPT_COST_USUAL, &hash, arena))
        draft_set(draft, "bcrypt_hash", value_from_str(hash));
    draft_set(draft, "id", value_from_str(STR("none")));
    return draft_value(draft);
}

static bool password_create(const Call *call,
                            const ApplyRequest *request,
                            ApplyResponse *response,
                            Diags *diags) {
    (void)diags;
    Draft draft = draft_of(request->planned, call->arena);
    response->state =
        with_text(&draft, random_text_draw(request->planned, call->arena), call->arena);
    return true;
}

/* The id is the password itself. */
static bool password_import(const Call *call, Str id, Value *state, Diags *diags) {
    (void)diags;
    Draft draft = draft_empty(&random_password.schema, call->arena);
    random_text_adopt(&draft, id);
    *state = with_text(&draft, str_clone(id, call->arena), call->arena);
    return true;
}

const ResourceType random_password = {
    .name = "random_password",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .version = 3,
               .description = "Random text that is never shown."},
    .effect = EFFECT_NONE,
    .validate = random_text_validate,
    .plan = random_text_plan,
    .create = password_create,
    .import = password_import,
};
