/* fake_vault: keeps private data that grows by a letter with each call, which shows the calls that
 * passed it on; plans its deletions. In its schema version 0 "name" was "label"; an older
 * "title" is rejected.
 *
 * Orders. In the plan, "keep a" and "refuse a" fail, "blame a" fails with the names of the others,
 * "survey a" notes the others and those that it depends on, and "revive a" keeps the object in a
 * planned deletion. In a read, "hide a" fails, "touch a" changes the private data, "gone a" finds
 * nothing, "edit a" finds the size 99 and who set it, and "compare a" notes the configured size.
 * "half a" fails in the deletion, "lose create a" and "lose delete a" are calls without a reply,
 * and "unfound a" fails in the recovery. "defer read a", "defer plan a", "defer delete a" and
 * "defer import a" defer these calls. */
#include "bundle.h"
#include "fake_world.h"

static const Attribute disk_attributes[] = {
    {"size", &TYPE_NUMBER, OPTIONAL, "Its size."},
};

static const Attribute port_attributes[] = {
    {"text", &TYPE_STRING, OPTIONAL, "Any text."},
    {"pin", &TYPE_STRING, OPTIONAL | WRITE_ONLY, "Not kept."},
};

static const Block blocks[] = {
    {.name = "port", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(port_attributes)}},
};

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Its name."},
    {"zone", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Where it is."},
    {"size", &TYPE_NUMBER, OPTIONAL, "Any number."},
    {"cluster", &TYPE_STRING, OPTIONAL, "The vault that all of the cluster needs."},
    {"host", &TYPE_STRING, OPTIONAL, "The vault that it is in."},
    {"badge", &TYPE_STRING, OPTIONAL, "Differs within a zone."},
    {"disk", NULL, OPTIONAL, "Disks.", NESTED(NEST_LIST, disk_attributes)},
    {"group", &TYPE_STRING, OPTIONAL, "As in fake_thing."},
    {"id", &TYPE_STRING, COMPUTED, "Its name."},
};

static Str grown(const Call *call, Str private_data, const char *letter) {
    return str_format(call->arena, "%.*s%s", STR_ARG(private_data), letter);
}

/* "create a crp" */
static void note(const Call *call, const char *verb, Value object, Str private_data) {
    FakeWorld *world = fake_world_of(call);
    bool has_cluster =
        call_deletes(call, "fake_vault", "name", object_text(object, "cluster", STR_EMPTY));
    pthread_mutex_lock(&world->mutex);
    strbuf_add_format(&world->diary, "%s %.*s %.*s%s\n", verb,
                      STR_ARG(object_text(object, "name", STR_EMPTY)), STR_ARG(private_data),
                      has_cluster ? " with its cluster" : "");
    pthread_mutex_unlock(&world->mutex);
}

/* An error with the names of the others. */
static bool blame(const Call *call, Diags *diags) {
    StrBuf names = strbuf_new(call->arena);
    FoundObjects others = call_find_objects(call, "fake_vault");
    vec_each(&others, other)
        strbuf_add_format(&names, " %.*s", STR_ARG(object_text(other->object, "name", STR_EMPTY)));
    return diags_fail(diags, NO_RANGE, "Others", "As ordered:%.*s.", STR_ARG(strbuf_str(&names)));
}

/* "delete b crp\nb is lost with its host, among a c\n" */
static void note_others(const Call *call, Value object) {
    FakeWorld *world = fake_world_of(call);
    Str host = object_text(object, "host", STR_EMPTY);
    if (!host.len)
        return;
    FoundObjects others = call_find_objects(call, "fake_vault");
    pthread_mutex_lock(&world->mutex);
    strbuf_add_format(&world->diary, "%.*s%s, among",
                      STR_ARG(object_text(object, "name", STR_EMPTY)),
                      call_loses(call, host) ? " is lost with its host" : "");
    vec_each(&others, other)
        strbuf_add_format(&world->diary, " %.*s",
                          STR_ARG(object_text(other->object, "name", STR_EMPTY)));
    strbuf_add_char(&world->diary, '\n');
    pthread_mutex_unlock(&world->mutex);
}

