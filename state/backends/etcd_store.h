/* EtcdStore: the state and the journal of one workspace in etcd. Keys below PREFIX/WORKSPACE/:
 *
 *    state            the text; if it exceeds one request, a manifest instead: a line with the
 *                     number of pieces, the name of their write, their length and their digest
 *    state/WRITE/NNN  the pieces; readers ignore them until `state` has the name of their write
 *    journal/NUMBER   the journal's segments, with pieces below them likewise
 *    plans/KEY        the stored plans, as in plan_store.h
 *    lock             the lock info, bound to a lease
 *
 * While the lock is held, each write is a transaction on condition of that lock: after the lock is
 * lost, the server rejects the writes. On failure, calls return false with *problem, the end of a
 * sentence, in `arena`. */
#pragma once

#include "etcd_client.h"
#include "journal_store.h"
#include "plan_store.h"
#include "state_lease.h"

typedef struct EtcdStore {
    EtcdClient *client;
    const CancelToken **cancel; /* address of the token that ends requests */
    Str directory;              /* PREFIX/WORKSPACE/ */
    Str state_key;
    Str lock_key;
    int64_t lock_revision; /* 0: not locked */
    StateLease *lease;     /* NULL: not locked */
} EtcdStore;

/* *out is empty if there is no state. */
MUST_USE bool etcd_store_read(const EtcdStore *store, Str *out, Str *problem, Arena *arena);
MUST_USE bool etcd_store_write(const EtcdStore *store, Str text, Str *problem, Arena *arena);
/* Returns the journal; `store` must live as long. */
JournalStore *etcd_store_journal(EtcdStore *store, Arena *arena);
/* Executes the transaction. While the lock is held, it is conditional on the lock; a lost lock is a
 * failure. */
MUST_USE bool etcd_store_send_fenced(const EtcdStore *store, EtcdTxn *txn, Str *problem,
                                     Arena *arena);
