/* The calls of the fake provider. */
#include "fake_provider.h"
#include "bundle.h"
#include "fake_world.h"
#include "object_builder.h"

#include <unistd.h>

static FakeWorld *world_of(const Call *call) {
    return (FakeWorld *)(uintptr_t)call->io;
}

void fake_world_open(FakeWorld *world, Arena *arena) {
    *world = (FakeWorld){.io = io_real(), .arena = arena, .diary = strbuf_new(arena)};
    pthread_mutex_init(&world->mutex, NULL);
    world->recovery = RECOVER_COMPLETE;
}

void fake_world_close(FakeWorld *world) {
    pthread_mutex_destroy(&world->mutex);
}

void fake_world_order(FakeWorld *world, const char *order) {
    vec_push(world->arena, &world->orders, str_from_cstr(order));
}

void fake_world_obey(FakeWorld *world) {
    vec_clear(&world->orders);
}

static FakeObject *find(FakeWorld *world, Str name, Str id) {
    vec_each(&world->objects, item) {
        FakeObject *object = *item;
        bool is_it = id.len > 0 ? str_equal(object->id, id) : str_equal(object->name, name);
        if (is_it && !object->is_gone)
            return object;
    }
    return NULL;
}

FakeObject *fake_world_find(FakeWorld *world, const char *name) {
    return find(world, str_from_cstr(name), STR_EMPTY);
}

static bool is_ordered(const FakeWorld *world, Str order) {
    vec_each(&world->orders, item) {
        if (str_equal(*item, order))
            return true;
    }
    return false;
}

FakeWorld *fake_world_of(const Call *call) {
    return world_of(call);
}

bool fake_world_is_ordered(FakeWorld *world, Str order) {
    pthread_mutex_lock(&world->mutex);
    bool is = is_ordered(world, order);
    pthread_mutex_unlock(&world->mutex);
    return is;
}

typedef struct Deed {
    FakeWorld *world;
    Str text; /* create a */
    Str half; /* half a */
    size_t group;
} Deed;

static void enter(FakeGroup *group) {
    group->running++;
    if (group->running > group->most)
        group->most = group->running;
}

static size_t group_of(Value object) {
    Str group = object_text(object, "group", STR_EMPTY);
    return str_equal(group, STR("pair")) ? 2 : group.len > 0 ? 1 : 0;
}

void fake_world_work(const Call *call, Value object) {
    FakeWorld *world = world_of(call);
    FakeGroup *group = &world->groups[group_of(object)];
    pthread_mutex_lock(&world->mutex);
    enter(group);
    pthread_mutex_unlock(&world->mutex);
    if (world->is_slow)
        usleep(3000);
    pthread_mutex_lock(&world->mutex);
    group->running--;
    pthread_mutex_unlock(&world->mutex);
}

/* Returns with the world locked. */
static Deed begin(const Call *call, const char *verb, Value object, size_t group) {
    FakeWorld *world = world_of(call);
    Str name = object_text(object, "name", STR_EMPTY);
    Deed deed = {
        .world = world,
        .text = str_format(call->arena, "%s %.*s", verb, STR_ARG(name)),
        .half = str_format(call->arena, "half %.*s", STR_ARG(name)),
        .group = group,
    };
    pthread_mutex_lock(&world->mutex);
    enter(&world->groups[0]);
    if (group > 0)
        enter(&world->groups[group]);
    pthread_mutex_unlock(&world->mutex);
    if (world->is_slow)
        usleep(3000);
    call_progress(call, 1, 2, "halfway");
    pthread_mutex_lock(&world->mutex);
    world->calls++;
    if (str_equal(world->stops_at, deed.text))
        cancel_raise(world->cancel, world->stops_now ? CANCEL_NOW : CANCEL_STOP);
    return deed;
}

static bool end(Deed *deed, Diags *diags, bool fails) {
    FakeWorld *world = deed->world;
    strbuf_add_format(&world->diary, "%.*s%s\n", STR_ARG(deed->text), fails ? " failed" : "");
    world->groups[0].running--;
    if (deed->group > 0)
        world->groups[deed->group].running--;
    if (str_equal(world->dies_at, deed->text))
        _exit(9);
    pthread_mutex_unlock(&world->mutex);
    if (fails)
        diags_error(diags, NO_RANGE, "Call failed", "As ordered: %.*s.", STR_ARG(deed->text))
            ->path = STR(".name");
    return !fails;
}

