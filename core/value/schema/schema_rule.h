/* schema_rule: rules across the arguments of one object. */
#pragma once

#include "schema.h"

/* Adds one error for each rule of the schema that `object`, found at `path`, breaks. */
void schema_rule_check(const Schema *schema, Value object, Path path, Arena *arena, Diags *diags);
/* Returns a rule as a sentence: "Exactly one of `a` and `b` must be set." */
Str schema_rule_text(const ArgumentRule *rule, Arena *arena);
/* Returns the first name in a rule that neither the schema nor its nested objects have; NULL if
 * none. */
const char *schema_rule_unknown_name(const Schema *schema, const ArgumentRule *rule);
