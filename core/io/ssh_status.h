/* SshStatus: the outcome of an SSH operation, its explanation and its time limit. */
#pragma once

#include "cancel.h"
#include "str.h"

typedef enum SshStatus {
    SSH_DONE,
    SSH_UNKNOWN_NAME,     /* the host name has no address */
    SSH_NO_RESPONSE,      /* no response, no route, or the network blocks it */
    SSH_REFUSED,          /* the machine responds, but the port is closed */
    SSH_NO_HANDSHAKE,     /* connected, but the SSH handshake failed */
    SSH_HOST_KEY_DIFFERS, /* `pinned` and `found` are the fingerprints */
    SSH_HOST_KEY_UNKNOWN, /* no known_hosts file names the host; `found` is the fingerprint */
    SSH_HOST_KEY_REVOKED, /* a known_hosts file revokes the key `found` */
    SSH_HOST_CERTIFICATE, /* the host certificate is missing or invalid */
    SSH_USER_KEY_REFUSED,
    SSH_PASSWORD_REFUSED,
    SSH_LOGIN_REFUSED,   /* the server rejected both a key and the password */
    SSH_BAD_USER,        /* libssh rejects the user name */
    SSH_BAD_HOST_KEY,    /* the pinned key cannot be read */
    SSH_BAD_HOST_CA,     /* the key of the certificate authority cannot be read */
    SSH_BAD_PRIVATE_KEY, /* the private key cannot be read */
    SSH_BAD_PASSPHRASE,  /* the private key is encrypted, and the passphrase is missing or wrong */
    SSH_BAD_CERTIFICATE, /* the user certificate cannot be read or used */
    SSH_NO_AGENT,        /* no connection to the agent, and no other credential */
    SSH_PROXY_FAILED,    /* the proxy does not connect to the machine now */
    SSH_PROXY_REFUSED,   /* the proxy cannot be started, or rejects the request or the login */
    SSH_FORWARD_REFUSED, /* the jump host does not connect to the machine */
    SSH_BUSY,            /* the server allows no further channel (MaxSessions) */
    SSH_SUDO_REFUSED,    /* sudo did not start the command */
    SSH_LOST,            /* the connection of the session broke */
    SSH_TIMED_OUT,       /* the time limit has passed */
    SSH_CANCELLED,
    SSH_NO_CLIENT, /* the plugin with the client cannot be loaded */
} SshStatus;

typedef struct SshProblem {
    Str text;          /* part of a sentence: "Connection refused"; may be empty */
    Str pinned;        /* "SHA256:…" of the first accepted key, with SSH_HOST_KEY_DIFFERS */
    Str found;         /* "SHA256:…" of the key that the host has, or of its authority */
    bool may_have_run; /* a command was requested, and its result is unknown */
} SshProblem;

/* A time limit, and the level of a token that stops the operation. */
typedef struct SshTimeout {
    int64_t timeout_ms; /* 0: none */
    const CancelToken *cancel;
    CancelLevel cancel_at; /* CANCEL_NONE means CANCEL_STOP */
    /* Called by another thread when a login begins to wait for a touch of a security key; NULL: not
     * reported. */
    void (*touch)(void *touch_self);
    void *touch_self;
} SshTimeout;