static const Attribute thing_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Its name."},
    {"size", &TYPE_NUMBER, OPTIONAL, "Any number."},
    {"tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Texts by name."},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "Not shown."},
    {"token", &TYPE_STRING, OPTIONAL | WRITE_ONLY, "Not kept."},
    {"zone", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Where it is."},
    {"group", &TYPE_STRING, OPTIONAL, "One call at a time in each."},
    {"kind", &TYPE_STRING, OPTIONAL | COMPUTED, "Plain where it is not said.", NULL, "\"plain\""},
    {"input", &TYPE_DYNAMIC, OPTIONAL, "Anything."},
    {"id", &TYPE_STRING, COMPUTED, "Chosen by the world."},
    {"revision", &TYPE_NUMBER, COMPUTED | CHANGES_ON_UPDATE, "Counts the changes."},
};

static Value made_object(const Call *call, Value planned, const FakeObject *object, int64_t count) {
    ObjectBuilder builder = object_builder_of(planned, call->arena);
    object_builder_set(&builder, "id", value_string(object->id, call->arena));
    Str vague = str_concat(STR("vague "), object->name, call->arena);
    object_builder_set(&builder, "revision",
                       is_ordered(world_of(call), vague) ? value_unknown(&TYPE_NUMBER)
                                                         : value_int(count));
    return object_builder_value(&builder);
}

FakeObject *fake_world_add(FakeWorld *world, Value planned) {
    FakeObject *object = arena_new(world->arena, FakeObject);
    Str name = object_text(planned, "name", STR_EMPTY);
    size_t same = 1;
    vec_each(&world->objects, other) {
        if (str_equal((*other)->name, name))
            same++;
    }
    object->name = str_clone(name, world->arena);
    object->id = str_format(world->arena, "%.*s-%zu", STR_ARG(name), same);
    object->size = object_int(planned, "size", 0);
    vec_push(world->arena, &world->objects, object);
    return object;
}

static bool thing_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    Deed deed = begin(call, "create", request->planned, group_of(request->planned));
    bool half = is_ordered(deed.world, deed.half);
    bool fails = is_ordered(deed.world, deed.text);
    Str lie = str_format(call->arena, "lie %.*s",
                         STR_ARG(object_text(request->planned, "name", STR_EMPTY)));
    Str legacy = str_format(call->arena, "legacy %.*s",
                            STR_ARG(object_text(request->planned, "name", STR_EMPTY)));
    Str whole = str_format(call->arena, "whole %.*s",
                           STR_ARG(object_text(request->planned, "name", STR_EMPTY)));
    response->is_legacy = is_ordered(deed.world, legacy);
    response->is_complete = is_ordered(deed.world, whole);
    if (!fails) {
        Value planned = request->planned;
        if (is_ordered(deed.world, lie)) {
            ObjectBuilder builder = object_builder_of(planned, call->arena);
            object_builder_set(&builder, "size", value_int(4711));
            object_builder_set(&builder, "kind", value_from_cstr("a lie"));
            planned = object_builder_value(&builder);
        }
        response->state = made_object(call, planned, fake_world_add(deed.world, planned), 1);
    }
    return end(&deed, diags, fails || half || response->is_complete);
}

static bool thing_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    Deed deed = begin(call, "update", request->planned, group_of(request->planned));
    bool fails = is_ordered(deed.world, deed.text);
    bool half = is_ordered(deed.world, deed.half);
    FakeObject *object = find(deed.world, STR_EMPTY, object_text(request->prior, "id", STR_EMPTY));
    if (str_equal(deed.world->keeps_at, deed.text) &&
        !call_keep_state(call, object_with(request->prior, "revision", value_int(41), call->arena),
                         diags))
        fails = true;
    if (!fails && object) {
        object->size = object_int(request->planned, "size", 0);
        object->name =
            str_clone(object_text(request->planned, "name", STR_EMPTY), deed.world->arena);
        int64_t count = object_int(request->prior, "revision", 0) + 1;
        response->state = made_object(call, request->planned, object, count);
    }
    return end(&deed, diags, fails || half || !object);
}

static bool thing_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                         Diags *diags) {
    Deed deed = begin(call, "delete", request->prior, group_of(request->prior));
    bool fails = is_ordered(deed.world, deed.text);
    FakeObject *object = find(deed.world, STR_EMPTY, object_text(request->prior, "id", STR_EMPTY));
    if (!fails && object)
        object->is_gone = true;
    return end(&deed, diags, fails);
}

