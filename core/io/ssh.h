/* Ssh: sessions with other machines, and commands in them, behind function pointers that a test can
 * replace.
 *
 * connect makes one attempt; the caller retries while a machine boots. Only the pinned host key
 * `target->host_key` is accepted (unless `any_host_key` is set). known_hosts files and the
 * configuration of ssh are not read. The host key is verified before the user name is sent. Only
 * the given credentials are tried: the private key first, then the password. One thread at a time
 * uses a session; it lives until it is closed.
 *
 * Failures are an SshStatus and a text; texts from the server come without control characters. The
 * output of a command is passed on unchanged. */
#pragma once

#include "ssh_status.h"

typedef struct SshTarget {
    Str host; /* a name or an address; IPv6 without brackets */
    uint16_t port;
    Str user;
    Str private_key;   /* text of an unencrypted key file; may be empty with a password */
    Str password;      /* empty: none */
    Str host_key;      /* "ssh-ed25519 AAAA…", a comment may follow */
    bool any_host_key; /* accept any host key; `host_key` is ignored */
} SshTarget;

typedef struct SshCommand {
    Str command;         /* for the login shell */
    Str input;           /* for its standard input */
    size_t output_limit; /* bytes kept of each stream; 0: 16 MiB */
    SshTimeout timeout;
    void (*tick)(void *payload); /* called several times a second while waiting; may be NULL */
    /* Called with each piece of output; NULL: the result collects the output. */
    void (*output)(void *payload, Str piece, bool is_error);
    void *payload; /* for tick and output */
} SshCommand;

typedef struct SshResult {
    int exit_status; /* 255 if a signal ended the command */
    Str out;
    Str err;
    bool truncated; /* the output exceeded the limit */
} SshResult;

typedef struct SshSession SshSession;

typedef struct Ssh {
    void *self;
    SshStatus (*connect)(void *self,
                         const SshTarget *target,
                         SshTimeout timeout,
                         SshSession **out,
                         SshProblem *problem,
                         Arena *arena);
    SshStatus (*exec)(void *self,
                      SshSession *session,
                      const SshCommand *command,
                      SshResult *out,
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
/* Returns true if the text is a private key file that can be read. */
bool ssh_is_private_key(Str text, Arena *arena);
