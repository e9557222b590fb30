/* render_secret: secret texts that stand elsewhere without their mark.
 *
 * A provider that hands an argument back under another name (terraform_data's `output`) loses the
 * mark. State and JSON say so as they are read by others; what people and reports are shown must
 * not: a text or number that is secret in an object is hidden wherever that object has it, and a
 * longer one wherever the plan has it, sensitive variables included. So is what holds others, keys
 * and all, where it is secret as a whole, and whatever has a longer secret text among its keys. */
#pragma once

#include "plan.h"

/* Adds what is secret in `value`, and can be told from any other word. */
void render_secret_collect(Value value, Map *secrets);
/* Of everything that is planned; what is too short to be told from other words is left out. */
const Map *render_secret_of_plan(const Plan *plan, Arena *arena);
/* The value with what repeats a secret marked as sensitive. `secrets` may be NULL. */
Value render_secret_mark(const Map *secrets, Value value, Arena *arena);
/* Those of the shared kind: long enough to be told from other words. */
const Map *render_secret_shared(const Map *secrets, Arena *arena);
bool render_secret_has(const Map *secrets, Value value, Arena *scratch);
