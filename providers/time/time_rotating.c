/* time_rotating: a timestamp that is replaced after its rotation time. */
#include "log.h"
#include "time_fields.h"
#include "time_provider.h"

static Str rotating_check_positive(Value value, Arena *arena) {
    int64_t number;
    if (value_to_int(value, &number) && number >= 1 && number <= INT32_MAX)
        return STR_EMPTY;
    return str_format(arena, "The value must be an integer of at least 1.");
}

#define ROTATION "rotation_rfc3339"

/* clang-format off */
static const Attribute rotating_attributes[] = {
    {"rfc3339",          &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "Start time, in RFC 3339 (default: the time of the creation).", .check = time_fields_check},
    {"rotation_years",   &TYPE_NUMBER, OPTIONAL, "Years until the rotation.", .check = rotating_check_positive},
    {"rotation_months",  &TYPE_NUMBER, OPTIONAL, "Months until the rotation.", .check = rotating_check_positive},
    {"rotation_days",    &TYPE_NUMBER, OPTIONAL, "Days until the rotation.", .check = rotating_check_positive},
    {"rotation_hours",   &TYPE_NUMBER, OPTIONAL, "Hours until the rotation.", .check = rotating_check_positive},
    {"rotation_minutes", &TYPE_NUMBER, OPTIONAL, "Minutes until the rotation.", .check = rotating_check_positive},
    {ROTATION,           &TYPE_STRING, OPTIONAL | COMPUTED, "Time of the rotation, in RFC 3339.", .check = time_fields_check},
    {"triggers",         &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT, "Any values; a change sets a new start time."},
    TIME_FIELD_ATTRIBUTES(0),
    {"id",               &TYPE_STRING, COMPUTED, "Start time."},
};
/* clang-format on */

static const ArgumentRule rotating_rules[] = {
    {RULE_AT_LEAST_ONE,
     {"rotation_minutes", "rotation_hours", "rotation_days", "rotation_months", "rotation_years",
      "rotation_rfc3339"}},
};

/* The last one that is set wins. */
static const struct {
    const char *name;
    int64_t days, months, years, seconds;
} rotations[] = {
    {.name = "rotation_days", .days = 1},
    {.name = "rotation_hours", .seconds = 3600},
    {.name = "rotation_minutes", .seconds = 60},
    {.name = "rotation_months", .months = 1},
    {.name = ROTATION},
    {.name = "rotation_years", .years = 1},
};

/* Returns the rotation time of an object with these arguments. */
static Timestamp rotated(Value arguments, Timestamp base, Arena *arena) {
    Timestamp time = base;
    for (size_t i = 0; i < ARRAY_COUNT(rotations); i++) {
        int64_t n = 0;
        Value argument = object_attribute(arguments, rotations[i].name);
        if (!value_is_present(argument) ||
            time_fields_find(arguments, rotations[i].name, &time, arena))
            continue;
        (void)value_to_int(argument, &n);
        time = timestamp_add_date(base, n * rotations[i].years, n * rotations[i].months,
                                  n * rotations[i].days);
        time.seconds += n * rotations[i].seconds;
    }
    return time;
}

static Value with_times(ObjectBuilder *builder, Timestamp base, Timestamp rotation, Arena *arena) {
    time_fields_set(builder, rotation);
    time_fields_set_text(builder, ROTATION, rotation, arena);
    time_fields_set_text(builder, "rfc3339", base, arena);
    object_builder_set(builder, "id", value_from_str(timestamp_to_str(base, arena)));
    return object_builder_value(builder);
}

static bool rotating_is_over(const Call *call, Value object) {
    Timestamp rotation;
    if (!time_fields_find(object, ROTATION, &rotation, call->arena))
        return false;
    const Clock *clock = call->io->clock;
    int64_t rotation_ms = rotation.seconds * 1000 + rotation.nanoseconds / 1000000;
    bool is_past = clock->now_ms(clock->self) > rotation_ms;
    log_debug("time rotation", log_number("rotation_ms", rotation_ms), log_number("past", is_past));
    return is_past;
}

static bool are_rotations_known(Value config) {
    bool is_known = true;
    for (size_t i = 0; i < ARRAY_COUNT(rotations); i++)
        is_known &= value_is_known(object_attribute(config, rotations[i].name));
    return is_known;
}

