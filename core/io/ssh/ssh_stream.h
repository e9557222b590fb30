/* SshStream: a channel of a session, for a command or for a forwarded connection. Only for this
 * directory.
 *
 * The worker of the session moves the data, and only it calls libssh; it never holds the lock while
 * it does. A caller exchanges bytes with it through the pipes. */
#pragma once

#include "ssh_pipe.h"
#include "ssh_status.h"

#include <libssh/callbacks.h>
#include <pthread.h>

#define SSH_STREAM_PIECE ((size_t)32768)

typedef enum SshStreamKind { SSH_STREAM_EXEC, SSH_STREAM_FORWARD } SshStreamKind;

typedef enum SshStreamState {
    SSH_STREAM_OPENING,
    SSH_STREAM_REQUESTING, /* the exec request was sent */
    SSH_STREAM_RUNNING,
    SSH_STREAM_ENDED, /* `status` tells how */
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
    int fd;          /* forward: the local end; -1: closed */
    bool fd_is_read; /* forward: the local end sends no more */
    bool fd_is_shut; /* forward: the machine sends no more */
    short revents;
    SshPipe to_fd;
    SshPipe from_fd;

    /* Guarded by the lock. */
    pthread_cond_t changed;
    SshStreamState state;
    SshStatus status;
    bool was_requested; /* the command may have run */
    bool is_abandoned;  /* the caller is gone, so the worker frees the stream */
    bool input_ended;
    SshPipe input;
    SshPipe output[2];
    int exit_status; /* -1: unknown */
    Str exit_signal;
    Str error;
} SshStream;

SshStream *ssh_stream_new(ssh_session session, pthread_mutex_t *lock, SshStreamKind kind);
/* Only in the worker, as the functions below. */
void ssh_stream_free(SshStream *stream);
/* Moves what can be moved; returns true if another step may follow at once. */
bool ssh_stream_step(SshStream *stream);
/* Ends the stream, unless it has ended. Any thread may call it. */
void ssh_stream_end(SshStream *stream, SshStatus status, Str error);
/* Returns the events of poll that a forwarded connection waits for; 0: none. */
short ssh_stream_events(const SshStream *stream);
bool ssh_stream_session_works(ssh_session session);
/* Returns the last error of libssh in the session, for messages. */
Str ssh_stream_session_error(ssh_session session, Arena *arena);
