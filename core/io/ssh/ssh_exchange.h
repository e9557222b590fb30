/* ssh_exchange: runs a command over the worker of a session. Only for this directory. Thread-safe.
 */
#pragma once

#include "ssh_command.h"
#include "ssh_socket.h"
#include "ssh_worker.h"

/* Implements exec of ssh.h. Results are in `arena`. */
SshStatus ssh_exchange_exec(SshWorker *worker, const SshCommand *command, SshResult *out,
                            SshProblem *problem, Arena *arena);
