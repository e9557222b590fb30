/* state_lock: who holds the state, as the lock info JSON that the known tools write and read. */
#pragma once

#include "diag.h"
#include "io.h"

/* What a command of this program locks a state for. */
typedef enum LockOperation {
    LOCK_NONE, /* the command only reads, without a lock */
    LOCK_PLAN,
    LOCK_APPLY,
    LOCK_IMPORT,
    LOCK_TAINT,
    LOCK_UNTAINT,
    LOCK_STATE_MV,
    LOCK_STATE_RM,
    LOCK_STATE_PUSH,
    LOCK_STATE_REPLACE_PROVIDER,
    LOCK_WORKSPACE_NEW,
    LOCK_WORKSPACE_DELETE,
    LOCK_MIGRATE_FROM,
    LOCK_MIGRATE_TO,
} LockOperation;

typedef struct LockInfo {
    Str id;
    Str operation; /* OperationTypeApply, state-mv, …; another program's is shown as it stands */
    Str info;
    Str who; /* user@host */
    Str version;
    Str created; /* RFC 3339 with fraction, UTC */
    Str path;
} LockInfo;

/* `operation`: not LOCK_NONE. */
LockInfo state_lock_new(const Io *io, LockOperation operation, Str path, Arena *arena);
Str state_lock_to_json(const LockInfo *info, Arena *arena);
MUST_USE bool state_lock_from_json(Str json, LockInfo *out, Arena *arena);

/* What becomes of a lock whose holder dies. */
typedef enum LockEnd {
    LOCK_GOES,    /* with its holder */
    LOCK_EXPIRES, /* soon after */
    LOCK_STAYS,   /* until somebody takes it away */
} LockEnd;

typedef enum LockAnswer {
    LOCK_GOT,
    LOCK_HELD,   /* by *holder */
    LOCK_FAILED, /* with an error */
} LockAnswer;

typedef struct LockAttempt {
    void *self;
    /* *pid: of the holder, if it is on this machine and known. */
    LockAnswer (*attempt)(void *self, LockInfo *holder, pid_t *pid, Arena *arena, Diags *diags);
    /* When waiting begins, and when another holds it than before; NULL: nobody wants to know. */
    void (*waiting)(void *payload, const LockInfo *holder);
    void *payload;
    LockEnd end;
} LockAttempt;

/* "State is locked" with holder, operation, since when, and what to do. */
void state_lock_report(const LockAttempt *attempt, const LockInfo *holder, pid_t pid, Diags *diags);
/* The lock of `place` is not the one with this ID, but that of the holder; without ID: there is
 * none. */
void state_lock_report_other(
    const char *summary, Str place, Str id, const LockInfo *holder, Diags *diags);

/* Tries, waits (250 ms, doubling up to 2 s: many that wait are served soon after another) and tries
 * again, until `timeout_ms` are over (0: once). Held to the end: state_lock_report. A holder that
 * has not said yet who it is gets up to a second for it. */
MUST_USE bool state_lock_acquire(const LockAttempt *attempt,
                                 const Clock *clock,
                                 int64_t timeout_ms,
                                 const CancelToken *cancel,
                                 Diags *diags);
