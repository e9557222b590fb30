/* time_fields: a timestamp as attributes of an object: year, month, day, hour, minute, second and
 * unix, in the timestamp's time zone. */
#pragma once

#include "object_builder.h"
#include "provider.h"
#include "timestamp.h"

/* clang-format off */
/* Rows of an attribute table; `flags` is added to COMPUTED. */
#define TIME_FIELD_ATTRIBUTES(flags)                                                               \
    {"year",   &TYPE_NUMBER, COMPUTED | (flags), "Year of the timestamp."},                        \
    {"month",  &TYPE_NUMBER, COMPUTED | (flags), "Month of the timestamp, from 1."},               \
    {"day",    &TYPE_NUMBER, COMPUTED | (flags), "Day of the timestamp within its month."},        \
    {"hour",   &TYPE_NUMBER, COMPUTED | (flags), "Hour of the timestamp."},                        \
    {"minute", &TYPE_NUMBER, COMPUTED | (flags), "Minute of the timestamp."},                      \
    {"second", &TYPE_NUMBER, COMPUTED | (flags), "Second of the timestamp."},                      \
    {"unix",   &TYPE_NUMBER, COMPUTED | (flags), "Seconds since 1970."}
/* clang-format on */

/* Attribute check: an RFC 3339 timestamp. */
Str time_fields_check(Value value, Arena *arena);

/* Reads an attribute as a timestamp; returns false if it is null, unknown, not a string or not a
 * timestamp. */
bool time_fields_find(Value object, const char *name, Timestamp *out, Arena *arena);
/* Returns the current time in UTC, in whole seconds. */
Timestamp time_fields_now(const Call *call);
void time_fields_set(ObjectBuilder *builder, Timestamp time);
/* Sets the fields and the attributes in `more` (NULL-terminated) to unknown. */
void time_fields_forget(ObjectBuilder *builder, const char *const *more);
/* Sets an attribute to the timestamp if it is null or unknown. Any other value stays, in the user's
 * spelling. */
void time_fields_set_text(ObjectBuilder *builder, const char *name, Timestamp time, Arena *arena);
/* Parses an import ID as a timestamp; adds an error on failure. */
MUST_USE bool time_fields_parse_id(Str text, Timestamp *out, Arena *arena, Diags *diags);
/* Parses a part of an import ID as an integer of 32 bits, null if empty. Adds an error on
 * failure. */
MUST_USE bool time_fields_parse_number(Str text, Value *out, Diags *diags);
/* Returns an empty map, the value of "triggers" after an import. */
Value time_fields_no_triggers(Arena *arena);
