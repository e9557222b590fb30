/* Ssh: sessions with other machines, and commands in them, as operations that a test can fake.
 *
 * A connection is one attempt: who waits for a machine to boot tries again. The host's key is
 * pinned: nothing but `target->host_key` is accepted (unless `any_host_key` says that nobody knows
 * it), known-hosts files and ssh's own configuration are not read, and the key is compared before
 * the user is named to the other side. The only credentials are those given: the private key first,
 * then the password.
 * A session belongs to one thread at a time and lives until it is closed.
 *
 * Failures are an SshStatus and a text about them; texts from the other side come without control
 * characters. What a command writes is passed on as it is, byte for byte. */
#pragma once

#include "cancel.h"
#include "str.h"

typedef enum SshStatus {
    SSH_DONE,
    SSH_UNKNOWN_NAME,     /* the host's name has no address */
    SSH_NO_ANSWER,        /* nothing there, or nothing that lets us through */
    SSH_REFUSED,          /* the machine answers, the port is closed */
    SSH_NO_HANDSHAKE,     /* connected, but no SSH session came about */
    SSH_HOST_KEY_DIFFERS, /* `pinned` and `found` are the fingerprints */
    SSH_USER_KEY_REFUSED,
    SSH_PASSWORD_REFUSED,
    SSH_BAD_USER,        /* no name that the library sends */
    SSH_BAD_HOST_KEY,    /* the pinned key cannot be read */
    SSH_BAD_PRIVATE_KEY, /* the private key cannot be read */
    SSH_LOST,            /* the session broke */
    SSH_TIMED_OUT,       /* the command takes too long */
    SSH_CANCELLED,
} SshStatus;

typedef struct SshTarget {
    Str host; /* a name or an address, IPv6 without brackets */
    uint16_t port;
    Str user;
    Str private_key;   /* text of a key file, unencrypted; may be empty with a password */
    Str password;      /* empty: none */
    Str host_key;      /* "ssh-ed25519 AAAA…", a comment may follow */
    bool any_host_key; /* instead of host_key: whoever answers is taken for the machine */
} SshTarget;

typedef struct SshProblem {
    Str text;   /* "Connection refused", what the library says */
    Str pinned; /* "SHA256:…", with SSH_HOST_KEY_DIFFERS */
    Str found;
    bool may_have_run; /* of a command: it was asked for, and nobody heard of its end */
} SshProblem;

/* How long, and who may stop it at which level of the token. */
typedef struct SshPatience {
    int64_t timeout_ms; /* 0: none */
    const CancelToken *cancel;
    CancelLevel cancel_at; /* CANCEL_NONE counts as CANCEL_STOP */
} SshPatience;

typedef struct SshCommand {
    Str command;         /* for the login shell */
    Str input;           /* to its standard input */
    size_t output_limit; /* bytes kept of each stream; 0: 16 MiB */
    SshPatience patience;
    void (*tick)(void *payload); /* called several times a second while it waits; may be NULL */
    /* Called with pieces of its output as they come; NULL: collected in the result. */
    void (*output)(void *payload, Str piece, bool is_error);
    void *payload; /* of both */
} SshCommand;

typedef struct SshResult {
    int exit_status; /* 255 when a signal ended it */
    Str out;
    Str err;
    bool truncated; /* more came than the limit */
} SshResult;

typedef struct SshSession SshSession;

typedef struct Ssh {
    void *self;
    SshStatus (*connect)(void *self,
                         const SshTarget *target,
                         SshPatience patience,
                         SshSession **out,
                         SshProblem *problem,
                         Arena *arena);
    SshStatus (*exec)(void *self,
                      SshSession *session,
                      const SshCommand *command,
                      SshResult *out,
                      SshProblem *problem,
                      Arena *arena);
    /* False when it is known to be dead; true proves nothing. */
    bool (*is_alive)(void *self, SshSession *session);
    void (*close)(void *self, SshSession *session); /* NULL is fine */
} Ssh;

extern const Ssh ssh_real;

/* 'it'\''s': one word for any POSIX shell. */
Str ssh_quote(Str text, Arena *arena);
/* 10.0.0.2:22, [::1]:22 */
Str ssh_endpoint(Str host, uint16_t port, Arena *arena);
/* "SHA256:…" of a public key line; empty when it is none. */
Str ssh_fingerprint(Str public_key, Arena *arena);
/* The text of a private key file parses. */
bool ssh_is_private_key(Str text, Arena *arena);
