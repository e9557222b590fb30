/* Backend: where a state lives and how it is locked; one table of operations per kind of store.
 *
 * A workspace of a backend is opened once per run. Lock first, then read; what is written without a
 * lock is refused by the caller. The journal lives where the backend says. */
#pragma once

#include "cipher.h"
#include "journal.h"
#include "schema.h"
#include "state_lock.h"

typedef struct Backend Backend;

#define BACKEND_VARIABLES(table) .variables = (table), .variable_count = ARRAY_COUNT(table)

/* Where an argument comes from that the configuration does not give. */
typedef struct BackendVariable {
    const char *attribute;
    const char *name; /* of an environment variable; TF_X: LOAM_X wins over it */
} BackendVariable;

typedef struct BackendType {
    const char *name;  /* local */
    const char *about; /* a paragraph for the reference: locking, journal, what to know */
    Schema schema;     /* of the backend block; what is REQUIRED may come from the environment */
    const BackendVariable *variables; /* an attribute may have several: the first that is set */
    size_t variable_count;
    /* `config`: of the schema's implied type, completed by backend_settings; null: all defaults. */
    bool (*open)(
        const Io *io, Value config, Str workspace, Backend **out, Arena *arena, Diags *diags);
    /* Workspaces besides "default", sorted; making one, with nothing in it (one that is there stays
     * as it is). Names have been checked. One is taken away by `remove` below. */
    bool (*list)(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags);
    bool (*make)(const Io *io, Value config, Str workspace, Diags *diags);
} BackendType;

struct Backend {
    const BackendType *type;
    void *self;
    /* What messages name: the state file's path, an address. */
    Str path;
    /* Where its journal is kept; closed with the backend. NULL: it has no place for one, so its
     * user keeps it in the data folder and writes the state often. */
    JournalStore *journal;
    int64_t write_every_ms; /* during an apply, and after each change once `cancel` is raised; 0: at
                               its end */
    /* Requests are given up when it says CANCEL_NOW; NULL: never. */
    const CancelToken *cancel;
    /* True: the first signal stops its requests. Else the second one does, since the state of a run
     * that stops has to be written. */
    bool is_read_only;
    /* Local: where the state from before the first write goes; whoever opened the backend may
     * choose another place, or none (empty). */
    Str backup_path;
    /* What protects the state; NULL: nothing does. For backend_read and backend_write alone, as the
     * operations below carry bytes as they are stored. */
    const Cipher *cipher;
    bool is_outdated; /* what was read is to be written anew, even if nothing else changed */
    Str backup_bytes; /* while writing: what a backup holds, if not what is stored; else ptr NULL */
    /* When it begins to wait for a lock, whose it is; NULL: nobody wants to know. */
    void (*waiting)(void *payload, const LockInfo *holder);
    void *waiting_payload;
    /* Waits up to timeout_ms (0: try once); see state_lock_acquire. NULL: this store has no lock;
     * then `unlock` is NULL, too. */
    bool (*lock)(Backend *backend,
                 const LockInfo *info,
                 int64_t timeout_ms,
                 const CancelToken *cancel,
                 Diags *diags);
    bool (*unlock)(Backend *backend, Diags *diags);
    /* Takes the lock away from the holder of this ID; NULL: the lock goes with its process. */
    bool (*force_unlock)(Backend *backend, Str id, Diags *diags);
    /* NULL: a lock that was got cannot get lost. Else asked before each change, by any thread:
     * false, with an error, once the lock has expired or somebody else has it. */
    bool (*still_locked)(Backend *backend, Diags *diags);
    /* The whole text; empty when there is none. */
    bool (*read)(Backend *backend, Str *out, Arena *arena, Diags *diags);
    /* Durable when it returns; a crash leaves old or new. */
    bool (*write)(Backend *backend, Str bytes, Diags *diags);
    /* The workspace goes with all that it holds; the lock, if there is one, is held to the end, so
     * what others write is before it and refused, or after it and stays. NULL exactly where `list`
     * is. Nothing but unlock and close comes after it. */
    bool (*remove)(Backend *backend, Diags *diags);
    void (*close)(Backend *backend); /* NULL: nothing to release */
};

/* The operations of a backend with their lines in the log; a slot that is NULL does nothing. */
MUST_USE bool backend_lock(Backend *backend,
                           const LockInfo *info,
                           int64_t timeout_ms,
                           const CancelToken *cancel,
                           Diags *diags);
bool backend_unlock(Backend *backend, Diags *diags);
void backend_close(Backend *backend);

/* The state's text, decrypted; empty when there is none. */
MUST_USE bool backend_read(Backend *backend, Str *out, Arena *arena, Diags *diags);
/* Encrypts it where the backend has a cipher. An empty text is no state, and stays empty. */
MUST_USE bool backend_write(Backend *backend, Str text, Diags *diags);
