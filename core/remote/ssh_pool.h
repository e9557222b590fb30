/* SshPool: sessions that the calls of one client share. A route, a list of jump hosts and then the
 * machine, identifies the sessions that a call may share.
 *
 * A session serves up to five calls at once, fewer if the server allows fewer channels; then the
 * pool opens another session. Calls wait for a session that is being opened, and fail if opening it
 * fails. A working session stays open until the pool is closed. Thread-safe. */
#pragma once

#include "io.h"

typedef struct SshPool SshPool;
typedef struct SshLease SshLease; /* the right to one channel of a session */

SshPool *ssh_pool_open(const Ssh *ssh);
/* No lease may be in use. Accepts NULL. */
void ssh_pool_close(SshPool *pool);

/* Returns whether a wait may last longer: it was not cancelled, and less than its limit has passed.
 */
bool ssh_pool_has_time(const SshTimeout *timeout, int64_t waited_ms);
/* Jump hosts, then a machine. */
typedef struct SshChain {
    const SshTarget *targets;
    size_t count;
} SshChain;

/* Returns a digest of the chain with its credentials, which identifies the route. */
Str ssh_pool_key(SshChain chain, Arena *arena);
/* Leases a channel. If no session has a free one, makes one connection attempt to each machine of
 * the chain that has no session yet. */
SshStatus ssh_pool_acquire(SshPool *pool, SshChain chain, SshTimeout timeout, SshLease **out,
                           SshProblem *problem, Arena *arena);
SshSession *ssh_pool_session(const SshLease *lease);
/* Releases a lease after a command that ended with this status. After SSH_LOST, no call acquires
 * the session again. After SSH_BUSY, the session serves fewer calls at once. Returns false after
 * SSH_BUSY if no other call uses the session: then a new session would be refused, too. */
bool ssh_pool_release(SshPool *pool, SshLease *lease, SshStatus status);
/* Sets *out_port to a port of 127.0.0.1 that is forwarded to host:port as seen from the machine;
 * the first call opens it. It stays open as long as the session. Fails with SSH_LOST if the
 * session is lost. */
SshStatus ssh_pool_tunnel(SshLease *lease, Str host, uint16_t port, uint16_t *out_port,
                          SshProblem *problem, Arena *arena);
