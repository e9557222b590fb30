/* terraform_data: `output` follows `input`, `id` stays until `triggers_replace` changes. */
#include "digest.h"
#include "draft.h"
#include "terraform_provider.h"

static const Attribute attributes[] = {
    {"input",            &TYPE_DYNAMIC, OPTIONAL,              "Any value, kept in the state."         },
    {"output",           &TYPE_DYNAMIC, COMPUTED,              "The value of input, known after apply."},
    {"triggers_replace", &TYPE_DYNAMIC, OPTIONAL | FORCES_NEW,
     "A change of this value makes a new instance."                                                    },
    {"id",               &TYPE_STRING,  COMPUTED,              "A UUID chosen at creation."            },
};

/* The type of a null or known input is that of the output to come. */
static Value pending_output(Value input, bool is_new) {
    if (is_new && value_is_null(input))
        return input;
    return value_unknown(input.type);
}

/* Attributes that may hold anything: the type of the whole follows from what they hold. */
static Value settle(const Draft *draft, Arena *arena) {
    return value_with_items(draft_value(draft), draft->items, arena);
}

static bool data_plan(const Call *call,
                      const PlanRequest *request,
                      PlanResponse *response,
                      Diags *diags) {
    (void)diags;
    Draft draft = draft_of(response->planned, call->arena);
    Value input = draft_attribute(request->proposed, "input");
    bool is_new = value_is_null(request->prior) ||
                  !value_equal(draft_attribute(request->proposed, "triggers_replace"),
                               draft_attribute(request->prior, "triggers_replace"));
    if (is_new) {
        Refinement refinement = {.not_null = true, .length_max = UINT32_MAX};
        draft_set(&draft, "id", value_unknown_refined(&TYPE_STRING, refinement, call->arena));
        draft_set(&draft, "output", pending_output(input, is_new));
    } else if (!value_equal(input, draft_attribute(request->prior, "input"))) {
        draft_set(&draft, "output", pending_output(input, is_new));
    }
    response->planned = settle(&draft, call->arena);
    return true;
}

/* Creates and updates: what the plan left unknown is filled in. */
static bool data_apply(const Call *call,
                       const ApplyRequest *request,
                       ApplyResponse *response,
                       Diags *diags) {
    (void)diags;
    Draft draft = draft_of(request->planned, call->arena);
    if (!value_is_known(draft_get(&draft, "id"))) {
        draft_set(&draft, "id", value_from_str(digest_uuid4(call->arena)));
    }
    if (!value_is_known(draft_get(&draft, "output"))) {
        draft_set(&draft, "output", draft_get(&draft, "input"));
    }
    response->state = settle(&draft, call->arena);
    return true;
}

static bool data_import(const Call *call, Str id, Value *state, Diags *diags) {
    (void)diags;
    Draft draft = draft_empty(&terraform_data.schema, call->arena);
    draft_set_text(&draft, "id", id, call->arena);
    *state = draft_value(&draft);
    return true;
}

const ResourceType terraform_data = {
    .name = "terraform_data",
    .schema =
        {
                 SCHEMA_ATTRIBUTES(attributes),
                 .description =
                "Keeps a value in the state; other things can be tied to its replacement.", },
    .effect = EFFECT_NONE,
    .is_judged_whole = true,
    .plan = data_plan,
    .create = data_apply,
    .update = data_apply,
    .import = data_import,
};
