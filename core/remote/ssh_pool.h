/* ssh_pool: idle sessions, kept for the next call to the same machine, and what became of attempts
 * to look at one. Guards itself. */
#pragma once

#include "ssh.h"

typedef struct SshPool SshPool;

SshPool *ssh_pool_open(const Ssh *ssh);
/* Closes every idle session. NULL is fine. */
void ssh_pool_close(SshPool *pool);
/* An idle session with exactly this target, the caller's until it is given back; or NULL. */
SshSession *ssh_pool_take(SshPool *pool, const SshTarget *target);
void ssh_pool_give(SshPool *pool, const SshTarget *target, SshSession *session);
/* The target could not be connected to, for as long as the pool lives. */
void ssh_pool_note_absence(SshPool *pool,
                           const SshTarget *target,
                           SshStatus status,
                           const SshProblem *problem);
bool ssh_pool_find_absence(SshPool *pool,
                           const SshTarget *target,
                           SshStatus *status,
                           SshProblem *problem);
