/* fake_card: an object with an identity, whose plan stays valid for the apply; a list type finds
 * all of them.
 *
 * Orders: "warn a" adds a warning to the plan, "unsure a" plans an identity with an unknown value,
 * "quiet a" fails to describe it, "lose list" fails a search after its first card,
 * "stall a" fails in gitops. */
#include "fake_world.h"
#include "json.h"

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Its name."},
    {"size", &TYPE_NUMBER, OPTIONAL, "Any number."},
    {"kind", &TYPE_STRING, OPTIONAL | COMPUTED, "Any text."},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "Not shown."},
    {"token", &TYPE_STRING, OPTIONAL | WRITE_ONLY, "Not kept."},
    {"id", &TYPE_STRING, COMPUTED, "Chosen by the world."},
};

static const Attribute identity_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Its name."},
};

static const Schema identity = {SCHEMA_ATTRIBUTES(identity_attributes), .version = 3};

static bool is_ordered(const Call *call, const char *verb, Str name) {
    return fake_world_is_ordered(fake_world_of(call),
                                 str_format(call->arena, "%s %.*s", verb, STR_ARG(name)));
}

static void note(const Call *call, const char *verb, Str name) {
    FakeWorld *world = fake_world_of(call);
    pthread_mutex_lock(&world->mutex);
    strbuf_add_format(&world->diary, "%s %.*s\n", verb, STR_ARG(name));
    pthread_mutex_unlock(&world->mutex);
}

static Str name_of(Value object) {
    return object_text(object, "name", STR_EMPTY);
}

static Value identity_of(const Call *call, Value name) {
    ObjectBuilder builder = object_builder_null(schema_implied_type(&identity), call->arena);
    object_builder_set(&builder, "name", name);
    return object_builder_value(&builder);
}

static bool card_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags) {
    Str name = name_of(request->proposed);
    note(call, "plan", name);
    if (is_ordered(call, "warn", name))
        diags_warning(diags, NO_RANGE, "Odd name", "As ordered.");
    if (is_ordered(call, "unsure", name) || value_is_null(request->prior))
        response->identity = identity_of(call, value_unknown(&TYPE_STRING));
    return true;
}

static Value made(const Call *call, Value planned, Str id) {
    ObjectBuilder builder = object_builder_of(planned, call->arena);
    Value kind = object_attribute(planned, "kind");
    object_builder_set(&builder, "id", value_string(id, call->arena));
    if (!value_is_known(kind))
        object_builder_set(&builder, "kind", value_from_cstr("plain"));
    return object_builder_value(&builder);
}

static bool card_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *) {
    FakeWorld *world = fake_world_of(call);
    pthread_mutex_lock(&world->mutex);
    const FakeObject *object = fake_world_add(world, request->planned);
    pthread_mutex_unlock(&world->mutex);
    note(call, "create", object->name);
    response->state = made(call, request->planned, object->id);
    response->identity = identity_of(call, value_string(object->name, call->arena));
    return true;
}

static bool card_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *) {
    note(call, "update", name_of(request->planned));
    response->state = made(call, request->planned, object_text(request->prior, "id", STR_EMPTY));
    return true;
}

static bool card_generate(const Call *call, const GenerateConfigRequest *request,
                          GenerateConfigResponse *response, Diags *diags) {
    ObjectBuilder builder = object_builder_empty(&call->type->schema, call->arena);
    Str name = name_of(request->state);
    if (is_ordered(call, "quiet", name))
        return diags_fail(diags, NO_RANGE, "No description", "As ordered.");
    object_builder_set(&builder, "name", object_attribute(request->state, "name"));
    response->config = object_builder_value(&builder);
    return true;
}

/* The id is the name. */
static bool card_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                        Diags *) {
    ObjectBuilder builder = object_builder_empty(&call->type->schema, call->arena);
    object_builder_set(&builder, "name", value_string(request->id, call->arena));
    object_builder_set(&builder, "id", value_string(request->id, call->arena));
    response->state = object_builder_value(&builder);
    response->identity = identity_of(call, object_attribute(response->state, "name"));
    return true;
}

