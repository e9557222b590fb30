/* time_fields: a moment as the attributes of an object: year, month, day, hour, minute, second and
 * unix, in the zone that the moment was written in. */
#pragma once

#include "object_builder.h"
#include "provider.h"
#include "timestamp.h"

/* clang-format off */
/* As rows of an attribute table; `flags` joins COMPUTED. */
#define TIME_FIELD_ATTRIBUTES(flags)                                                               \
    {"year",   &TYPE_NUMBER, COMPUTED | (flags), "Year of the timestamp."},                        \
    {"month",  &TYPE_NUMBER, COMPUTED | (flags), "Month of the timestamp, from 1."},               \
    {"day",    &TYPE_NUMBER, COMPUTED | (flags), "Day of the timestamp within its month."},        \
    {"hour",   &TYPE_NUMBER, COMPUTED | (flags), "Hour of the timestamp."},                        \
    {"minute", &TYPE_NUMBER, COMPUTED | (flags), "Minute of the timestamp."},                      \
    {"second", &TYPE_NUMBER, COMPUTED | (flags), "Second of the timestamp."},                      \
    {"unix",   &TYPE_NUMBER, COMPUTED | (flags), "Seconds since 1970."}
/* clang-format on */

/* Checks of attributes: an RFC 3339 timestamp; a whole number; a whole number from 1. */
Str time_fields_check(Value value, Arena *arena);
Str time_fields_check_integer(Value value, Arena *arena);
Str time_fields_check_positive(Value value, Arena *arena);

/* The attribute as a moment; false when it is null, unknown or no text. The text was checked
 * before. */
bool time_fields_find(Value object, const char *name, Timestamp *out, Arena *arena);
/* The current time in UTC, whole seconds. */
Timestamp time_fields_now(const Call *call);
void time_fields_set(ObjectBuilder *builder, Timestamp time);
/* Makes the fields and the attributes of `more` (NULL at its end) unknown. */
void time_fields_forget(ObjectBuilder *builder, const char *const *more);
/* Sets the attribute to the moment unless its value is known: the user's own spelling stays. */
void time_fields_set_text(ObjectBuilder *builder, const char *name, Timestamp time, Arena *arena);
/* The id of an import as a moment; on failure adds an error. */
MUST_USE bool time_fields_parse_id(Str text, Timestamp *out, Arena *arena, Diags *diags);
/* A part of the id of an import as a whole number, null if it is empty; on failure adds an error.
 */
MUST_USE bool time_fields_parse_number(Str text, Value *out, Diags *diags);
/* An empty map, as an import leaves "triggers". */
Value time_fields_no_triggers(Arena *arena);
