/* schema_rule: rules across the arguments of one object. */
#pragma once

#include "schema.h"

/* Adds an error for each rule of the schema that `object`, found at `path`, breaks. */
void schema_rule_check(const Schema *schema, Value object, Path path, Arena *arena, Diags *diags);
/* A rule as a sentence: "Exactly one of `a` and `b` must be set." */
Str schema_rule_text(const ArgumentRule *rule, Arena *arena);
/* The first name in a rule that the schema does not have, in itself or in a nested object;
 * NULL: none. */
const char *schema_rule_unknown_name(const Schema *schema, const ArgumentRule *rule);
