/* SshWorker: the thread of one session. It moves the data of all channels, sends keepalives and
 * notices a dead peer. Only for this directory.
 *
 * libssh allows one thread at a time in a session, so only this thread calls libssh after
 * ssh_worker_start. Callers exchange bytes with it through the buffers of a channel. */
#pragma once

#include "ssh.h"
#include "ssh_socket.h"

#include <libssh/libssh.h>

typedef struct SshWorker SshWorker;

/* Takes ownership of the connected session. Returns NULL if the system has no more threads; then
 * the caller still owns the session. */
SshWorker *ssh_worker_start(ssh_session session, int64_t keepalive_ms);
/* Ends all channels and the session. */
void ssh_worker_close(SshWorker *worker);
bool ssh_worker_is_alive(SshWorker *worker);

SshStatus ssh_worker_exec(SshWorker *worker,
                          const SshCommand *command,
                          SshResult *out,
                          SshProblem *problem,
                          Arena *arena);
/* Connects to host:port from the machine. The caller owns the descriptor. */
SshStatus ssh_worker_forward(SshWorker *worker,
                             Str host,
                             uint16_t port,
                             const SshDeadline *deadline,
                             int *out,
                             SshProblem *problem,
                             Arena *arena);
SshStatus ssh_worker_listen(SshWorker *worker,
                            Str host,
                            uint16_t port,
                            uint16_t *out_port,
                            SshProblem *problem,
                            Arena *arena);