/* In version 2, "name" was "label"; earlier versions are rejected. */
static bool card_upgrade_identity(const Call *call, const UpgradeIdentityRequest *request,
                                  UpgradeIdentityResponse *response, Diags *diags) {
    Value stored;
    if (request->version < 2 || !json_parse_object(request->stored, &stored, call->arena))
        return diags_fail(diags, NO_RANGE, "Old identity", "It cannot be read.");
    response->identity = identity_of(call, object_attribute(stored, "label"));
    return true;
}

/* Two rows; the order "stall a" makes the call fail. */
static bool card_gitops(const Call *call, const GitopsRequest *request, GitopsResponse *response,
                        Diags *diags) {
    Str name = name_of(request->state);
    const Clock *clock = call->io->clock;
    bool has_deadline = call->deadline_ms > clock->monotonic_ms(clock->self);
    note(call, "gitops",
         str_format(call->arena, "%.*s %d%s%s", STR_ARG(name), request->action,
                    request->with_source ? " with source" : "", has_deadline ? " in time" : ""));
    GitopsRow first = {name, STR("True"), STR("r1"), STR("applied"), false};
    GitopsRow second = {STR("other"), STR("False"), STR_EMPTY, STR("waits"), true};
    vec_push(call->arena, &response->rows, first);
    vec_push(call->arena, &response->rows, second);
    return !is_ordered(call, "stall", name) ||
           diags_fail(diags, NO_RANGE, "Not reconciled", "As ordered.");
}

const ResourceType fake_card = {
    .name = "fake_card",
    .schema = {SCHEMA_ATTRIBUTES(attributes)},
    .identity = &identity,
    .recovery = RECOVERY_REPEATS,
    .plan_stays = true,
    .plan = card_plan,
    .create = card_create,
    .update = card_update,
    .import = card_import,
    .generate_config = card_generate,
    .upgrade_identity = card_upgrade_identity,
    .gitops = card_gitops,
};

static const Attribute list_attributes[] = {
    {"prefix", &TYPE_STRING, OPTIONAL, "Of the names."},
    {"suffix", &TYPE_STRING, OPTIONAL, "Not used."},
};

static Value listed_object(const Call *call, const FakeObject *object) {
    ObjectBuilder builder = object_builder_empty(&fake_card.schema, call->arena);
    object_builder_set(&builder, "name", value_string(object->name, call->arena));
    object_builder_set(&builder, "secret", value_from_cstr("hidden"));
    object_builder_set(&builder, "id", value_string(object->id, call->arena));
    return object_builder_value(&builder);
}

static bool card_list(const Call *call, const ListRequest *request, const ListSink *sink,
                      Diags *diags) {
    FakeWorld *world = fake_world_of(call);
    Str prefix = object_text(request->config, "prefix", STR_EMPTY);
    note(call, "list",
         str_format(call->arena, "%.*s %lld%s", STR_ARG(prefix), (long long)request->limit,
                    request->includes_objects ? " whole" : ""));
    if (str_equal(world->stops_at, STR("list")))
        cancel_raise(world->cancel, CANCEL_STOP);
    vec_each(&world->objects, object) {
        if (!str_starts_with((*object)->name, prefix))
            continue;
        ListedObject found = {
            .identity = identity_of(call, value_string((*object)->name, call->arena)),
            .display_name = str_format(call->arena, "Card %.*s", STR_ARG((*object)->name)),
        };
        if (request->includes_objects)
            found.object = listed_object(call, *object);
        if (!sink->add(sink->payload, &found))
            return true;
        if (is_ordered(call, "lose", STR("list")))
            return diags_fail(diags, NO_RANGE, "Search failed", "As ordered.");
    }
    return true;
}

static bool list_validate(const Call *, const ValidateRequest *request, Diags *diags) {
    return !str_equal(object_text(request->config, "prefix", STR_EMPTY), STR("odd")) ||
           diags_fail(diags, NO_RANGE, "Odd prefix", "As written.");
}

const ListType fake_cards = {
    .mode = MODE_LIST,
    .name = "fake_card",
    .schema = {SCHEMA_ATTRIBUTES(list_attributes)},
    .validate = list_validate,
    .list = card_list,
};
