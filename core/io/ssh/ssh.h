/* Ssh: sessions with other machines, commands and tunnels in them, behind function pointers that a
 * test can replace.
 *
 * connect makes one attempt; the caller retries while a machine boots. The host key is verified
 * before the user name is sent. The configuration of ssh is not read, and the caller passes the
 * text of known_hosts files. Credentials are offered in this order: private key (with its
 * certificate, then without), keys of the agent, password. Nothing else is tried, because each
 * attempt counts against MaxAuthTries of the server.
 *
 * Several threads may use a session at once. A thread of the session moves all data, sends
 * keepalives and notices a dead peer; callbacks run in the thread of the caller. A session lives
 * until it is closed; close it only when no call uses it.
 *
 * Failures are an SshStatus and a text; texts from the server come without control characters. The
 * output of a command is passed on unchanged. */
#pragma once

#include "ssh_status.h"

typedef struct SshTarget {
    Str host; /* a name or an address; IPv6 without brackets */
    uint16_t port;
    Str user;
    Str private_key;    /* text of a key file; may be empty */
    Str passphrase;     /* of an encrypted private key */
    Str certificate;    /* line of a user certificate for the private key */
    Str agent_socket;   /* path of the agent's socket; empty: no agent */
    Str agent_identity; /* offers only this key: a comment, a public key line or "SHA256:…" */
    Str password;       /* empty: none */
    /* One of the four decides which host key is accepted, in this order. */
    bool any_host_key; /* accept any */
    Str host_key;      /* "ssh-ed25519 AAAA…", a comment may follow */
    Str host_ca;       /* public key lines of authorities that sign host certificates */
    Str known_hosts;   /* text of known_hosts files */
    int64_t
        keepalive_ms; /* silence before a keepalive; three unanswered end the session; 0: 15 s */
} SshTarget;

typedef struct SshCommand {
    Str command;         /* for the login shell */
    Str input;           /* for its standard input */
    size_t output_limit; /* bytes kept of each stream; 0: 16 MiB */
    SshTimeout timeout;
    void (*tick)(void *payload); /* called several times a second while waiting; may be NULL */
    /* Called with each piece of output; NULL: the result collects the output. */
    void (*output)(void *payload, Str piece, bool is_error);
    /* Writes more standard input, after `input`: returns the number of bytes, 0 if there is nothing
     * before more output arrives, or -1 at the end. NULL: `input` is all. */
    int64_t (*feed)(void *payload, char *buffer, size_t size);
    void *payload; /* for tick, output and feed */
} SshCommand;

typedef struct SshResult {
    int exit_status; /* 128 and more if a signal ended the command, as a shell reports it */
    Str signal;      /* "KILL"; empty: the command ended by itself */
    Str out;
    Str err;
    bool truncated; /* the output exceeded the limit */
} SshResult;

typedef struct SshSession SshSession;

typedef struct Ssh {
    void *self;
    /* `via`: the session with a jump host that reaches the target; NULL: connects directly. The new
     * session must be closed before `via`. */
    SshStatus (*connect)(void *self,
                         const SshTarget *target,
                         SshSession *via,
                         SshTimeout timeout,
                         SshSession **out,
                         SshProblem *problem,
                         Arena *arena);
    /* SSH_BUSY: nothing ran, because the server allows no further channel in this session. After
     * SSH_TIMED_OUT, SSH_CANCELLED and SSH_BUSY the session can still be used. */
    SshStatus (*exec)(void *self,
                      SshSession *session,
                      const SshCommand *command,
                      SshResult *out,
                      SshProblem *problem,
                      Arena *arena);
    /* Listens on a free port of 127.0.0.1. Each connection to it is forwarded to host:port as seen
     * from the machine, until the session is closed. */
    SshStatus (*tunnel)(void *self,
                        SshSession *session,
                        Str host,
                        uint16_t port,
                        uint16_t *out_port,
                        SshProblem *problem,
                        Arena *arena);
    /* Returns false if the session is known to be dead; true proves nothing. */
    bool (*is_alive)(void *self, SshSession *session);
    void (*close)(void *self, SshSession *session); /* accepts NULL */
} Ssh;

extern const Ssh ssh_real;

/* Quotes one word for any POSIX shell: 'it'\''s'. */
Str ssh_quote(Str text, Arena *arena);
/* Returns "10.0.0.2:22" or "[::1]:22". */
Str ssh_endpoint(Str host, uint16_t port, Arena *arena);
/* Returns "SHA256:…" of a public key line; empty if it is not a key. */
Str ssh_fingerprint(Str public_key, Arena *arena);
/* SSH_DONE, SSH_BAD_PRIVATE_KEY, or SSH_BAD_PASSPHRASE if the key is encrypted and the passphrase
 * does not open it. */
SshStatus ssh_check_private_key(Str text, Str passphrase, Arena *arena);
/* Returns true if the line is an OpenSSH certificate. */
bool ssh_is_certificate(Str line, Arena *arena);
