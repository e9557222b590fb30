/* random_text: random characters; shared by random_string, random_password and the ephemeral
 * random_password. */
#pragma once

#include "map_change.h"
#include "object_builder.h"
#include "provider.h"

/* clang-format off */
/* Rows of an attribute table: settings of the text. */
#define RANDOM_TEXT_ATTRIBUTES                                                                     \
    {"length", &TYPE_NUMBER, REQUIRED | FORCES_NEW,                                                \
     "Number of characters.", .check = random_text_check_length},                                   \
    {"keepers", &TYPE_MAP_OF_STRING, OPTIONAL | ANY_TEXT,                                                     \
     "Any values; a change generates a new text.", .forces_new = map_change_forces_new},                     \
    {"lower", &TYPE_BOOL, OPTIONAL | COMPUTED | FORCES_NEW,                                        \
     "Whether to use a to z.", .default_json = "true"},                                                       \
    {"upper", &TYPE_BOOL, OPTIONAL | COMPUTED | FORCES_NEW,                                        \
     "Whether to use A to Z.", .default_json = "true"},                                                       \
    {"numeric", &TYPE_BOOL, OPTIONAL | COMPUTED | FORCES_NEW,                                      \
     "Whether to use digits (default true)."},                                                                \
    {"number", &TYPE_BOOL, OPTIONAL | COMPUTED | FORCES_NEW | DEPRECATED,                          \
     "Former name of numeric."},                                                                \
    {"special", &TYPE_BOOL, OPTIONAL | COMPUTED | FORCES_NEW,                                      \
     "Whether to use special characters.", .default_json = "true"},                                           \
    {"override_special", &TYPE_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT,                                      \
     "Special characters to use."},              \
    {"min_lower", &TYPE_NUMBER, OPTIONAL | COMPUTED | FORCES_NEW,                                  \
     "Minimum number of characters a to z.", .default_json = "0",                                           \
     .check = random_text_check_least},                                                            \
    {"min_upper", &TYPE_NUMBER, OPTIONAL | COMPUTED | FORCES_NEW,                                  \
     "Minimum number of characters A to Z.", .default_json = "0",                                           \
     .check = random_text_check_least},                                                            \
    {"min_numeric", &TYPE_NUMBER, OPTIONAL | COMPUTED | FORCES_NEW,                                \
     "Minimum number of digits.", .default_json = "0",                                              \
     .check = random_text_check_least},                                                            \
    {"min_special", &TYPE_NUMBER, OPTIONAL | COMPUTED | FORCES_NEW,                                \
     "Minimum number of special characters.", .default_json = "0",                                  \
     .check = random_text_check_least}
/* clang-format on */

Str random_text_check_length(Value value, Arena *arena);
Str random_text_check_least(Value value, Arena *arena);

/* Checks that the minimums fit the length, and that some characters are allowed. */
bool random_text_validate(const Call *call, const ValidateRequest *request, Diags *diags);
/* Keeps `number` and `numeric` equal, two names of one setting; adds an error if both are
 * configured and differ. A change of the setting replaces the object. */
bool random_text_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags);
/* Returns random text for the settings of a planned object. */
Str random_text_draw(Value object, Arena *arena);
/* Sets null settings to their defaults, and the missing one of `number` and `numeric` to the other;
 * older versions stored only `number`. */
void random_text_complete(ObjectBuilder *builder);
/* Sets the settings of an imported text: its length in bytes, all classes allowed, no minimums. */
void random_text_adopt(ObjectBuilder *builder, Str text);
