/* mask: removes secrets from diagnostics and texts, and marks values that contain them. Providers
 * receive plain values, so their messages and results may quote the secret arguments of an
 * instance. */
#pragma once

#include "config.h"
#include "schema.h"
#include "secret_index.h"

/* Adds the texts, numbers and map keys of secret values to `secrets`, and the lines of their texts;
 * booleans are never added. The entries may point into `value`; `arena` owns the others. */
void mask_collect(Value value, StrVec *secrets, Arena *arena);
/* Does the same for the values that the configuration or the schema marks as sensitive. */
void mask_collect_config(const Schema *schema, Value config, StrVec *secrets, Arena *arena);
/* Adds the values of sensitive and ephemeral root variables (`values`: name → Value pointer; NULL:
 * none). Texts of less than 8 bytes are skipped, because they would match ordinary words. */
void mask_collect_variables(const Module *root, const Map *values, StrVec *secrets, Arena *arena);
/* Replaces secrets in diagnostics by "(sensitive value)", and hides their source lines that hold
 * secrets. A secret of up to 3 bytes counts only between double quotes, because it may be part of
 * a word. */
void mask_diags(Diags *diags, const StrVec *secrets);
/* Replaces secrets in one text by the rules of mask_diags. Returns the text itself if it contains
 * none. */
Str mask_text(Str text, const SecretIndex *secrets, Arena *arena);
/* Returns the value with sensitive marks: on each text or number that contains a secret, and on
 * each map or object with a secret key. A secret of up to 3 bytes must be the whole text. */
Value mask_value(Value value, const SecretIndex *secrets, Arena *arena);
