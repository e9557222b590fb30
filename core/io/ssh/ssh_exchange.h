/* ssh_exchange: runs a command, or opens a connection, over the worker of a session. Only for this
 * directory. Any thread may call it. */
#pragma once

#include "ssh_command.h"
#include "ssh_socket.h"
#include "ssh_worker.h"

SshStatus ssh_exchange_exec(SshWorker *worker,
                            const SshCommand *command,
                            SshResult *out,
                            SshProblem *problem,
                            Arena *arena);
/* Connects to host:port from the machine. The caller owns the descriptor. */
SshStatus ssh_exchange_forward(SshWorker *worker,
                               Str host,
                               uint16_t port,
                               const SshDeadline *deadline,
                               int *out,
                               SshProblem *problem,
                               Arena *arena);
