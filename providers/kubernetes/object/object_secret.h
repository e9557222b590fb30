/* object_secret: which parts of an object are secret by its kind. */
#pragma once

#include "path.h"

/* Returns whether the object is a Secret of the core group, or may be one: its kind or version is
 * unknown. `object` may be a manifest, and may be null or unknown. */
bool object_secret_is(Value object);
/* Adds the sensitive paths of the object at `at`; none for other kinds. */
void object_secret_paths(Value object, Path at, Paths *out, Arena *arena);
/* Adds the places of `object`, which is at `at`, whose values come from sensitive values of the
 * manifest. A list counts as a whole, because the server may order it. */
void object_secret_mirror(Value manifest, Value object, Path at, Paths *out, Arena *arena);
/* Returns the text with every one of these strings replaced by "(sensitive value)". `secrets` may
 * be NULL. */
Str object_secret_hide(Str text, const StrVec *secrets, Arena *arena);
/* Returns the text with every value of the Secret, plain or in base64, replaced by "(sensitive
 * value)"; unchanged for other kinds. */
Str object_secret_mask(Value object, Str text, Arena *arena);