static bool thing_read(const Call *call, const ReadRequest *, ReadResponse *response, Diags *) {
    Value *state = &response->state;
    FakeWorld *world = world_of(call);
    pthread_mutex_lock(&world->mutex);
    world->reads++;
    FakeGroup *group = &world->read_groups[group_of(*state)];
    enter(group);
    pthread_mutex_unlock(&world->mutex);
    if (world->is_slow)
        usleep(3000);
    call_progress(call, 1, 1, "looking");
    pthread_mutex_lock(&world->mutex);
    group->running--;
    FakeObject *object = find(world, STR_EMPTY, object_text(*state, "id", STR_EMPTY));
    if (!object) {
        *state = value_null(state->type);
    } else if (!value_is_null(object_attribute(*state, "size"))) {
        ObjectBuilder builder = object_builder_of(*state, call->arena);
        object_builder_set(&builder, "size", value_int(object->size));
        *state = object_builder_value(&builder);
    }
    pthread_mutex_unlock(&world->mutex);
    return true;
}

/* With the order "rebuild a", its size replaces a, and with "rotate a" its token; with "fixed a",
 * it rejects changes. */
static bool thing_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                       Diags *diags) {
    FakeWorld *world = world_of(call);
    Str name = object_text(request->proposed, "name", STR_EMPTY);
    pthread_mutex_lock(&world->mutex);
    world->planned_ms = call_planned_ms(call);
    world->can_keep = call->kept != NULL;
    world->allows_deferral = call->allows_deferral;
    world->is_full_refresh = call->is_full_refresh;
    world->awaits_changes = request->awaits_changes;
    world->is_preflight = request->is_preflight;
    bool is_fixed = is_ordered(world, str_format(call->arena, "fixed %.*s", STR_ARG(name)));
    bool rebuilds = is_ordered(world, str_format(call->arena, "rebuild %.*s", STR_ARG(name)));
    bool rotates = is_ordered(world, str_format(call->arena, "rotate %.*s", STR_ARG(name)));
    response->is_legacy = is_ordered(world, str_format(call->arena, "legacy %.*s", STR_ARG(name)));
    pthread_mutex_unlock(&world->mutex);
    if (is_fixed && !value_is_null(request->prior) && !request->is_replaced) {
        diags_error(diags, NO_RANGE, "Not changeable", "The object is fixed.");
        return false;
    }
    if (response->is_legacy)
        response->planned =
            path_set(response->planned, path_attribute((Path){0}, STR("size"), call->arena),
                     value_int(1147), call->arena);
    if (str_equal_cstr(object_text(request->proposed, "kind", STR_EMPTY), "noted"))
        plan_note(response, path_attribute((Path){0}, STR("kind"), call->arena), STR("a note"),
                  call->arena);
    if (rebuilds || rotates) {
        Str attribute = rebuilds ? STR("size") : STR("token");
        Path path = path_attribute((Path){0}, attribute, call->arena);
        vec_push(call->arena, &response->requires_replace, path);
    }
    return true;
}

/* With the order "unmark a", it fails. */
static bool thing_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                         Diags *diags) {
    Str name = object_text(request->planned, "name", STR_EMPTY);
    if (fake_world_is_ordered(world_of(call),
                              str_format(call->arena, "unmark %.*s", STR_ARG(name))))
        return diags_fail(diags, NO_RANGE, "No marker", "As ordered.");
    response->marker = str_clone(name, call->arena);
    return true;
}

static bool thing_recover(const Call *call, const RecoverRequest *request,
                          RecoverResponse *response, Diags *diags) {
    if (!bundle_check_recovery(request, diags))
        return false;
    RecoverOutcome *outcome = &response->outcome;
    Value *state = &response->state;
    FakeWorld *world = world_of(call);
    pthread_mutex_lock(&world->mutex);
    const FakeObject *object = find(world, request->marker, STR_EMPTY);
    *outcome = object ? world->recovery : RECOVER_ABSENT;
    if (*outcome != RECOVER_ABSENT)
        *state = made_object(call, request->planned, object, 1);
    pthread_mutex_unlock(&world->mutex);
    return true;
}

bool fake_world_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                       Diags *diags) {
    Value object = request->object;
    size_t group = group_of(object);
    Str order = str_concat(STR("limit "), object_text(object, "name", STR_EMPTY), call->arena);
    if (is_ordered(world_of(call), order)) {
        diags_error(diags, NO_RANGE, "Limits unknown", "The server did not reply.");
        return false;
    }
    if (group > 0) {
        Limit limit = {object_text(object, "group", STR_EMPTY), (uint32_t)group};
        vec_push(call->arena, &response->limits, limit);
    }
    return true;
}

/* The input of a thing of the kind "vault", or with a sensitive group, is sensitive. */
static void thing_sensitive_paths(Value object, Paths *out, Arena *arena) {
    if (str_equal_cstr(object_text(object, "kind", STR_EMPTY), "vault") ||
        value_is_secret(object_attribute(object, "group")))
        vec_push(arena, out, path_attribute((Path){0}, STR("input"), arena));
}

