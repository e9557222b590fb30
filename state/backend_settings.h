/* backend_settings: the arguments of a backend, as its `open` gets them. */
#pragma once

#include "backend.h"

/* The schema of the block alone: what is required may also come from a flag or the environment.
 * `arena` lives as long as the program. */
const Schema *backend_settings_lenient(const BackendType *type, Arena *arena);
/* `given` with what it leaves out taken from the environment. What is required and in neither is an
 * error; so is what the schema's checks refuse. */
MUST_USE bool backend_settings_complete(
    const BackendType *type, const Io *io, Value given, Value *out, Arena *arena, Diags *diags);
/* What the environment says of an argument; false also when that is nothing. */
bool backend_settings_find(const BackendType *type,
                           const Io *io,
                           const char *attribute,
                           Value *out,
                           Arena *arena,
                           Diags *diags);
/* A text, as flags and variables give one, as the value of an attribute. */
MUST_USE bool backend_settings_parse(
    const Attribute *attribute, Str text, Value *out, Arena *arena, Diags *diags);

/* Of a completed configuration; the fallback stands for null. */
Str backend_settings_text(Value config, const char *name, const char *fallback);
int64_t backend_settings_int(Value config, const char *name, int64_t fallback);
bool backend_settings_bool(Value config, const char *name, bool fallback);
