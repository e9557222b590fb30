/* envelope: what lies around everything that is persisted and holds values: state, copies, backup,
 * journal, plan file. Every byte read from or written to a store goes through here, so that a key
 * is one change in one place.
 *
 * An envelope is the JSON object that OpenTofu writes: {"meta", "encrypted_data",
 * "encryption_version"}. This version holds no keys: plain text passes, an envelope is refused with
 * the way out. */
#pragma once

#include "diag.h"

/* The JSON of an envelope? Looks at the keys of the first level only. */
bool envelope_is_sealed(Str bytes);
/* The content. `name` says what it is ("The state file \"terraform.tfstate\""). */
MUST_USE bool envelope_open(Str name, Str bytes, Str *out, Diags *diags);
