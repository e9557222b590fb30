/* time_sleep: waits on creation or destruction. */
#include "log.h"
#include "time_fields.h"
#include "time_provider.h"
#include "wait_until.h"

/* Attribute check: a number and one unit. */
static Str sleep_check_duration(Value value, Arena *arena) {
    static const Str units[] = {STR_CONST("ms"), STR_CONST("s"), STR_CONST("m"), STR_CONST("h")};
    Str text = value_text(value);
    int64_t ms;
    size_t at = str_skip_digits(text, 0);
    bool is_good = at > 0;
    if (at < text.len && text.ptr[at] == '.') {
        size_t end = str_skip_digits(text, at + 1);
        is_good &= end > at + 1;
        at = end;
    }
    if (is_good && str_is_among(str_after(text, at), units, ARRAY_COUNT(units)) &&
        clock_parse_duration(text, &ms))
        return STR_EMPTY;
    return str_format(arena, "The duration must be a number immediately followed by ms "
                             "(milliseconds), s (seconds), m (minutes) or h (hours), as in "
                             "\"30s\".");
}

/* clang-format off */
static const Attribute sleep_attributes[] = {
    {"create_duration",  &TYPE_STRING,        OPTIONAL, "Duration of a creation, such as \"30s\". A change does not wait.", .check = sleep_check_duration},
    {"destroy_duration", &TYPE_STRING,        OPTIONAL, "Duration of a deletion. The value in the state applies.", .check = sleep_check_duration},
    {"triggers",         &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT, "Any values; a change waits again."},
    {"id",               &TYPE_STRING,        COMPUTED, "End of the wait at creation, in RFC 3339."},
};
/* clang-format on */

/* In both orders, so that each argument gets an error at its own range. */
static const ArgumentRule sleep_rules[] = {
    {RULE_AT_LEAST_ONE, {"create_duration", "destroy_duration"}},
    {RULE_AT_LEAST_ONE, {"destroy_duration", "create_duration"}},
};

static WaitLook sleep_look(void *payload, Wait *wait) {
    return wait->passed_ms >= *(const int64_t *)payload ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
}

static bool sleep_wait_for(const Call *call, Value object, const char *name, Diags *diags) {
    int64_t ms = 0;
    Str text = object_text(object, name, STR_EMPTY);
    if (text.len == 0 || !clock_parse_duration(text, &ms))
        return true;
    log_debug("wait", log_cstr("attribute", name), log_number("wait_ms", ms));
    const WaitUntil until = {
        .what = name,
        .look = sleep_look,
        .payload = &ms,
        .timeout_ms = ms > 0 ? ms : 1,
    };
    return wait_until_done(call, &until, diags);
}

static bool sleep_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    if (!sleep_wait_for(call, request->planned, "create_duration", diags))
        return false;
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    time_fields_set_text(&builder, "id", time_fields_now(call), call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

static bool sleep_update(const Call *, const ApplyRequest *request, ApplyResponse *response,
                         Diags *) {
    response->state = request->planned;
    return true;
}

static bool sleep_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                         Diags *diags) {
    return sleep_wait_for(call, request->prior, "destroy_duration", diags);
}

static bool set_duration(ObjectBuilder *builder, const char *name, Str text, Arena *arena,
                         Diags *diags) {
    int64_t ms;
    if (text.len == 0)
        return true;
    object_builder_set_text(builder, name, text, arena);
    return clock_parse_duration(text, &ms) ||
           diags_fail(diags, NO_RANGE, "Invalid import ID", "\"%.*s\" is not a duration.",
                      STR_ARG(text));
}

/* The import ID is "CREATE,DESTROY"; one of them may be empty. */
static bool sleep_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                         Diags *diags) {
    Str id = request->id;
    size_t comma = str_find_char(id, ',', 0);
    if (comma == SIZE_MAX || id.len < 2 || comma != str_rfind_char(id, ','))
        return diags_fail(
            diags, NO_RANGE, "Unexpected ID format",
            "The ID \"%.*s\" must be CREATEDURATION,DESTROYDURATION with at least one of them.",
            STR_ARG(id));
    ObjectBuilder builder = object_builder_empty(&time_sleep.schema, call->arena);
    if (!set_duration(&builder, "create_duration", str_slice(id, 0, comma), call->arena, diags) ||
        !set_duration(&builder, "destroy_duration", str_after(id, comma + 1), call->arena, diags))
        return false;
    object_builder_set(&builder, "triggers", time_fields_no_triggers(call->arena));
    time_fields_set_text(&builder, "id", time_fields_now(call), call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

const ResourceType time_sleep = {
    .name = "time_sleep",
    .schema = {SCHEMA_ATTRIBUTES(sleep_attributes), SCHEMA_RULES(sleep_rules),
               .description = "Waits during creation and deletion."},
    .effect = EFFECT_NONE,
    .create = sleep_create,
    .update = sleep_update,
    .delete = sleep_delete,
    .import = sleep_import,
    .import_id = "CREATEDURATION,DESTROYDURATION, such as 30s,5s",
};
