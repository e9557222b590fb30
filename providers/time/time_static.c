/* time_static: a fixed timestamp: a given one, or the time of creation. */
#include "time_fields.h"
#include "time_provider.h"

/* clang-format off */
static const Attribute static_attributes[] = {
    {"rfc3339",  &TYPE_STRING,        OPTIONAL | COMPUTED | FORCES_NEW, "Time in RFC 3339 (default: the time of the creation).", .check = time_fields_check},
    {"triggers", &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT, "Any values; a change sets a new time."},
    TIME_FIELD_ATTRIBUTES(0),
    {"id",       &TYPE_STRING,        COMPUTED, "Time in RFC 3339."},
};
/* clang-format on */

/* A given timestamp is known in the plan of a creation. */
static bool static_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *) {
    Timestamp time;
    if (!value_is_null(request->prior) ||
        !time_fields_find(request->proposed, "rfc3339", &time, call->arena))
        return true;
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    time_fields_set(&builder, time);
    object_builder_set(&builder, "id", object_attribute(request->proposed, "rfc3339"));
    response->planned = object_builder_value(&builder);
    return true;
}

static Value with_time(ObjectBuilder *builder, Timestamp time, Arena *arena) {
    time_fields_set(builder, time);
    time_fields_set_text(builder, "rfc3339", time, arena);
    time_fields_set_text(builder, "id", time, arena);
    return object_builder_value(builder);
}

static bool static_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *) {
    Timestamp time;
    if (!time_fields_find(request->planned, "rfc3339", &time, call->arena))
        time = time_fields_now(call);
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    response->state = with_time(&builder, time, call->arena);
    return true;
}

static bool static_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                          Diags *diags) {
    Timestamp time;
    if (!time_fields_parse_id(request->id, &time, call->arena, diags))
        return false;
    ObjectBuilder builder = object_builder_empty(&time_static.schema, call->arena);
    object_builder_set(&builder, "triggers", time_fields_no_triggers(call->arena));
    response->state = with_time(&builder, time, call->arena);
    return true;
}

const ResourceType time_static = {
    .name = "time_static",
    .schema = {SCHEMA_ATTRIBUTES(static_attributes), .description = "A fixed time."},
    .effect = EFFECT_NONE,
    .plan = static_plan,
    .create = static_create,
    .import = static_import,
    .import_id = "time, such as 2026-01-31T00:00:00Z",
};
