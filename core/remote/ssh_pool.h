/* ssh_pool: idle sessions for later calls to the same machine, and failures of connections for
 * plans. Locks itself. */
#pragma once

#include "ssh.h"

typedef struct SshPool SshPool;

SshPool *ssh_pool_open(const Ssh *ssh);
/* Closes all idle sessions. Accepts NULL. */
void ssh_pool_close(SshPool *pool);
/* Returns an idle session with exactly this target, or NULL. The caller owns it until
 * ssh_pool_give. */
SshSession *ssh_pool_take(SshPool *pool, const SshTarget *target);
void ssh_pool_give(SshPool *pool, const SshTarget *target, SshSession *session);
/* Records that the target could not be connected to, until the pool is closed. */
void ssh_pool_note_absence(SshPool *pool,
                           const SshTarget *target,
                           SshStatus status,
                           const SshProblem *problem);
bool ssh_pool_find_absence(SshPool *pool,
                           const SshTarget *target,
                           SshStatus *status,
                           SshProblem *problem);
