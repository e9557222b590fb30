/* Backend: where a state lives and how it is locked; one table of operations per kind of store.
 *
 * A workspace of a backend is opened once per run. Lock first, then read; what is written without a
 * lock is refused by the caller. The journal lives where the backend says. */
#pragma once

#include "journal.h"
#include "schema.h"
#include "state_lock.h"

typedef struct Backend Backend;

typedef struct BackendType {
    const char *name; /* local */
    Schema schema;    /* of the backend block */
    /* `config`: of the schema's implied type; null: all defaults. */
    bool (*open)(
        const Io *io, Value config, Str workspace, Backend **out, Arena *arena, Diags *diags);
    /* Workspaces besides "default", sorted; making one, with nothing in it; taking one away with
     * all that it holds. Names have been checked. */
    bool (*list)(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags);
    bool (*make)(const Io *io, Value config, Str workspace, Diags *diags);
    bool (*remove)(const Io *io, Value config, Str workspace, Diags *diags);
} BackendType;

struct Backend {
    const BackendType *type;
    void *self;
    /* What messages name: the state file's path, an address. */
    Str path;
    /* Where its journal is kept; closed with the backend. NULL: it has no place for one, so its
     * user keeps it in the data folder and writes the state often. */
    JournalStore *journal;
    int64_t write_every_ms;    /* during an apply; 0: at its end */
    const CancelToken *cancel; /* with that: once it is raised, after each change */
    /* Local: where the state from before the first write goes; whoever opened the backend may
     * choose another place, or none (empty). */
    Str backup_path;
    /* Waits up to timeout_ms (0: try once) with the known back-off; told of waiting by `waiting`.
     */
    bool (*lock)(Backend *backend,
                 const LockInfo *info,
                 int64_t timeout_ms,
                 const CancelToken *cancel,
                 Diags *diags);
    bool (*unlock)(Backend *backend, Diags *diags);
    /* NULL: a lock that was got cannot get lost. Else asked before each change, by any thread:
     * false, with an error, once the lock has expired or somebody else has it. */
    bool (*still_locked)(Backend *backend, Diags *diags);
    /* The whole text; empty when there is none. */
    bool (*read)(Backend *backend, Str *out, Arena *arena, Diags *diags);
    /* Durable when it returns; a crash leaves old or new. */
    bool (*write)(Backend *backend, Str bytes, Diags *diags);
    void (*close)(Backend *backend);
};