#define THING_SLOTS                                                                                \
    .schema = {SCHEMA_ATTRIBUTES(thing_attributes), .sensitive_paths = thing_sensitive_paths},     \
    .plan = thing_plan, .create = thing_create, .update = thing_update, .delete = thing_delete,    \
    .read = thing_read, .marker = thing_marker, .recovery = RECOVERY_FINDS,                        \
    .recover = thing_recover

static const ResourceType fake_thing = {
    .name = "fake_thing",
    THING_SLOTS,
    .limits = fake_world_limits,
    .limits_reads = true,
};

/* A thing whose intents share syncs. */
static const ResourceType fake_quick = {
    .name = "fake_quick",
    THING_SLOTS,
    .batches_intents = true,
};

static const Attribute plain_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Its name."},
    {"size", &TYPE_NUMBER, OPTIONAL, "Any number."},
    {"id", &TYPE_STRING, COMPUTED, "Chosen by the world."},
};

static bool plain_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    Deed deed = begin(call, "create", request->planned, 0);
    bool fails = is_ordered(deed.world, deed.text);
    if (!fails) {
        const FakeObject *object = fake_world_add(deed.world, request->planned);
        ObjectBuilder builder = object_builder_of(request->planned, call->arena);
        object_builder_set(&builder, "id", value_string(object->id, call->arena));
        response->state = object_builder_value(&builder);
    }
    return end(&deed, diags, fails);
}

static bool plain_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                         Diags *diags) {
    Deed deed = begin(call, "delete", request->prior, 0);
    return end(&deed, diags, is_ordered(deed.world, deed.text));
}

static const ResourceType fake_plain = {
    .name = "fake_plain",
    .schema = {SCHEMA_ATTRIBUTES(plain_attributes)},
    .recovery = RECOVERY_REPEATS,
    .create = plain_create,
    .delete = plain_delete,
};

static const ResourceType fake_disk = {
    .name = "fake_disk",
    .destroy_after_dependents_update = true,
    .schema = {SCHEMA_ATTRIBUTES(plain_attributes)},
    .recovery = RECOVERY_REPEATS,
    .create = plain_create,
    .delete = plain_delete,
};

static const ResourceType fake_member = {
    .name = "fake_member",
    .member_of = "fake_thing",
    .schema = {SCHEMA_ATTRIBUTES(plain_attributes)},
    .recovery = RECOVERY_REPEATS,
    .create = plain_create,
    .delete = plain_delete,
};

static const Attribute lookup_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "What to look for."},
    {"answer", &TYPE_STRING, COMPUTED, "The object that was found."},
};

/* With the order "defer a" it defers in plan and apply; the engine must handle both. */
static bool is_deferred(const Call *call, Value object) {
    FakeWorld *world = world_of(call);
    Str name = object_text(object, "name", STR_EMPTY);
    pthread_mutex_lock(&world->mutex);
    bool defers = is_ordered(world, str_format(call->arena, "defer %.*s", STR_ARG(name)));
    pthread_mutex_unlock(&world->mutex);
    return defers;
}

static bool lookup_read(const Call *call, const DataReadRequest *, DataReadResponse *response,
                        Diags *diags) {
    Value *state = &response->state;
    if (is_deferred(call, *state)) {
        response->deferred = STR("Not there yet.");
        return true;
    }
    Deed deed = begin(call, "lookup", *state, 0);
    ObjectBuilder builder = object_builder_of(*state, call->arena);
    object_builder_set_text(
        &builder, "answer",
        str_format(call->arena, "found %.*s", STR_ARG(object_text(*state, "name", STR_EMPTY))),
        call->arena);
    *state = object_builder_value(&builder);
    return end(&deed, diags, is_ordered(deed.world, deed.text));
}

static const DataSourceType fake_lookup = {
    .mode = MODE_DATA,
    .name = "fake_lookup",
    .schema = {SCHEMA_ATTRIBUTES(lookup_attributes), .version = 1},
    .read = lookup_read,
};

static const Attribute token_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Its name."},
    {"value", &TYPE_STRING, COMPUTED, "Another one every time."},
    {"renew", &TYPE_NUMBER, OPTIONAL, "Renewed after so many ms."},
};

static int64_t token_renewal(const Call *call, int64_t after_ms) {
    const Clock *clock = call->io->clock;
    return after_ms > 0 ? clock->monotonic_ms(clock->self) + after_ms : 0;
}

