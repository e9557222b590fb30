/* terraform_data: `output` follows `input`; `id` stays until `triggers_replace` changes. The block
 * `store` is in terraform_data_store.c. */
#include "json.h"
#include "object_builder.h"
#include "path_error.h"
#include "terraform_data_store.h"
#include "terraform_provider.h"
#include "uuid.h"

static const Attribute data_attributes[] = {
    {"input", &TYPE_DYNAMIC, OPTIONAL, "Any value to store in the state."},
    {"output", &TYPE_DYNAMIC, COMPUTED, "Value of input, known after apply."},
    {"triggers_replace", &TYPE_DYNAMIC, OPTIONAL | FORCES_NEW,
     "Any value; a change replaces the instance."},
    {"id", &TYPE_STRING, COMPUTED, "UUID, generated at creation."},
};

static const Block blocks[] = {
    {.name = "store",
     .nesting = NEST_SINGLE,
     .since = "Terraform 1.16",
     .schema = {SCHEMA_ATTRIBUTES(terraform_data_store_attributes),
                .description = "A value that may be ephemeral, and how it is stored."}},
};

/* Returns an unknown value with the type of the input; null for a new object without input. */
static Value pending_output(Value input, bool is_new) {
    if (is_new && value_is_null(input))
        return input;
    return value_unknown(input.type);
}

/* The attributes are dynamic, so the object's type is derived from their values. */
static Value finish_object(const ObjectBuilder *builder, Arena *arena) {
    return value_with_items(object_builder_value(builder), builder->items, arena);
}

static bool data_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags) {
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    Value input = object_attribute(request->proposed, "input");
    bool is_new = value_is_null(request->prior) ||
                  !value_equal(object_attribute(request->proposed, "triggers_replace"),
                               object_attribute(request->prior, "triggers_replace"));
    StorePlan store = {.config = object_attribute(request->config, "store"),
                       .proposed = object_attribute(request->proposed, "store")};
    if (!is_new)
        store.prior = object_attribute(request->prior, "store");
    if (!terraform_data_store_plan(call, &store, diags))
        return false;
    object_builder_set(&builder, "store", store.planned);
    if (store.replaces)
        vec_push(call->arena, &response->requires_replace, PATH_AT(call, {"store"}, {"input"}));
    if (is_new || store.replaces) {
        Refinement refinement = {.not_null = true, .length_max = UINT32_MAX};
        object_builder_set(&builder, "id",
                           value_unknown_refined(&TYPE_STRING, refinement, call->arena));
    }
    if (is_new || !value_equal(input, object_attribute(request->prior, "input")))
        object_builder_set(&builder, "output", pending_output(input, is_new));
    response->planned = finish_object(&builder, call->arena);
    return true;
}

/* For create and update: sets the attributes that the plan left unknown. */
static bool data_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                       Diags *) {
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    if (!value_is_known(object_builder_get(&builder, "id"))) {
        object_builder_set(&builder, "id", value_from_str(uuid_v4(call->arena)));
    }
    if (!value_is_known(object_builder_get(&builder, "output"))) {
        object_builder_set(&builder, "output", object_builder_get(&builder, "input"));
    }
    object_builder_set(&builder, "store",
                       terraform_data_store_apply(object_builder_get(&builder, "store"),
                                                  object_attribute(request->config, "store"),
                                                  call->arena));
    response->state = finish_object(&builder, call->arena);
    return true;
}

static bool data_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                        Diags *) {
    Str id = request->id;
    Value *state = &response->state;
    ObjectBuilder builder = object_builder_empty(&terraform_data.schema, call->arena);
    object_builder_set_text(&builder, "id", id, call->arena);
    *state = object_builder_value(&builder);
    return true;
}

/* A null_resource has an id, and triggers: texts by name. */
static bool data_move(const Call *call, const MoveRequest *request, MoveResponse *response,
                      Diags *diags) {
    const char *error;
    size_t offset;
    Value stored;
    StrBuf text = strbuf_new(call->arena);
    JsonWriter writer;
    if (!str_equal(request->source_type, STR("null_resource")) ||
        !str_ends_with(request->source_provider, STR("/hashicorp/null")))
        return path_error(call, NO_PATH, diags, "Resource type mismatch",
                          "terraform_data can adopt objects of the type null_resource of "
                          "hashicorp/null alone, but this one is a %.*s of %.*s.",
                          STR_ARG(request->source_type), STR_ARG(request->source_provider));
    if (!json_parse_any(request->stored, &stored, &error, &offset, call->arena))
        return path_error(call, NO_PATH, diags, "Object not readable",
                          "The null_resource in the state is no JSON: %s.", error);
    ObjectBuilder builder = object_builder_empty(&terraform_data.schema, call->arena);
    object_builder_set(&builder, "id", object_attribute(stored, "id"));
    if (object_has(stored, "triggers"))
        object_builder_set(&builder, "triggers_replace", object_attribute(stored, "triggers"));
    json_writer_init(&writer, &text, 0);
    const Type *type = schema_implied_type(&terraform_data.schema);
    Value moved = schema_omit_newer(&terraform_data.schema, finish_object(&builder, call->arena),
                                    &type, call->arena);
    json_write_typed(&writer, moved, type);
    response->moved = strbuf_str(&text);
    return true;
}

const ResourceType terraform_data = {
    .name = "terraform_data",
    .schema =
        {
            SCHEMA_ATTRIBUTES(data_attributes),
            SCHEMA_BLOCKS(blocks),
            .description = "Stores a value in the state, and can trigger replacements.",
        },
    .effect = EFFECT_NONE,
    .plan = data_plan,
    .create = data_apply,
    .update = data_apply,
    .import = data_import,
    .import_id = "id of the object: any text",
    .move = data_move,
};
