/* render_secret: secret texts that appear elsewhere without their mark.
 *
 * A provider that returns an argument under another name (terraform_data's `output`) loses the
 * mark. State and JSON keep such values, as other programs read them; text and reports hide them:
 *
 *   - a text or number that is secret in an object, everywhere in that object
 *   - a longer one everywhere in the plan, also if it comes from a sensitive variable
 *   - a container that is secret as a whole, or has a longer secret text among its keys
 *
 * Texts of a peer (RenderPeer) are equal to the peer's, which shows such values. */
#pragma once

#include "plan.h"

/* Adds the secret parts of `value` that are distinctive enough. */
void render_secret_collect(Value value, Map *secrets);
/* Returns the secrets of the whole plan that are distinctive enough: short texts are left out. */
const Map *render_secret_of_plan(const Plan *plan, Arena *arena);
/* Returns the value with every repetition of a secret marked. `secrets` may be NULL. */
Value render_secret_mark(const Map *secrets, Value value, Arena *arena);
/* Returns the secrets that are long enough to be hidden in other objects too. */
const Map *render_secret_shared(const Map *secrets, Arena *arena);
/* Returns true if the value repeats a secret, or is a container with a secret as a key. */
bool render_secret_has(const Map *secrets, Value value, Arena *scratch);
