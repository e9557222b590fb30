#include "time_fields.h"

Str time_fields_check(Value value, Arena *arena) {
    Timestamp time;
    Str error = STR_EMPTY;
    if (timestamp_parse(value_text(value), &time, &error, arena))
        return STR_EMPTY;
    return str_format(arena,
                      "\"%.*s\" is %.*s. An RFC 3339 timestamp looks like "
                      "\"2006-01-02T15:04:05Z\".",
                      STR_ARG(value_text(value)), STR_ARG(error));
}

bool time_fields_find(Value object, const char *name, Timestamp *out, Arena *arena) {
    Value text = object_attribute(object, name);
    Str ignored;
    bool is_text = value_is_present(text) && text.type->kind == KIND_STRING;
    return is_text && timestamp_parse(value_text(text), out, &ignored, arena);
}

Timestamp time_fields_now(const Call *call) {
    const Clock *clock = call->io->clock;
    return (Timestamp){.seconds = clock->now_ms(clock->self) / 1000};
}

void time_fields_set(ObjectBuilder *builder, Timestamp time) {
    TimestampFields fields = timestamp_fields(time);
    object_builder_set(builder, "year", value_int(fields.year));
    object_builder_set(builder, "month", value_int(fields.month));
    object_builder_set(builder, "day", value_int(fields.day));
    object_builder_set(builder, "hour", value_int(fields.hour));
    object_builder_set(builder, "minute", value_int(fields.minute));
    object_builder_set(builder, "second", value_int(fields.second));
    object_builder_set(builder, "unix", value_int(time.seconds));
}

void time_fields_forget(ObjectBuilder *builder, const char *const *more) {
    static const char *const names[] = {"year", "month", "day", "hour", "minute", "second", "unix"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        object_builder_set(builder, names[i], value_unknown(&TYPE_NUMBER));
    for (; *more; more++)
        object_builder_set(builder, *more, value_unknown(&TYPE_STRING));
}

void time_fields_set_text(ObjectBuilder *builder, const char *name, Timestamp time, Arena *arena) {
    if (value_is_present(object_builder_get(builder, name)))
        return;
    object_builder_set(builder, name, value_from_str(timestamp_to_str(time, arena)));
}

bool time_fields_parse_id(Str text, Timestamp *out, Arena *arena, Diags *diags) {
    Str error = STR_EMPTY;
    return timestamp_parse(text, out, &error, arena) ||
           diags_fail(diags, NO_RANGE, "Invalid import ID", "\"%.*s\" is %.*s.", STR_ARG(text),
                      STR_ARG(error));
}

bool time_fields_parse_number(Str text, Value *out, Diags *diags) {
    int64_t number;
    *out = value_null(&TYPE_NUMBER);
    if (text.len == 0)
        return true;
    if (!str_to_int64(text, &number) || number < INT32_MIN || number > INT32_MAX)
        return diags_fail(diags, NO_RANGE, "Invalid import ID",
                          "\"%.*s\" is not an integer of at most 32 bits.", STR_ARG(text));
    *out = value_int(number);
    return true;
}

Value time_fields_no_triggers(Arena *arena) {
    return value_map(&TYPE_STRING, NULL, NULL, 0, arena);
}
