/* time_offset: a timestamp at an offset from another one. */
#include "log.h"
#include "time_fields.h"
#include "time_provider.h"

static Str offset_check_integer(Value value, Arena *arena) {
    int64_t number;
    if (value_to_int(value, &number) && number >= INT32_MIN && number <= INT32_MAX)
        return STR_EMPTY;
    return str_format(arena, "The value must be an integer of at most 32 bits.");
}

#define BASE "base_rfc3339"

/* clang-format off */
static const Attribute offset_attributes[] = {
    {BASE,             &TYPE_STRING, OPTIONAL | COMPUTED, "Start time, in RFC 3339 (default: the time of the creation).", .check = time_fields_check},
    {"offset_years",   &TYPE_NUMBER, OPTIONAL, "Years to add; a negative number subtracts.", .check = offset_check_integer},
    {"offset_months",  &TYPE_NUMBER, OPTIONAL, "Months to add.", .check = offset_check_integer},
    {"offset_days",    &TYPE_NUMBER, OPTIONAL, "Days to add.", .check = offset_check_integer},
    {"offset_hours",   &TYPE_NUMBER, OPTIONAL, "Hours to add.", .check = offset_check_integer},
    {"offset_minutes", &TYPE_NUMBER, OPTIONAL, "Minutes to add.", .check = offset_check_integer},
    {"offset_seconds", &TYPE_NUMBER, OPTIONAL, "Seconds to add.", .check = offset_check_integer},
    {"triggers",       &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT, "Any values; a change sets a new start time."},
    {"rfc3339",        &TYPE_STRING, COMPUTED, "Resulting time, in RFC 3339."},
    TIME_FIELD_ATTRIBUTES(0),
    {"id",             &TYPE_STRING, COMPUTED, "Start time."},
};
/* clang-format on */

static const ArgumentRule offset_rules[] = {
    {RULE_AT_LEAST_ONE,
     {"offset_seconds", "offset_minutes", "offset_hours", "offset_days", "offset_months",
      "offset_years"}},
};

/* In the order of addition, which matters as months differ in length. */
static const struct {
    const char *name;
    int64_t days, months, years, seconds;
} offsets[] = {
    {.name = "offset_days", .days = 1},        {.name = "offset_hours", .seconds = 3600},
    {.name = "offset_minutes", .seconds = 60}, {.name = "offset_months", .months = 1},
    {.name = "offset_seconds", .seconds = 1},  {.name = "offset_years", .years = 1},
};

static Timestamp moved(Value object, Timestamp time) {
    for (size_t i = 0; i < ARRAY_COUNT(offsets); i++) {
        int64_t n = object_int(object, offsets[i].name, 0);
        time = timestamp_add_date(time, n * offsets[i].years, n * offsets[i].months,
                                  n * offsets[i].days);
        time.seconds += n * offsets[i].seconds;
    }
    return time;
}

static Value with_base(ObjectBuilder *builder, Value arguments, Timestamp base, Arena *arena) {
    Timestamp time = moved(arguments, base);
    time_fields_set(builder, time);
    time_fields_set_text(builder, BASE, base, arena);
    object_builder_set(builder, "rfc3339", value_from_str(timestamp_to_str(time, arena)));
    object_builder_set(builder, "id", value_from_str(timestamp_to_str(base, arena)));
    return object_builder_value(builder);
}

static bool offset_differs(const PlanRequest *request, bool *is_known) {
    bool is_other = false;
    for (size_t i = 0; i < ARRAY_COUNT(offsets); i++) {
        Value offset = object_attribute(request->proposed, offsets[i].name);
        *is_known &= value_is_known(offset);
        is_other |= !value_equal(offset, object_attribute(request->prior, offsets[i].name));
    }
    return is_other;
}

/* If the offsets of an update change and are known, the new timestamp is known in the plan. */
static bool offset_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *) {
    static const char *const texts[] = {"rfc3339", "id", NULL};
    Timestamp base;
    bool is_known = true;
    if (value_is_null(request->prior) || value_equal(request->prior, request->proposed))
        return true;
    bool is_other = offset_differs(request, &is_known);
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    bool has_base = time_fields_find(request->proposed, BASE, &base, call->arena);
    log_debug("time offset", log_number("differs", is_other), log_number("known", is_known),
              log_number("has_base", has_base));
    if (is_other && is_known && has_base) {
        response->planned = with_base(&builder, request->proposed, base, call->arena);
        return true;
    }
    time_fields_forget(&builder, texts);
    response->planned = object_builder_value(&builder);
    return true;
}

/* For create and update. */
static bool offset_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *) {
    Timestamp base;
    if (!time_fields_find(request->planned, BASE, &base, call->arena))
        base = time_fields_now(call);
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    response->state = with_base(&builder, request->planned, base, call->arena);
    return true;
}

/* The import ID is "BASE,YEARS,MONTHS,DAYS,HOURS,MINUTES,SECONDS". */
static bool offset_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                          Diags *diags) {
    static const char *const names[] = {"offset_years", "offset_months",  "offset_days",
                                        "offset_hours", "offset_minutes", "offset_seconds"};
    ObjectBuilder builder = object_builder_empty(&time_offset.schema, call->arena);
    Str rest = request->id, field = STR_EMPTY;
    Timestamp base;
    size_t count = 0, commas = 0;
    for (size_t i = 0; i < rest.len; i++)
        commas += rest.ptr[i] == ',';
    (void)str_next_field(&rest, ',', &field);
    if (commas != ARRAY_COUNT(names) || field.len == 0 || rest.len + 1 == ARRAY_COUNT(names))
        return diags_fail(
            diags, NO_RANGE, "Unexpected ID format",
            "The ID \"%.*s\" must be BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES,SECONDS with at "
            "least one number.",
            STR_ARG(request->id));
    if (!time_fields_parse_id(field, &base, call->arena, diags))
        return false;
    for (; count < ARRAY_COUNT(names); count++) {
        Value number;
        field = STR_EMPTY;
        (void)str_next_field(&rest, ',', &field);
        if (!time_fields_parse_number(field, &number, diags))
            return false;
        object_builder_set(&builder, names[count], number);
    }
    object_builder_set(&builder, "triggers", time_fields_no_triggers(call->arena));
    Value arguments = value_object_of(builder.type, builder.items);
    response->state = with_base(&builder, arguments, base, call->arena);
    return true;
}

const ResourceType time_offset = {
    .name = "time_offset",
    .schema = {SCHEMA_ATTRIBUTES(offset_attributes), SCHEMA_RULES(offset_rules),
               .description = "A time with an offset from another time."},
    .effect = EFFECT_NONE,
    .plan = offset_plan,
    .create = offset_apply,
    .update = offset_apply,
    .import = offset_import,
    .import_id = "BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES,SECONDS, such as "
                 "2026-01-31T00:00:00Z,,1,,,,",
};
