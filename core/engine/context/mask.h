/* mask: removes secrets from diagnostics. Providers receive plain values, so their error messages
 * may quote the secret arguments of an instance. */
#pragma once

#include "config.h"
#include "diag.h"

/* Adds the texts, numbers and map keys of secret values to `secrets`; `arena` owns them. */
void mask_collect(Value value, StrVec *secrets, Arena *arena);
/* Adds the values of sensitive and ephemeral root variables (`values`: name → Value pointer; NULL:
 * none). Short values are skipped, because they would match ordinary words. */
void mask_collect_variables(const Module *root, const Map *values, StrVec *secrets, Arena *arena);
/* Replaces secrets in diagnostics by "(sensitive value)". A short secret is replaced only where it
 * is quoted, because it may be part of a word. */
void mask_diags(Diags *diags, const StrVec *secrets);
/* Replaces secrets in one text. Returns the text itself if it contains none. */
Str mask_text(Str text, const StrVec *secrets, Arena *arena);
/* Returns the value with sensitive marks: on each text or number that contains a secret, and on
 * each map or object with a secret key. */
Value mask_value(Value value, const StrVec *secrets, Arena *arena);
