/* random_string: text of random characters that is no secret. */
#include "random_provider.h"
#include "random_text.h"

/* clang-format off */
static const Attribute attributes[] = {
    RANDOM_TEXT_ATTRIBUTES,
    {"result", &TYPE_STRING, COMPUTED, "The text."},
    {"id",     &TYPE_STRING, COMPUTED, "The text."},
};
/* clang-format on */

static Value with_text(Draft *draft, Str text) {
    draft_set(draft, "result", value_from_str(text));
    draft_set(draft, "id", value_from_str(text));
    return draft_value(draft);
}

static bool string_create(const Call *call,
                          const ApplyRequest *request,
                          ApplyResponse *response,
                          Diags *diags) {
    (void)diags;
    Draft draft = draft_of(request->planned, call->arena);
    response->state = with_text(&draft, random_text_draw(request->planned, call->arena));
    return true;
}

static bool string_import(const Call *call, Str id, Value *state, Diags *diags) {
    (void)diags;
    Draft draft = draft_empty(&random_string.schema, call->arena);
    random_text_adopt(&draft, id);
    *state = with_text(&draft, str_clone(id, call->arena));
    return true;
}

const ResourceType random_string = {
    .name = "random_string",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .version = 2,
               .description = "Random text that is no secret."},
    .effect = EFFECT_NONE,
    .validate = random_text_validate,
    .plan = random_text_plan,
    .create = string_create,
    .import = string_import,
};
