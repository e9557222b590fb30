/* SshStatus: the outcome of an SSH operation, its explanation and its time limit. */
#pragma once

#include "cancel.h"
#include "str.h"

typedef enum SshStatus {
    SSH_DONE,
    SSH_UNKNOWN_NAME,     /* the host name has no address */
    SSH_NO_ANSWER,        /* no response, or the network blocks it */
    SSH_REFUSED,          /* the machine responds, but the port is closed */
    SSH_NO_HANDSHAKE,     /* connected, but the SSH handshake failed */
    SSH_HOST_KEY_DIFFERS, /* `pinned` and `found` are the fingerprints */
    SSH_USER_KEY_REFUSED,
    SSH_PASSWORD_REFUSED,
    SSH_BAD_USER,        /* libssh rejects the user name */
    SSH_BAD_HOST_KEY,    /* the pinned key cannot be read */
    SSH_BAD_PRIVATE_KEY, /* the private key cannot be read */
    SSH_LOST,            /* the session broke */
    SSH_TIMED_OUT,       /* the time limit is over */
    SSH_CANCELLED,
} SshStatus;

typedef struct SshProblem {
    Str text;   /* error text of the library: "Connection refused" */
    Str pinned; /* "SHA256:…", with SSH_HOST_KEY_DIFFERS */
    Str found;
    bool may_have_run; /* a command was requested, and its end is unknown */
} SshProblem;

/* A time limit, and the level of a token that stops the operation. */
typedef struct SshTimeout {
    int64_t timeout_ms; /* 0: none */
    const CancelToken *cancel;
    CancelLevel cancel_at; /* CANCEL_NONE means CANCEL_STOP */
} SshTimeout;
