/* Backend: where a state is stored and how it is locked. Each kind of store is one table of
 * operations.
 *
 * A run opens a workspace of a backend once: it acquires the lock, then reads the state. A write
 * does not require the lock: callers acquire it, unless the user disabled locking. The backend
 * decides where the journal is stored. */
#pragma once

#include "cipher.h"
#include "journal.h"
#include "plan_store.h"
#include "schema.h"
#include "state_lock.h"

typedef struct Backend Backend;

#define BACKEND_VARIABLES(table) .variables = (table), .variable_count = ARRAY_COUNT(table)

/* An environment variable that sets an argument which the configuration omits. */
typedef struct BackendVariable {
    const char *attribute;
    const char *name; /* of an environment variable; instead of TF_X, LOAM_X is tried first */
} BackendVariable;

typedef struct BackendType {
    const char *name;  /* local */
    const char *about; /* a paragraph for the reference: locking, journal, limitations */
    Schema schema;     /* of the backend block; the environment may set REQUIRED arguments */
    const BackendVariable *variables; /* an attribute may have several: the first one set is used */
    size_t variable_count;
    /* Written as a block NAME of its own instead of backend "NAME"; -backend-config does not apply.
     * There is no workspace "default": `list` returns all. */
    bool has_own_block;
    /* `config` has the schema's implied type and is completed by backend_settings; null: all
     * defaults. */
    bool (*open)(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                 Diags *diags);
    /* The argument of the block "workspaces" with which there are several workspaces; NULL: there
     * are always, if there is `list`. */
    const char *selector;
    /* `list` returns the workspaces besides "default", sorted. `make` creates an empty workspace;
     * callers have checked that none of that name exists. Both are NULL if there is only "default".
     * Callers have validated the names. `remove` below deletes a workspace. */
    bool (*list)(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags);
    bool (*make)(const Io *io, Value config, Str workspace, Diags *diags);
} BackendType;

struct Backend {
    const BackendType *type;
    void *self;
    /* For messages: the state file's path, or an address. */
    Str path;
    /* The store of the journal; closed with the backend. NULL: the backend cannot store a journal,
     * so the caller keeps it in the data directory and writes the state often. */
    JournalStore *journal;
    NamedObjects *plans; /* NULL: the backend cannot store plans */
    /* True: after calls that leave the content as it was, the journal may keep a mark
     * (journal_mark). Commands read it at no cost, and it stays with the state. False: such calls
     * raise the serial. */
    bool has_marks;
    int64_t write_every_ms; /* interval of state writes during an apply; once `cancel` is raised,
                               every change is written; 0: only at the end */
    /* CANCEL_NOW aborts requests; NULL: requests are never aborted. */
    const CancelToken *cancel;
    /* True: the first signal aborts requests (http backend only). False: only the second one does,
     * since a cancelled run must still write its state. */
    bool is_read_only;
    /* Local backend: the file for the state as it was before the first write. The caller may set
     * another path after `open`; empty: no backup. */
    Str backup_path;
    /* Encrypts the state; NULL: no encryption. Only backend_read and backend_write use it; the
     * operations below pass bytes as stored. */
    const Cipher *cipher;
    bool
        is_for_tofu; /* called as tofu: warn when the state gets a form that OpenTofu cannot read */
    bool is_forced;  /* the write replaces any state, also one with another lineage or a newer
                        serial,  even if the store compares them */
    bool is_outdated; /* rewrite the state even if nothing changed, since its stored form is
                         outdated */
    Str backup_bytes; /* during a write: the content of the backup, if it differs from the stored
                         bytes; else ptr NULL */
    /* Called with the lock's holder when the backend begins to wait for the lock; may be NULL. */
    void (*waiting)(void *payload, const LockInfo *holder);
    void *waiting_payload;
    /* Called, by any thread, when an operation begins and when it has ended: "state lock", "state
     * read", "state write", and the requests of the store within them, "backend read", "backend
     * write". Has the payload of `waiting`; may be NULL. */
    void (*timed)(void *payload, const char *what, bool has_ended, bool ok);
    /* Called, by any thread, with a message for the user about the lock: it was taken over from a
     * dead holder, or is lost. Has the payload of `waiting`; may be NULL. */
    void (*note)(void *payload, Str text);
    /* Take the lock of another process of the same run (LOAM_LOCK_RUN) as soon as its renewal is
     * overdue. */
    bool takes_lock_of_run;
    /* Waits up to timeout_ms (0: tries once); see state_lock_acquire. NULL: the store has no lock;
     * then `unlock` is NULL, too. */
    bool (*lock)(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                 const CancelToken *cancel, Diags *diags);
    bool (*unlock)(Backend *backend, Diags *diags);
    /* Removes the lock with this ID from its holder; NULL: the lock ends with its process. */
    bool (*force_unlock)(Backend *backend, Str id, Diags *diags);
    /* Removes the digest that another place has of the state, so that the stored state is read as
     * it is; NULL: the backend has no such digest. */
    bool (*drop_digest)(Backend *backend, Diags *diags);
    /* Called before each change, by any thread. Returns false, with an error, once the lock has
     * expired or another holder has acquired it. NULL: the backend does not notice a lost lock
     * before its next write, if at all. */
    bool (*still_locked)(Backend *backend, Diags *diags);
    /* Called by init: checks that the store has the features that the configuration requires. NULL:
     * nothing to check. */
    bool (*probe)(Backend *backend, Diags *diags);
    /* Returns the whole text; empty if there is no state. May set is_outdated. */
    bool (*read)(Backend *backend, Str *out, Arena *arena, Diags *diags);
    /* The text is durable when it returns; a crash leaves the old or the new text. */
    bool (*write)(Backend *backend, Str bytes, Diags *diags);
    /* Deletes the workspace with all its contents. A lock, if any, is held to the end: other
     * writers are either rejected or write after it. NULL exactly if `list` is NULL. Only unlock
     * and close may follow. */
    bool (*remove)(Backend *backend, Diags *diags);
    void (*close)(Backend *backend); /* NULL: nothing to release */
};

/* These call the operations of the backend and log them. A NULL slot succeeds without doing
 * anything. */
MUST_USE bool backend_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                           const CancelToken *cancel, Diags *diags);
bool backend_unlock(Backend *backend, Diags *diags);
void backend_close(Backend *backend);

/* Returns the state's text, decrypted; empty if there is no state. */
MUST_USE bool backend_read(Backend *backend, Str *out, Arena *arena, Diags *diags);
/* Encrypts the text if the backend has a cipher. An empty text means no state, and stays empty. */
MUST_USE bool backend_write(Backend *backend, Str text, Diags *diags);

/* Reports a failed request, as an unreachable store unless `problem` says otherwise. `problem` is
 * the end of a sentence, `hint` a sentence: "s3://b/k": PROBLEM. HINT. Returns false. */
bool backend_report(const Backend *backend, const char *summary, Str problem, const char *hint,
                    Diags *diags);

/* Writes the reference of a backend in Markdown, from its tables. */
void backend_page_write(const BackendType *type, StrBuf *out, Arena *arena);
