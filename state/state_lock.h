/* state_lock: the holder of a state's lock, as the lock info JSON that OpenTofu and Terraform
 * use. */
#pragma once

#include "diag.h"
#include "io.h"
#include "record.h"

/* The operation for which a command locks a state. */
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
    Str operation; /* OperationTypeApply, state-mv, …; shown as stored if another program wrote it
                    */
    Str info;
    Str who; /* user@host */
    Str version;
    Str created; /* RFC 3339 with fraction, UTC */
    Str path;
} LockInfo;

/* The rows of a lock info. */
extern const Record state_lock_rows;

/* `operation` is not LOCK_NONE. */
LockInfo state_lock_new(const Io *io, LockOperation operation, Str path, Arena *arena);
Str state_lock_to_json(const LockInfo *info, Arena *arena);
MUST_USE bool state_lock_from_json(Str json, LockInfo *out, Arena *arena);

/* The fate of a lock whose holder dies. */
typedef enum LockEnd {
    LOCK_ENDS_WITH_PROCESS, /* released with its holder */
    LOCK_EXPIRES,           /* some time after its holder died */
    LOCK_OUTLIVES_PROCESS,  /* until a user removes it */
} LockEnd;

typedef enum LockResult {
    LOCK_ACQUIRED,
    LOCK_HELD,   /* by *holder */
    LOCK_FAILED, /* an error was added */
} LockResult;

typedef struct LockAttempt {
    void *self;
    /* *pid is the holder's process, if known and on this machine. */
    LockResult (*attempt)(void *self, LockInfo *holder, pid_t *pid, Arena *arena, Diags *diags);
    /* Called when waiting begins, and when the holder changes; may be NULL. */
    void (*waiting)(void *payload, const LockInfo *holder);
    void *payload;
    LockEnd end;
} LockAttempt;

/* Adds the error "Error acquiring the state lock": holder, operation, start time, and a hint. */
void state_lock_report(const LockAttempt *attempt, const LockInfo *holder, pid_t pid, Diags *diags);
/* Adds an error: the lock of `place` does not have the ID `id`, but that of `holder`. If holder->id
 * is empty, the error says that `place` is not locked. Returns false. */
bool state_lock_report_other(const char *summary, Str place, Str id, const LockInfo *holder,
                             Diags *diags);

/* Retries after 250 ms, doubling up to 2 s, until `timeout_ms` have passed (0: tries once) or
 * `cancel` is raised. The cap lets many waiting runs follow each other quickly. If the lock stays
 * held, adds the error of state_lock_report. A holder that has not written its lock info yet gets
 * up to a second to do so. */
MUST_USE bool state_lock_acquire(const LockAttempt *attempt, const Clock *clock, int64_t timeout_ms,
                                 const CancelToken *cancel, Diags *diags);
