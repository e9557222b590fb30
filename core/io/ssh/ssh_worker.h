/* SshWorker: the thread of one session. It moves the data of all streams, sends keepalives and
 * notices a dead peer. Only for this directory.
 *
 * libssh allows one thread at a time in a session, so only this thread calls libssh after
 * ssh_worker_start. Callers exchange bytes with it through the pipes of a stream. */
#pragma once

#include "ssh_stream.h"

typedef struct SshWorker SshWorker;

/* Takes ownership of the connected session. Returns NULL if the system has no more threads; then
 * the caller still owns the session. */
SshWorker *ssh_worker_start(ssh_session session, int64_t keepalive_ms);
/* Ends all channels and the session. */
void ssh_worker_close(SshWorker *worker);
bool ssh_worker_is_alive(SshWorker *worker);

/* Gives a new stream to the worker. */
void ssh_worker_submit(SshWorker *worker, SshStream *stream);
/* Leaves a submitted stream to the worker, which frees it: a command at once, a forwarded
 * connection at its end. */
void ssh_worker_abandon(SshWorker *worker, SshStream *stream);
/* Call after a change of a pipe that the worker may wait for. */
void ssh_worker_wake(SshWorker *worker);
/* For new streams. */
ssh_session ssh_worker_session(const SshWorker *worker);
pthread_mutex_t *ssh_worker_lock(SshWorker *worker);
/* Listens on a port of 127.0.0.1 and forwards its connections to host:port. */
SshStatus ssh_worker_listen(SshWorker *worker,
                            Str host,
                            uint16_t port,
                            uint16_t *out_port,
                            SshProblem *problem,
                            Arena *arena);
