/* fake_note, fake_mark: actions that add a line to the diary. The order "defer TEXT" defers its
 * plan, whether the call allows that or not; "note TEXT" makes it fail, "twice TEXT" with two
 * errors. */
#include "fake_world.h"

static const Attribute attributes[] = {
    {"text", &TYPE_STRING, REQUIRED, "The line."},
};

static bool note_plan(const Call *call, const ActionRequest *request, ActionResponse *response,
                      Diags *) {
    Str text = object_text(request->config, "text", STR("unknown"));
    Str order = str_format(call->arena, "defer %.*s", STR_ARG(text));
    if (fake_world_is_ordered(fake_world_of(call), order))
        response->deferral = DEFERRAL_PROVIDER_CONFIG;
    return true;
}

/* "note x" or "mark x", by the type. */
static bool note_invoke(const Call *call, const ActionRequest *request, Diags *diags) {
    FakeWorld *world = fake_world_of(call);
    Str text = object_text(request->config, "text", STR_EMPTY);
    Str line =
        str_format(call->arena, "%s %.*s", call->type->name + strlen("fake_"), STR_ARG(text));
    if (fake_world_is_ordered(world, str_format(call->arena, "twice %.*s", STR_ARG(text)))) {
        diags_error(diags, NO_RANGE, "First error", "As ordered.");
        return diags_fail(diags, NO_RANGE, "Second error", "As ordered.");
    }
    if (fake_world_is_ordered(world, line))
        return diags_fail(diags, NO_RANGE, "Failed as ordered", "%.*s", STR_ARG(line));
    pthread_mutex_lock(&world->mutex);
    strbuf_add_format(&world->diary, "%.*s\n", STR_ARG(line));
    pthread_mutex_unlock(&world->mutex);
    return true;
}

const ActionType fake_mark = {
    .mode = MODE_ACTION,
    .name = "fake_mark",
    .schema = {SCHEMA_ATTRIBUTES(attributes)},
    .plan = note_plan,
    .invoke = note_invoke,
};

const ActionType fake_note = {
    .mode = MODE_ACTION,
    .name = "fake_note",
    .schema = {SCHEMA_ATTRIBUTES(attributes)},
    .plan = note_plan,
    .invoke = note_invoke,
};
