/* SshPool: sessions shared by the calls of one client, one session for each way to a machine.
 *
 * A way is a chain of targets: jump hosts, then the machine. A session carries up to five channels
 * at once, fewer if the server allows fewer; then a further session is opened. Calls that need a
 * session which is being opened wait for it, and share its failure. Sessions stay open until the
 * pool is closed. The pool locks itself. */
#pragma once

#include "io.h"

typedef struct SshPool SshPool;
typedef struct SshLease SshLease; /* the right to one channel of a session */

SshPool *ssh_pool_open(const Ssh *ssh);
/* No lease may be in use. Accepts NULL. */
void ssh_pool_close(SshPool *pool);

/* Returns a digest of the chain, which identifies the way. */
Str ssh_pool_key(const SshTarget *chain, size_t count, Arena *arena);
/* Leases a channel; makes one connection attempt if no session is open. */
SshStatus ssh_pool_acquire(SshPool *pool,
                           const SshTarget *chain,
                           size_t count,
                           SshTimeout timeout,
                           SshLease **out,
                           SshProblem *problem,
                           Arena *arena);
SshSession *ssh_pool_session(const SshLease *lease);
/* Releases a lease after a command that ended with this status. After SSH_LOST, no call gets its
 * session again. After SSH_BUSY, the session serves fewer calls at once; returns false if the lease
 * was the only one, so that a further session would be as useless. */
bool ssh_pool_release(SshPool *pool, SshLease *lease, SshStatus status);
/* Returns the local port that leads to host:port as seen from the machine; the first call opens
 * it. It stays open until the pool is closed. */
SshStatus ssh_pool_tunnel(SshPool *pool,
                          SshLease *lease,
                          Str host,
                          uint16_t port,
                          uint16_t *out_port,
                          SshProblem *problem,
                          Arena *arena);
