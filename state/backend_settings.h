/* backend_settings: completes the arguments of a backend for its `open`. */
#pragma once

#include "backend.h"

/* Returns the schema of the block alone: arguments are optional, since a flag or the environment
 * may set them. `arena` lives as long as the program. */
const Schema *backend_settings_lenient(const BackendType *type, Arena *arena);
/* Completes `given` from the environment. Adds an error for a required argument that neither sets,
 * and for each value that the schema's checks reject. */
MUST_USE bool backend_settings_complete(const BackendType *type, const Io *io, Value given,
                                        Value *out, Arena *arena, Diags *diags);
/* Reads an argument from the environment; returns false on failure and if no variable sets it. */
bool backend_settings_find(const BackendType *type, const Io *io, const char *attribute, Value *out,
                           Arena *arena, Diags *diags);
/* Converts the text of a flag or environment variable to the attribute's type. */
MUST_USE bool backend_settings_parse(const Attribute *attribute, Str text, Value *out, Arena *arena,
                                     Diags *diags);

/* These read an argument of a completed configuration, or return the fallback if it is null. */
Str backend_settings_text(Value config, const char *name, const char *fallback);
int64_t backend_settings_int(Value config, const char *name, int64_t fallback);
bool backend_settings_bool(Value config, const char *name, bool fallback);
