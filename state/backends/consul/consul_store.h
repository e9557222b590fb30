/* ConsulStore: the objects of one workspace in Consul. PATH is the argument "path", with
 * "-env:WORKSPACE" after it for all workspaces but "default"; a "/" at its end counts once:
 *
 *    PATH                          the state, as text or compressed; if it exceeds one transaction,
 *                                  an index instead: {"current-hash": MD5, "chunks": [KEY, …]}
 *    PATH/tfstate.MD5/N            the pieces of such a state; MD5 is that of the whole text
 *    PATH/.lock                    the lock, held by a session
 *    PATH/.lockinfo                the lock info
 *    PATH/.loam-journal/NUMBER/…   a segment of the journal, in pieces III.COUNT
 *    PATH/.loam-plans/KEY          the stored plans, as in plan_store.h
 *
 * The first four have the form of Terraform and OpenTofu. Each write but that of a state's piece is
 * a transaction, and while the lock is held, the lock is its condition: after the lock is lost, the
 * server rejects the writes. A state is also written only over the index of the last read.
 * On failure, calls return false with *problem, the end of a sentence, in `arena`. */
#pragma once

#include "consul_client.h"
#include "journal_store.h"
#include "plan_store.h"

typedef struct ConsulStore {
    ConsulClient client;
    Str state_key;
    Str directory; /* PATH/ */
    bool packs;    /* compress the state */
    Str session;   /* empty: not locked */
    StateLease *lease;
    bool was_read; /* then these are of the last read or write: */
    int64_t index; /* 0: there is no state */
    Str digest;    /* of a state in pieces; else empty */
    Arena *arena;  /* of the digest */
} ConsulStore;

Str consul_store_lock_key(const ConsulStore *store, Arena *arena);
Str consul_store_info_key(const ConsulStore *store, Arena *arena);
/* *out is empty if there is no state. */
MUST_USE bool consul_store_read(ConsulStore *store, Str *out, Str *problem, Arena *arena);
MUST_USE bool consul_store_write(ConsulStore *store, Str text, Str *problem, Arena *arena);
/* Deletes everything but the lock and its info. */
MUST_USE bool consul_store_remove(ConsulStore *store, Str *problem, Arena *arena);
/* Return the journal and the stored plans; `store` must live as long. */
JournalStore *consul_store_journal(ConsulStore *store, Arena *arena);
NamedObjects *consul_store_plans(ConsulStore *store, Arena *arena);