/* "b depends on a:2\n": names and sizes as planned */
static void note_planned(const Call *call, Value object) {
    FakeWorld *world = fake_world_of(call);
    FoundObjects found = call_find_planned(call, "fake_vault");
    if (!found.count)
        return;
    pthread_mutex_lock(&world->mutex);
    strbuf_add_format(&world->diary, "%.*s depends on",
                      STR_ARG(object_text(object, "name", STR_EMPTY)));
    vec_each(&found, one)
        strbuf_add_format(&world->diary, " %.*s:%lld",
                          STR_ARG(object_text(one->object, "name", STR_EMPTY)),
                          (long long)object_int(one->object, "size", 0));
    strbuf_add_char(&world->diary, '\n');
    pthread_mutex_unlock(&world->mutex);
}

/* "b will lose its host\n" */
static void note_host(const Call *call, Value object) {
    FakeWorld *world = fake_world_of(call);
    Str host = object_text(object, "host", STR_EMPTY);
    if (!host.len)
        return;
    bool loses = call_loses(call, host), awaits = call_makes_machine(call);
    pthread_mutex_lock(&world->mutex);
    if (call->is_planning && (loses || awaits))
        strbuf_add_format(&world->diary, "%.*s will%s%s its host\n",
                          STR_ARG(object_text(object, "name", STR_EMPTY)), loses ? " lose" : "",
                          awaits ? " get" : "");
    pthread_mutex_unlock(&world->mutex);
}

static const UniqueRule unique[] = {{"badge", {"zone", "badge"}}};

static bool is_ordered(const Call *call, const char *verb, Value object) {
    Str name = object_text(object, "name", STR_EMPTY);
    return fake_world_is_ordered(fake_world_of(call),
                                 str_format(call->arena, "%s %.*s", verb, STR_ARG(name)));
}

static bool vault_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                       Diags *diags) {
    bool deletes = value_is_null(request->proposed);
    Value object = deletes ? request->prior : request->proposed;
    note(call, deletes ? "plan to delete" : "plan", object, request->private_data);
    response->private_data = grown(call, request->private_data, deletes ? "D" : "p");
    if (!deletes)
        note_host(call, object);
    if (is_ordered(call, "survey", object)) {
        note_others(call, object);
        note_planned(call, object);
    }
    if (is_ordered(call, "blame", object))
        return blame(call, diags);
    if (is_ordered(call, deletes ? "defer delete" : "defer plan", object))
        response->deferral = DEFERRAL_RESOURCE_CONFIG;
    if (deletes && is_ordered(call, "keep", object)) {
        diags_error(diags, NO_RANGE, "Still in use", "As ordered.");
        return false;
    }
    if (deletes && is_ordered(call, "revive", object))
        response->planned = request->prior;
    if (!deletes && is_ordered(call, "refuse", object)) {
        diags_error(diags, NO_RANGE, "Bad disk", "As ordered.")->path = STR(".disk[1].size");
        diags_error(diags, NO_RANGE, "Bad name", "As ordered.")->path = STR(".name");
        return false;
    }
    return true;
}

static Value with_id(const Call *call, Value planned) {
    ObjectBuilder builder = object_builder_of(planned, call->arena);
    object_builder_set(&builder, "id", object_attribute(planned, "name"));
    return object_builder_value(&builder);
}

static bool lose_reply(bool *in_doubt, Diags *diags) {
    *in_doubt = true;
    diags_error(diags, NO_RANGE, "Reply lost", "As ordered.");
    return false;
}

static bool vault_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    note(call, "create", request->planned, request->private_data);
    if (is_ordered(call, "lose create", request->planned))
        return lose_reply(&response->in_doubt, diags);
    fake_world_work(call, request->planned);
    response->state = with_id(call, request->planned);
    response->private_data = grown(call, request->private_data, "c");
    return true;
}

static bool vault_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *) {
    note(call, "update", request->planned, request->private_data);
    fake_world_work(call, request->planned);
    response->state = with_id(call, request->planned);
    response->private_data = grown(call, request->private_data, "u");
    return true;
}

/* With the order "half a", it leaves an object of size 0. */
static bool vault_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                         Diags *diags) {
    note(call, "delete", request->prior, request->private_data);
    note_others(call, request->prior);
    if (is_ordered(call, "lose delete", request->prior))
        return lose_reply(&response->in_doubt, diags);
    if (!is_ordered(call, "half", request->prior))
        return true;
    ObjectBuilder builder = object_builder_of(request->prior, call->arena);
    object_builder_set(&builder, "size", value_int(0));
    response->state = object_builder_value(&builder);
    response->private_data = grown(call, request->private_data, "h");
    diags_error(diags, NO_RANGE, "Half deleted", "As ordered.");
    return false;
}

