/* SshWorker: the thread of one session. It moves the data of all streams, sends keepalives and
 * notices a dead peer. Only for this directory.
 *
 * libssh allows one thread at a time in a session, so only this thread calls libssh after
 * ssh_worker_start. Callers exchange bytes with it through the pipes of a stream. */
#pragma once

#include "ssh_socket.h"
#include "ssh_stream.h"

typedef struct SshWorker SshWorker;

/* Takes ownership of the connected session. Returns NULL if the system has no more threads; then
 * the caller still owns the session. */
SshWorker *ssh_worker_start(ssh_session session, int64_t keepalive_ms);
/* Ends all channels and the session. */
void ssh_worker_close(SshWorker *worker);
bool ssh_worker_is_alive(SshWorker *worker);

/* Starts a command. The caller exchanges bytes with the stream and abandons it. */
SshStream *ssh_worker_exec(SshWorker *worker, Str command);
/* Call after a change of a pipe that the worker may wait for. */
void ssh_worker_notify(SshWorker *worker);
/* Leaves a command to the worker, which frees it at once. */
void ssh_worker_abandon(SshWorker *worker, SshStream *stream);

/* Connects to host:port from the machine. The caller owns the descriptor. */
SshStatus ssh_worker_connect(SshWorker *worker,
                             Str host,
                             uint16_t port,
                             const SshDeadline *deadline,
                             int *out,
                             SshProblem *problem,
                             Arena *arena);
/* Listens on a port of 127.0.0.1 and forwards its connections to host:port. */
SshStatus ssh_worker_listen(SshWorker *worker,
                            Str host,
                            uint16_t port,
                            uint16_t *out_port,
                            SshProblem *problem,
                            Arena *arena);
