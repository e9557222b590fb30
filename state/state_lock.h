/* state_lock: who holds the state, as the lock info JSON that the known tools write and read. */
#pragma once

#include "diag.h"
#include "io.h"

typedef struct LockInfo {
    Str id;
    Str operation; /* OperationTypeApply, state-mv, … */
    Str info;
    Str who; /* user@host */
    Str version;
    Str created; /* RFC 3339 with fraction, UTC */
    Str path;
} LockInfo;

LockInfo state_lock_new(const Io *io, Str operation, Str path, Arena *arena);
Str state_lock_to_json(const LockInfo *info, Arena *arena);
MUST_USE bool state_lock_from_json(Str json, LockInfo *out, Arena *arena);
/* "State is locked" with holder, operation, since when, and what to do. */
void state_lock_report(Diags *diags, const LockInfo *holder, pid_t pid);