/* Another program has set the size. */
static void edit(const Call *call, Value object, ReadResponse *response) {
    FieldChange change = {
        .path = path_attribute((Path){0}, STR("size"), call->arena),
        .manager = STR("editor (Update)"),
        .since = STR("2026-01-02T03:04:05Z"),
        .is_foreign = true,
    };
    ObjectBuilder builder = object_builder_of(object, call->arena);
    object_builder_set(&builder, "size", value_int(99));
    response->state = object_builder_value(&builder);
    vec_push(call->arena, &response->changes, change);
}

/* "configured 2\n"; "configured null\n" without a configuration */
static void note_configured(const Call *call, Value config) {
    FakeWorld *world = fake_world_of(call);
    Value size = value_is_present(config) ? object_attribute(config, "size") : config;
    pthread_mutex_lock(&world->mutex);
    strbuf_add_format(&world->diary, "configured %.*s\n",
                      STR_ARG(value_display(size, 0, call->arena)));
    pthread_mutex_unlock(&world->mutex);
}

static bool vault_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                       Diags *diags) {
    note(call, "read", request->state, request->private_data);
    if (is_ordered(call, "hide", request->state))
        return diags_fail(diags, NO_RANGE, "Not readable", "As ordered.");
    if (is_ordered(call, "gone", request->state))
        response->state = value_null(request->state.type);
    if (is_ordered(call, "touch", request->state))
        response->private_data = grown(call, request->private_data, "r");
    if (is_ordered(call, "defer read", request->state))
        response->deferral = DEFERRAL_PROVIDER_CONFIG;
    if (is_ordered(call, "compare", request->state))
        note_configured(call, request->configured(request->payload));
    if (is_ordered(call, "edit", request->state))
        edit(call, request->state, response);
    return true;
}

static bool vault_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                         Diags *diags) {
    if (str_equal(request->id, STR("nonsense"))) {
        diags_error(diags, NO_RANGE, "Bad id", "The id is nonsense.");
        return false;
    }
    ObjectBuilder builder = object_builder_empty(&call->type->schema, call->arena);
    object_builder_set(&builder, "name", value_string(request->id, call->arena));
    object_builder_set(&builder, "id", value_string(request->id, call->arena));
    response->state = object_builder_value(&builder);
    response->private_data = STR("i");
    if (is_ordered(call, "defer import", response->state))
        response->deferral = DEFERRAL_PROVIDER_CONFIG;
    return true;
}

static bool vault_upgrade(const Call *call, const UpgradeRequest *request,
                          UpgradeResponse *response, Diags *diags) {
    static const Str old = STR_CONST("\"label\":");
    size_t at = str_find(request->stored, old, 0);
    if (str_find(request->stored, STR("\"title\":"), 0) != SIZE_MAX)
        return diags_fail(diags, NO_RANGE, "Too old", "It has a title.");
    if (request->version > 0 || at == SIZE_MAX)
        return true;
    response->upgraded =
        str_format(call->arena, "%.*s\"name\":%.*s", STR_ARG(str_slice(request->stored, 0, at)),
                   STR_ARG(str_after(request->stored, at + old.len)));
    return true;
}

static bool vault_recover(const Call *call, const RecoverRequest *request,
                          RecoverResponse *response, Diags *diags) {
    if (!bundle_check_recovery(request, diags))
        return false;
    static const char *const kinds[] = {"without response", "unsent", "rejected", "responded"};
    note(call, "recover", request->planned, request->private_data);
    note(call, kinds[request->response_kind], request->planned, request->response);
    if (is_ordered(call, "unfound", request->planned))
        return diags_fail(diags, NO_RANGE, "No reply", "As ordered.");
    response->outcome = fake_world_of(call)->recovery;
    if (response->outcome == RECOVER_ABSENT)
        return true;
    response->state = with_id(call, request->planned);
    response->private_data = grown(call, request->private_data, "v");
    return true;
}

const ResourceType fake_vault = {
    .name = "fake_vault",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), .version = 1},
    .recovery = RECOVERY_FINDS,
    .unique = unique,
    .unique_count = ARRAY_COUNT(unique),
    .plans_destroy = true,
    .plan = vault_plan,
    .create = vault_create,
    .update = vault_update,
    .delete = vault_delete,
    .read = vault_read,
    .import = vault_import,
    .upgrade = vault_upgrade,
    .recover = vault_recover,
    .limits = fake_world_limits,
};