static bool token_open(const Call *call, const OpenRequest *, OpenResponse *response,
                       Diags *diags) {
    if (is_deferred(call, response->result)) {
        response->deferred = STR("Not there yet.");
        return true;
    }
    Deed deed = begin(call, "open", response->result, 0);
    Str name = object_text(response->result, "name", STR_EMPTY);
    ObjectBuilder builder = object_builder_of(response->result, call->arena);
    int64_t after_ms = object_int(response->result, "renew", 0);
    object_builder_set_text(
        &builder, "value",
        str_format(call->arena, "token-%.*s-%zu", STR_ARG(name), ++deed.world->tokens),
        call->arena);
    response->result = object_builder_value(&builder);
    response->private_data =
        str_format(call->arena, "%lld %.*s", (long long)after_ms, STR_ARG(name));
    response->renew_at_ms = token_renewal(call, after_ms);
    return end(&deed, diags, is_ordered(deed.world, deed.text));
}

/* Records the call under the token's name. */
static bool tell_token(const Call *call, const char *verb, Str private_data, Diags *diags) {
    FakeWorld *world = world_of(call);
    Str name = str_after(private_data, str_find_char(private_data, ' ', 0) + 1);
    Str text = str_format(call->arena, "%s %.*s", verb, STR_ARG(name));
    pthread_mutex_lock(&world->mutex);
    bool fails = is_ordered(world, text);
    strbuf_add_format(&world->diary, "%.*s%s\n", STR_ARG(text), fails ? " failed" : "");
    pthread_mutex_unlock(&world->mutex);
    if (fails)
        diags_error(diags, NO_RANGE, "Call failed", "As ordered: %.*s.", STR_ARG(text));
    return !fails;
}

/* A token named "new…" changes its value. */
static bool token_renew(const Call *call, const RenewRequest *request, RenewResponse *response,
                        Diags *diags) {
    Str name = str_after(request->private_data, str_find_char(request->private_data, ' ', 0) + 1);
    response->renew_at_ms = token_renewal(call, strtoll(response->private_data.ptr, NULL, 10));
    if (str_starts_with(name, STR("new"))) {
        ObjectBuilder builder = object_builder_null(response->result.type, call->arena);
        object_builder_set_text(&builder, "name", name, call->arena);
        object_builder_set_text(&builder, "value", STR("renewed-token"), call->arena);
        response->result = object_builder_value(&builder);
    }
    return tell_token(call, "renew", response->private_data, diags);
}

static bool token_close(const Call *call, const CloseRequest *request, Diags *diags) {
    Str private_data = request->private_data;
    return tell_token(call, "close", private_data, diags);
}

static const EphemeralType fake_token = {
    .mode = MODE_EPHEMERAL,
    .name = "fake_token",
    .schema = {SCHEMA_ATTRIBUTES(token_attributes)},
    .open = token_open,
    .renew = token_renew,
    .close = token_close,
};

static const Attribute provider_attributes[] = {
    {"endpoint", &TYPE_STRING, OPTIONAL, "Where the world is."},
};

static bool fake_configure(const Call *call, const ConfigureRequest *request,
                           ConfigureResponse *response, Diags *diags) {
    Value config = request->config;
    Arena *run = request->run;
    FakeWorld *world = world_of(call);
    Str endpoint = object_text(config, "endpoint", STR_EMPTY);
    response->client = arena_new(run, Str);
    pthread_mutex_lock(&world->mutex);
    if (endpoint.len > 0)
        strbuf_add_format(&world->diary, "configure %.*s\n", STR_ARG(endpoint));
    pthread_mutex_unlock(&world->mutex);
    if (str_equal(endpoint, STR("nowhere"))) {
        diags_error(diags, NO_RANGE, "Cannot connect", "No answer.");
        return false;
    }
    if (str_equal(endpoint, STR("undescribed"))) {
        response->fails_at_use = true;
        diags_error(diags, NO_RANGE, "No endpoint", "No file describes it.");
        return false;
    }
    return true;
}

static const ResourceType fake_bundle = BUNDLE_TYPE("fake_bundle");

static const ObjectType *const types[] = {
    &fake_thing.type, &fake_quick.type,  &fake_plain.type,  &fake_disk.type,  &fake_member.type,
    &fake_vault.type, &fake_bundle.type, &fake_lookup.type, &fake_token.type, &fake_note.type,
    &fake_mark.type,  &fake_card.type,   &fake_cards.type,  &fake_relic.type};

const Provider fake_provider = {
    .name = "fake",
    .address = "loam.internal/test/fake",
    .description = "A world in memory.",
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes)},
    .configure = fake_configure,
    PROVIDER_TYPES(types),
};
