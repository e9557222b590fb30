/* ssh_exchange: runs a command over the worker of a session. Only for this directory. Any thread
 * may call it. */
#pragma once

#include "ssh_command.h"
#include "ssh_socket.h"
#include "ssh_worker.h"

SshStatus ssh_exchange_exec(SshWorker *worker,
                            const SshCommand *command,
                            SshResult *out,
                            SshProblem *problem,
                            Arena *arena);
