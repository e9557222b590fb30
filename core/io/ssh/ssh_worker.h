/* SshWorker: the thread of one session. It moves the data of all streams, sends keepalives and
 * detects a lost connection. Only for this directory.
 *
 * libssh allows one thread at a time in a session, so only this thread calls libssh after
 * ssh_worker_start. Callers exchange bytes with the thread through the pipes of a stream. The
 * functions are thread-safe, except ssh_worker_close. */
#pragma once

#include "ssh_command.h"
#include "ssh_socket.h"
#include "ssh_stream.h"
#include "ssh_target.h"

typedef struct SshWorker SshWorker;

/* Acquires ownership of the session, which is logged in. Returns NULL if the system has no more
 * threads; then the caller still owns the session. `keepalive_ms`: as in SshTarget. */
SshWorker *ssh_worker_start(ssh_session session, int64_t keepalive_ms);
/* Ends all channels and the session, and frees the worker. No call may be in progress. */
void ssh_worker_close(SshWorker *worker);
/* Returns false after the connection was lost. */
bool ssh_worker_is_alive(SshWorker *worker);

/* Starts a command. The caller must abandon the stream, also after its end. */
SshStream *ssh_worker_exec(SshWorker *worker, Str command);
/* Ends a wait of the thread. Call after each change of a pipe. */
void ssh_worker_notify(SshWorker *worker);
/* Ends the use of a stream by its caller. The worker ends a command that still runs (SIGTERM), and
 * frees the stream. A forwarded connection continues until it is closed. */
void ssh_worker_abandon(SshWorker *worker, SshStream *stream);

/* Opens a connection from the machine to host and port of the target. *out is a local socket for
 * it, which the caller closes. */
SshStatus ssh_worker_connect(SshWorker *worker, const SshTarget *target,
                             const SshDeadline *deadline, int *out, SshProblem *problem,
                             Arena *arena);
/* Listens on a free port of 127.0.0.1 until the worker is closed, and forwards its connections to
 * host:port as seen from the machine. */
SshStatus ssh_worker_listen(SshWorker *worker, Str host, uint16_t port, uint16_t *out_port,
                            SshProblem *problem, Arena *arena);
