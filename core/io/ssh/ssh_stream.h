/* SshStream: a channel of a session, for a command or for a forwarded connection. Only for this
 * directory.
 *
 * The thread of the worker moves the data. Only this thread calls libssh, and never while it holds
 * the lock. A caller exchanges bytes with the thread through the pipes. */
#pragma once

#include "ssh_pipe.h"
#include "ssh_status.h"

#include <libssh/callbacks.h>
#include <pthread.h>

#define SSH_STREAM_PIECE ((size_t)32768)

typedef enum SshStreamKind { SSH_STREAM_EXEC, SSH_STREAM_FORWARD } SshStreamKind;

typedef enum SshStreamState {
    SSH_STREAM_OPENING,    /* no channel yet */
    SSH_STREAM_REQUESTING, /* exec: the channel is open, the command not yet accepted */
    SSH_STREAM_RUNNING,
    SSH_STREAM_ENDED, /* `status` is the result */
} SshStreamState;

typedef struct SshStream {
    struct SshStream *next;
    Arena *arena;          /* holds the stream itself */
    ssh_session session;   /* used by the worker only */
    pthread_mutex_t *lock; /* the worker's, of all its streams */
    SshStreamKind kind;
    const char *command; /* exec */
    const char *host;    /* forward */
    uint16_t port;

    /* Only the worker uses these. */
    ssh_channel handle;
    struct ssh_channel_callbacks_struct callbacks;
    bool has_data[2];
    bool is_eof_sent;
    int fd;          /* forward: the local socket; -1: none */
    bool fd_is_read; /* forward: the end of the local socket's data was read */
    bool fd_is_shut; /* forward: the end of the machine's data was passed to the local socket */
    short revents;   /* of fd, from the last poll */
    SshPipe to_fd;
    SshPipe from_fd;

    /* Guarded by the lock. */
    pthread_cond_t changed;
    SshStreamState state;
    SshStatus status;
    bool was_requested; /* the command may have run */
    bool is_abandoned;  /* no caller uses the stream, so the worker frees it */
    bool input_ended;
    SshPipe input;
    SshPipe output[2];
    int exit_status; /* -1: unknown */
    Str exit_signal;
    Str error;
} SshStream;

SshStream *ssh_stream_new(ssh_session session, pthread_mutex_t *lock, SshStreamKind kind);
/* Frees the stream; closes its channel and descriptor. Only in the thread of the worker, or after
 * its end. */
void ssh_stream_free(SshStream *stream);
/* Moves available data. Returns true if another step may move more at once. Only in the thread of
 * the worker. */
bool ssh_stream_step(SshStream *stream);
/* Ends the stream with this status, unless it has ended. Any thread may call it. */
void ssh_stream_end(SshStream *stream, SshStatus status, Str error);
/* Returns the events of poll that a forwarded connection waits for; 0: none. */
short ssh_stream_events(const SshStream *stream);
/* Returns true if the connection of the session is not lost. */
bool ssh_stream_session_works(ssh_session session);
/* Disconnects and frees the session, and closes its descriptor. `fd`: the descriptor, or -1 if
 * libssh has closed it. */
void ssh_stream_session_close(ssh_session session, int fd);
/* Returns the last error of libssh in the session, without control characters. */
Str ssh_stream_session_error(ssh_session session, Arena *arena);
