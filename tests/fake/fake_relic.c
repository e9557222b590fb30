/* fake_relic: an object that is as old as its state. In each version of its schema, "name" may be
 * stored as "label", so each plan upgrades it; a "title" is rejected. It adopts things.
 *
 * Orders: "stay a" rejects the adoption of a. */
#include "fake_world.h"
#include "json.h"

static const Attribute attributes[] = {
    {"aspects", &TYPE_MAP_OF_STRING, OPTIONAL, "Texts by name."},
    {"name", &TYPE_STRING, REQUIRED, "Its name."},
    {"size", &TYPE_NUMBER, OPTIONAL, "Any number."},
    {"id", &TYPE_STRING, COMPUTED, "Chosen by the world."},
};

static bool relic_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *) {
    FakeWorld *world = fake_world_of(call);
    pthread_mutex_lock(&world->mutex);
    const FakeObject *object = fake_world_add(world, request->planned);
    pthread_mutex_unlock(&world->mutex);
    response->state =
        object_with(request->planned, "id", value_string(object->id, call->arena), call->arena);
    return true;
}

static bool relic_upgrade(const Call *call, const UpgradeRequest *request,
                          UpgradeResponse *response, Diags *diags) {
    static const Str old = STR_CONST("\"label\":");
    size_t at = str_find(request->stored, old, 0);
    if (str_find(request->stored, STR("\"title\":"), 0) != SIZE_MAX)
        return diags_fail(diags, NO_RANGE, "Too old", "It has a title.");
    if (at != SIZE_MAX)
        response->upgraded =
            str_format(call->arena, "%.*s\"name\":%.*s", STR_ARG(str_slice(request->stored, 0, at)),
                       STR_ARG(str_after(request->stored, at + old.len)));
    return true;
}

static bool relic_move(const Call *call, const MoveRequest *request, MoveResponse *response,
                       Diags *diags) {
    Value thing;
    if (!str_equal(request->source_type, STR("fake_thing")) ||
        !json_parse_object(request->stored, &thing, call->arena))
        return diags_fail(diags, NO_RANGE, "No thing", "It is something else.");
    Str name = object_text(thing, "name", STR_EMPTY);
    if (fake_world_is_ordered(fake_world_of(call),
                              str_format(call->arena, "stay %.*s", STR_ARG(name))))
        return diags_fail(diags, NO_RANGE, "Not adopted", "As ordered.");
    response->moved =
        str_format(call->arena, "{\"id\":\"relic\",\"name\":\"%.*s\"}", STR_ARG(name));
    response->private_data = STR("adopted");
    return true;
}

const ResourceType fake_relic = {
    .name = "fake_relic",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .version = 2},
    .recovery = RECOVERY_REPEATS,
    .always_upgrades = true,
    .create = relic_create,
    .upgrade = relic_upgrade,
    .move = relic_move,
};
