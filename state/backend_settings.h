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
/* Returns a variable of the environment; instead of TF_X, LOAM_X is tried first. Empty: not set. */
Str backend_settings_variable(const Io *io, const char *name, Arena *arena);
/* Converts the text of a flag or environment variable to the attribute's type. */
MUST_USE bool backend_settings_parse(const Attribute *attribute, Str text, Value *out, Arena *arena,
                                     Diags *diags);

/* These read an argument of a completed configuration, or return the fallback if it is null. */
Str backend_settings_text(Value config, const char *name, const char *fallback);
int64_t backend_settings_int(Value config, const char *name, int64_t fallback);
bool backend_settings_bool(Value config, const char *name, bool fallback);
/* Reads an argument that is PEM text, or the path of a file with it; empty if it is null. Returns
 * false, with an error, if the file cannot be read. */
MUST_USE bool backend_settings_pem(const Io *io, Value config, const char *name, Str *out,
                                   Arena *arena, Diags *diags);
/* Reads "lease_seconds" (default 0); returns false, with an error, if it is neither 0 nor from 3 to
 * 3600: a renewal must be possible in a third of it. */
/* For the reference of such a backend. */
#define LEASE_ABOUT                                                                                \
    "Without `lease_seconds`, the lock does not expire: remove the lock of a dead program with "   \
    "`force-unlock`. With it, loam renews the lock every third of that time. Another loam with "   \
    "`lease_seconds` that waits for the lock takes it over when it has seen no renewal for "       \
    "`lease_seconds` and as long again, at most 30 seconds. A run that lost its lock starts no "   \
    "operation and writes nothing; it kills itself before a waiting run may take the lock over. "  \
    "For Terraform and OpenTofu, such a lock is held until `force-unlock`."
MUST_USE bool backend_settings_lease(Value config, int64_t *out, Diags *diags);
