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
    int64_t lease_seconds; /* the holder renews the lock, which expires this long after the last
                              renewal; 0: it does not expire by this info */
    Str renewed; /* time of the last renewal, on the holder's clock: only compared for equality */
} LockInfo;

/* The rows of a lock info. */
extern const Record state_lock_rows;

/* `operation` is not LOCK_NONE. `info` is the text of LOAM_LOCK_RUN. */
LockInfo state_lock_new(const Io *io, LockOperation operation, Str path, Arena *arena);
/* Returns the ID of the run in "run=ID pod=ID"; empty if there is none. */
Str state_lock_run(Str info);
/* Returns the end of a sentence, for a run that lost its lock: who holds it now. */
Str state_lock_loss(const LockInfo *holder, Arena *arena);
/* Sets `renewed` of a lock that expires. */
void state_lock_stamp(LockInfo *info, const Clock *clock, Arena *arena);
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
    /* Replaces the lock that the last `attempt` found, on condition that it is unchanged since
     * then. NULL: locks are not taken over. */
    LockResult (*take)(void *self, Arena *arena, Diags *diags);
    Str run; /* a lock of this run may be taken over as soon as a renewal is overdue; empty: none */
    /* Called when a lock was taken over; may be NULL. */
    void (*note)(void *payload, Str text);
} LockAttempt;

/* Adds the error "Error acquiring the state lock": holder, operation, start time, and a hint. Every
 * command that ends because of a held lock reports it here. */
void state_lock_report(const LockAttempt *attempt, const LockInfo *holder, pid_t pid, Diags *diags);
/* Adds an error: the lock of `place` does not have the ID `id`, but that of `holder`. If holder->id
 * is empty, the error says that `place` is not locked. Returns false. */
bool state_lock_report_other(const char *summary, Str place, Str id, const LockInfo *holder,
                             Diags *diags);

/* Retries after 250 ms, doubling up to 2 s, until `timeout_ms` have passed (0: tries once) or
 * `cancel` is raised. The cap lets many waiting runs follow each other quickly. If the lock stays
 * held, adds the error of state_lock_report. A holder that has not written its lock info yet gets
 * up to a second to do so.
 *
 * Takes over a lock with `lease_seconds` that has not been renewed for that time and the grace of
 * state_lease, or for half of lease_seconds if it belongs to `run`, then also without a timeout.
 * Only this machine's monotonic clock counts. */
MUST_USE bool state_lock_acquire(const LockAttempt *attempt, const Clock *clock, int64_t timeout_ms,
                                 const CancelToken *cancel, Diags *diags);
