/* Mask: providers are given plain values, and what they say of one that fails may quote it. What an
 * instance's arguments hold in secret is therefore taken out of its diagnostics. */
#pragma once

#include "config.h"
#include "diag.h"

/* Adds the texts, numbers and keys in what is marked as secret; they live in the arena. */
void mask_collect(Value value, StrVec *secrets, Arena *arena);
/* What the root's sensitive variables were given (`values`: name → Value pointer; NULL: nothing),
 * as far as it is long enough to be told from words: a part of what was made of it may be quoted.
 */
void mask_collect_variables(const Module *root, const Map *values, StrVec *secrets, Arena *arena);
/* Replaces them by "(sensitive value)". A short one is replaced only where it is quoted: as a part
 * of words it tells nothing. */
void mask_diags(Diags *diags, const StrVec *secrets);
/* The same in one text; the text itself where it holds none. */
Str mask_text(Str text, const StrVec *secrets, Arena *arena);
/* The value with each text, number and holder of keys that holds a secret marked as sensitive. */
Value mask_value(Value value, const StrVec *secrets, Arena *arena);