/* Plans the rotation time of an update if its arguments are known. Replaces the object if its
 * rotation time is past and the update changes that time. */
static bool rotating_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                          Diags *) {
    static const char *const texts[] = {ROTATION, "id", NULL};
    Timestamp base;
    if (value_is_null(request->prior) || value_equal(request->prior, request->proposed))
        return true;
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    object_builder_set(&builder, ROTATION, object_attribute(request->config, ROTATION));
    if (time_fields_find(request->proposed, "rfc3339", &base, call->arena) &&
        are_rotations_known(request->config)) {
        Timestamp rotation = rotated(request->config, base, call->arena);
        response->planned = with_times(&builder, base, rotation, call->arena);
    } else {
        time_fields_forget(&builder, texts);
        response->planned = object_builder_value(&builder);
    }
    Path path = path_attribute((Path){0}, STR(ROTATION), call->arena);
    if (rotating_is_over(call, request->prior) &&
        object_differs(request->prior, response->planned, ROTATION))
        vec_push(call->arena, &response->requires_replace, path);
    return true;
}

/* For create and update. */
static bool rotating_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                           Diags *) {
    Timestamp base;
    if (!time_fields_find(request->planned, "rfc3339", &base, call->arena))
        base = time_fields_now(call);
    Timestamp rotation = rotated(request->config, base, call->arena);
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    response->state = with_times(&builder, base, rotation, call->arena);
    return true;
}

/* An object past its rotation time counts as deleted, so that the plan creates a new one. */
static bool rotating_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                          Diags *) {
    if (rotating_is_over(call, request->state))
        response->state = value_null(request->state.type);
    return true;
}

/* The import ID is "BASE,YEARS,MONTHS,DAYS,HOURS,MINUTES" or "BASE,ROTATION". */
static bool rotating_import(const Call *call, const ImportRequest *request,
                            ImportResponse *response, Diags *diags) {
    static const char *const names[] = {"rotation_years", "rotation_months", "rotation_days",
                                        "rotation_hours", "rotation_minutes"};
    ObjectBuilder builder = object_builder_empty(&time_rotating.schema, call->arena);
    Str rest = request->id, field = STR_EMPTY;
    Timestamp base, rotation;
    size_t commas = 0;
    for (size_t i = 0; i < rest.len; i++)
        commas += rest.ptr[i] == ',';
    (void)str_next_field(&rest, ',', &field);
    if ((commas != 1 && commas != ARRAY_COUNT(names)) || field.len == 0 || rest.len + 1 == commas)
        return diags_fail(diags, NO_RANGE, "Unexpected ID format",
                          "The ID \"%.*s\" must be BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES "
                          "with at least one number, or BASETIMESTAMP,ROTATIONTIMESTAMP.",
                          STR_ARG(request->id));
    if (!time_fields_parse_id(field, &base, call->arena, diags))
        return false;
    if (commas == 1 && !time_fields_parse_id(rest, &rotation, call->arena, diags))
        return false;
    for (size_t i = 0; commas > 1 && i < ARRAY_COUNT(names); i++) {
        Value number;
        field = STR_EMPTY;
        (void)str_next_field(&rest, ',', &field);
        if (!time_fields_parse_number(field, &number, diags))
            return false;
        object_builder_set(&builder, names[i], number);
    }
    if (commas > 1)
        rotation = rotated(value_object_of(builder.type, builder.items), base, call->arena);
    object_builder_set(&builder, "triggers", time_fields_no_triggers(call->arena));
    response->state = with_times(&builder, base, rotation, call->arena);
    return true;
}

const ResourceType time_rotating = {
    .name = "time_rotating",
    .schema = {SCHEMA_ATTRIBUTES(rotating_attributes), SCHEMA_RULES(rotating_rules),
               .description = "A time that is replaced by a new one when it expires."},
    .effect = EFFECT_NONE,
    .plan = rotating_plan,
    .create = rotating_apply,
    .update = rotating_apply,
    .read = rotating_read,
    .import = rotating_import,
    .import_id = "BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES or BASETIMESTAMP,ROTATIONTIMESTAMP",
};
